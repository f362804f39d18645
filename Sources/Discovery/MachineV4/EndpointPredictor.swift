import NodeRecord
import Primitives
import SansIO

/// Learns this node's own address from what peers say they see (go-ethereum's `netutil.IPTracker`).
///
/// One host has one vote, and at least ten within five minutes must agree.
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

    /// `host` has said that it sees us at `endpoint`.
    mutating func add(_ endpoint: Endpoint, by host: IPAddress, now: Instant) {
        guard RelayRules.mayRelay(endpoint.ip, from: host), endpoint.port != 0 else { return }
        statements.removeAll { $0.host == host || now - $0.at > Self.window }
        if statements.count == Self.maxStatements { statements.removeFirst() }
        statements.append(Statement(host: host, endpoint: endpoint, at: now))
    }

    /// The endpoint that most hosts name, the first named where several have as many; nil below the least number.
    ///
    /// Complexity: O(statements).
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
