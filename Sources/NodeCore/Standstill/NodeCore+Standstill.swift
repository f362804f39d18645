import Chain
public import Consensus
import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
public import Primitives
public import SansIO
public import Storage

extension NodeCore {
    /// What the node knows of whether it stands still; but for the signers, for which the disk is read.
    public func standstillFacts(now: Instant) -> Standstill.Facts {
        let status = status
        var facts = Standstill.Facts()
        facts.peerCount = status.peerCount
        facts.givenNodes = configuration.bootnodes.count + configuration.staticPeers.count
        facts.obstacles = Obstacles(journal, now: now).counts
        facts.headNumber = status.head.number
        facts.headTimestamp = status.head.timestamp
        facts.unixTime = wall.unixTime(at: now).unixSeconds
        facts.isSyncing = status.sync != nil
        facts.period = configuration.genesis.config.clique?.period
        facts.sealer = configuration.sealingKey?.publicKey.address
        facts.advertised = status.record.flatMap { NodeContact($0)?.ip }
        facts.addresses = peerStatuses.map(\.peer.endpoint.ip) + dialedAddresses(now: now)
        return facts
    }

    private func dialedAddresses(now: Instant) -> [IPAddress] {
        journal.newest(.max).compactMap { entry in
            guard case .dialing(_, let endpoint, _) = entry.event, now - entry.at < Obstacles.window else { return nil }
            return endpoint.ip
        }
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
