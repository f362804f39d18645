import DevP2P

/// The peers of transaction gossip, in the order of their connections, each changed in place.
struct GossipPeers: Sendable {
    private(set) var connections: [ConnectionID] = []
    var states: [GossipPeer] = []

    var isEmpty: Bool { states.isEmpty }

    /// Where a peer is in `states`; nil for one that isn't there.
    func place(of peer: Peer) -> Int? {
        let place = lowerBound(peer.connection)
        return place < connections.count && connections[place] == peer.connection ? place : nil
    }

    mutating func insert(_ state: GossipPeer) {
        let place = lowerBound(state.peer.connection)
        connections.insert(state.peer.connection, at: place)
        states.insert(state, at: place)
    }

    mutating func remove(_ peer: Peer) {
        guard let place = place(of: peer) else { return }
        connections.remove(at: place)
        states.remove(at: place)
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
