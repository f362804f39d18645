import Chain
import EthCrypto
import NodeCore
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
        var (facts, head, chain) = try await service.standstillFacts
        if signers?.head != head.hash {
            let engine = service.configuration.node.engine
            signers = Standstill.Signers(after: head, chain, engine: engine, sealer: facts.sealer).map {
                (head.hash, $0)
            }
        }
        facts.signers = signers?.value
        return judge.warnings(facts, now: now)
    }
}

extension NodeService {
    fileprivate var standstillFacts: (Standstill.Facts, ChainHead, ChainStore) {
        get throws(NodeServiceError) {
            let driver = try running()
            var facts = driver.core.standstillFacts(now: driver.now)
            facts.givenNodes += configuration.namedBootnodes.count + configuration.namedStaticPeers.count
            return (facts, driver.core.status.head, driver.core.chainStore)
        }
    }
}
