import Chain
import Consensus
import DevP2P
import EthCrypto
import Foundation
import Logging
import NodeCore
import NodeNIO
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Storage

/// Looks now and then whether the node stands still, and says why.
struct StandstillWatch {
    private static let interval = Duration.seconds(5)

    let setup: NodeSetup

    /// Looks until it is cancelled.
    func run(_ service: NodeService, _ logger: Logger) async {
        var judge = Standstill()
        var signers: (head: Hash32, value: Standstill.Signers)?
        let start = ContinuousClock.now
        while !Task.isCancelled {
            if let seen = try? await service.withCore({ Seen($0) }) {
                if signers?.head != seen.head.hash {
                    signers = self.signers(after: seen).map { (seen.head.hash, $0) }
                }
                let now = Instant(nanoseconds: (ContinuousClock.now - start).nanoseconds)
                for warning in judge.warnings(facts(seen, signers?.value), now: now) { logger.warning("\(warning)") }
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// What is read on the node's home loop.
    private struct Seen {
        let head: ChainHead
        let isSyncing: Bool
        let addresses: [IPAddress]
        let own: IPAddress?
        let refusals: [(reason: String, count: UInt64)]
        let store: ChainStore

        init(_ core: borrowing NodeCore) {
            let status = core.status
            head = status.head
            isSyncing = status.sync != nil
            addresses = core.peerStatuses.map(\.peer.endpoint.ip)
            own = status.record.flatMap { NodeContact($0)?.ip }
            refusals = core.journal.countsByReason.compactMap { reason, count in
                switch reason.kind {
                case .dialFailed, .handshakeEnded, .refused, .sessionRefused: (reason.label, count)
                default: nil
                }
            }
            store = core.chainStore
        }
    }

    private func signers(after seen: Seen) -> Standstill.Signers? {
        guard let engine = setup.node.node.engine as? CliqueEngine,
            let snapshot = try? engine.snapshot(at: seen.head, chain: seen.store)
        else { return nil }
        let own = setup.node.node.sealingKey?.publicKey.address
        return Standstill.Signers(
            count: snapshot.signers.count, recent: snapshot.recents.count,
            includesSealer: own.map(snapshot.signers.contains) ?? false)
    }

    private func facts(_ seen: Seen, _ signers: Standstill.Signers?) -> Standstill.Facts {
        let node = setup.node.node
        var facts = Standstill.Facts()
        facts.peerCount = seen.addresses.count
        facts.givenNodes =
            node.bootnodes.count + node.staticPeers.count + setup.node.namedBootnodes.count
            + setup.node.namedStaticPeers.count
        facts.refusals = seen.refusals
        facts.headNumber = seen.head.number
        facts.headTimestamp = seen.head.timestamp
        facts.unixTime = UInt64(max(0, Date().timeIntervalSince1970))
        facts.isSyncing = seen.isSyncing
        facts.period = node.genesis.config.clique?.period
        facts.sealer = node.sealingKey?.publicKey.address.description
        facts.signers = signers
        facts.advertised = seen.own
        facts.peerAddresses = seen.addresses
        return facts
    }
}
