import Primitives

/// The candidates that are known only by what peers say, by the peer that named them. Bounded for each peer and in all;
/// where all have no room, the peer with most of them gives way.
struct HearsayShares: Sendable {
    enum Room: Hashable, Sendable {
        case free
        /// So that there is room, this candidate has to go.
        case instead(NodeID)
        case none
    }

    private let perPeer: Int
    private let capacity: Int
    /// Oldest first; no peer without a node.
    private var named: [NodeID: [NodeID]] = [:]
    private(set) var count = 0

    init(perPeer: Int, capacity: Int) {
        self.perPeer = perPeer
        self.capacity = capacity
    }

    /// Whether a peer may name one more node.
    ///
    /// - Complexity: O(1), O(peers) where there are as many as may be.
    func room(for peer: NodeID) -> Room {
        let own = named[peer]?.count ?? 0
        guard own < perPeer, capacity > 0 else { return .none }
        guard count >= capacity else { return .free }
        // The share of a newcomer is made of the largest one, until they are equal.
        guard let largest = named.max(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) }),
            largest.value.count > own + 1, let oldest = largest.value.first
        else { return .none }
        return .instead(oldest)
    }

    mutating func insert(_ id: NodeID, by peer: NodeID) {
        named[peer, default: []].append(id)
        count += 1
    }

    /// - Complexity: O(share).
    mutating func remove(_ id: NodeID, by peer: NodeID) {
        guard let place = named[peer]?.firstIndex(of: id) else { return }
        named[peer]?.remove(at: place)
        if named[peer]?.isEmpty == true { named[peer] = nil }
        count -= 1
    }
}
