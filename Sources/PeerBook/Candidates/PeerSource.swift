public import Primitives

/// How many nodes are known from one source.
public struct PeerSource: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// The operator has named them.
        case `operator`
        /// They were good peers in an earlier run.
        case memory
        /// They have answered in discovery.
        case discovery
        /// Peers have named them, and nobody else.
        case hearsay
        /// They have dialed this node, which knows them from nowhere else.
        case inbound

        init(_ source: ContactSource) {
            switch source {
            case .hearsay: self = .hearsay
            case .discovery: self = .discovery
            case .memory: self = .memory
            case .operator: self = .operator
            }
        }
    }

    public let kind: Kind
    /// Those that may be dialed, and of inbound those that are connected.
    public let known: Int
    public let connected: Int

    public init(_ kind: Kind, known: Int, connected: Int) {
        self.kind = kind
        self.known = known
        self.connected = connected
    }
}

extension PeerBook {
    /// Where the known nodes come from, a source a line, in a fixed order.
    ///
    /// - Parameter peers: the connected ones.
    /// - Complexity: O(candidates).
    public func sources(of peers: [NodeID]) -> [PeerSource] {
        let known = candidates.counts
        var connected: [PeerSource.Kind: Int] = [:]
        for peer in peers { connected[candidates.origin(of: peer) ?? .inbound, default: 0] += 1 }
        return PeerSource.Kind.allCases.map { kind in
            let count = connected[kind] ?? 0
            return PeerSource(kind, known: kind == .inbound ? count : known[kind] ?? 0, connected: count)
        }
    }
}
