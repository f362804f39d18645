import NodeRecord
import Primitives
import SansIO

/// Learns this node's own endpoint from the statements of peers in their pongs (go-ethereum's `netutil.IPTracker`).
///
/// Each host has one vote, and at least ten votes within five minutes must agree.
struct EndpointPredictor: Sendable {
    static let window = Duration.seconds(300)
    static let minStatements = 10
    static let maxStatements = 256

    private struct Statement: Sendable {
        let host: IPAddress
        let endpoint: Endpoint
        let at: Instant
    }

    /// The oldest first.
    private var statements: [Statement] = []

    /// Adds the statement of `host` that our endpoint is `endpoint`.
    mutating func add(_ endpoint: Endpoint, by host: IPAddress, now: Instant) {
        guard RelayRules.mayRelay(endpoint.ip, from: host), endpoint.port != 0 else { return }
        statements.removeAll { $0.host == host || now - $0.at > Self.window }
        if statements.count == Self.maxStatements { statements.removeFirst() }
        statements.append(Statement(host: host, endpoint: endpoint, at: now))
    }

    /// The endpoint with most votes, the first to reach their number if several have as many; nil if it has fewer than
    /// ten.
    ///
    /// - Complexity: O(statements).
    func prediction(isV4: Bool) -> Endpoint? {
        var counts: [Endpoint: Int] = [:]
        var best: (endpoint: Endpoint, count: Int)?
        for statement in statements where statement.endpoint.ip.isV4 == isV4 {
            let count = counts[statement.endpoint, default: 0] + 1
            counts[statement.endpoint] = count
            if count > best?.count ?? 0 { best = (statement.endpoint, count) }
        }
        guard let best, best.count >= Self.minStatements else { return nil }
        return best.endpoint
    }
}
