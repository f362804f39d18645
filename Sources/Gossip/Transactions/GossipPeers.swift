import DevP2P

/// The peers of transaction gossip, in the order of their connections, each changed without a copy.
struct GossipPeers: Sendable {
    private(set) var connections: [ConnectionID] = []
    var states: [GossipPeer] = []

    var isEmpty: Bool { states.isEmpty }

    /// Where a peer is in `states`; nil for one that isn't there.
    func index(of peer: Peer) -> Int? {
        let index = lowerBound(peer.connection)
        return index < connections.count && connections[index] == peer.connection ? index : nil
    }

    mutating func insert(_ state: GossipPeer) {
        let index = lowerBound(state.peer.connection)
        connections.insert(state.peer.connection, at: index)
        states.insert(state, at: index)
    }

    mutating func remove(_ peer: Peer) {
        guard let index = index(of: peer) else { return }
        connections.remove(at: index)
        states.remove(at: index)
    }

    private func lowerBound(_ connection: ConnectionID) -> Int {
        var low = 0
        var high = connections.count
        while low < high {
            let middle = (low + high) / 2
            if connections[middle] < connection { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
