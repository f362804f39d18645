import Chain
public import Consensus
import EthCrypto
public import Primitives
public import Storage

extension EthNode {
    /// What the chain knows of whether the node stands still; what is known of peers comes from elsewhere, and for the
    /// signers the disk is read.
    ///
    /// - Parameter unixTime: the time of day in seconds.
    public func standstillFacts(unixTime: UInt64) -> Standstill.Facts {
        var facts = Standstill.Facts()
        facts.headNumber = chain.head.number
        facts.headTimestamp = chain.head.timestamp
        facts.unixTime = unixTime
        facts.isSyncing = isSyncing
        facts.period = configuration.genesis.config.clique?.period
        facts.sealer = configuration.sealingKey?.publicKey.address
        return facts
    }
}

extension Standstill.Signers {
    /// Who may sign the block after `head`. The disk is read for it, so it is no work for the home loop.
    ///
    /// - Returns: nil where the engine has no signers, or the chain can't be read.
    public init?(after head: ChainHead, _ chain: ChainStore, engine: any ConsensusEngine, sealer: Address?) {
        guard let engine = engine as? CliqueEngine, let snapshot = try? engine.snapshot(at: head, chain: chain) else {
            return nil
        }
        self.init(
            count: snapshot.signers.count, includesSealer: sealer.map(snapshot.signers.contains) ?? false,
            next: snapshot.signers.filter(snapshot.maySign))
    }
}
