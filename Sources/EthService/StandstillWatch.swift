import Chain
import EthCrypto
import EthNode
import NodeCore
public import NodeNIO
import NodeRecord
import Primitives
public import SansIO
import Storage

/// Looks now and then whether a node stands still, and says why: one sentence for each cause, again every few minutes.
public struct StandstillWatch: Sendable {
    private static let interval = Duration.seconds(5)

    private var judge = Standstill()
    /// Of the block with this hash.
    private var signers: (head: Hash32, value: Standstill.Signers)?

    public init() {}

    /// What is to be said, until the service stops or the task is cancelled.
    public static func warnings(of service: NodeService) -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(64))
        let looking = Task {
            var watch = StandstillWatch()
            let clock = NodeClock()
            while !Task.isCancelled, let warnings = try? await watch.look(at: service, now: clock.now) {
                for warning in warnings { continuation.yield(warning) }
                try? await Task.sleep(for: Self.interval)
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in looking.cancel() }
        return stream
    }

    /// What is to be said now.
    ///
    /// - Parameter now: of a clock that doesn't run backwards.
    public mutating func look(at service: NodeService, now: Instant) async throws(NodeServiceError) -> [String] {
        guard let (known, eth) = try await service.standstillFacts else { return [] }
        var facts = known
        let head = eth.status.head
        if signers?.head != head.hash {
            let engine = eth.configuration.engine
            signers = Standstill.Signers(after: head, eth.chainStore, engine: engine, sealer: facts.sealer).map {
                (head.hash, $0)
            }
        }
        facts.signers = signers?.value
        return judge.warnings(facts, now: now)
    }
}

extension NodeService {
    /// What is known of whether the node stands still, and its chain; nil of a node without one.
    fileprivate var standstillFacts: (Standstill.Facts, EthNode)? {
        get throws(NodeServiceError) {
            try checkRunning()
            let names = configuration.namedBootnodes.count + configuration.namedStaticPeers.count
            return try read { (core, now) -> (Standstill.Facts, EthNode)? in
                guard let eth = core.host(EthNode.self) else { return nil }
                var facts = eth.standstillFacts(unixTime: core.unixTime(at: now).unixSeconds)
                facts.peerCount = core.status.peerCount
                facts.givenNodes = core.configuration.bootnodes.count + core.configuration.staticPeers.count + names
                facts.obstacles = core.obstacles(now: now)
                facts.advertised = NodeContact(core.status.record)?.ip
                facts.addresses = core.knownAddresses(now: now)
                return (facts, eth)
            }
        }
    }
}
