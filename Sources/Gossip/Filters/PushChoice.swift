import DevP2P
import Primitives

/// Which peers get something in full, the rest getting its hash only: the ceil(sqrt(n)) ones that a keyed hash of
/// (this node, the peer, a topic) puts first.
///
/// The choice is the same each time for a topic, so that the transactions of one sender take one way and arrive in
/// order; and nobody else can compute it (go-ethereum eth/handler.go, BroadcastTransactions).
struct PushChoice: Sendable {
    private let hash: SipHash
    private let localID: [UInt8]

    init(hash: SipHash, localID: NodeID) {
        self.hash = hash
        self.localID = localID.bytes
    }

    /// The chosen ones of `peers`.
    func choose(_ peers: [Peer], topic: [UInt8]) -> [Peer] {
        indices(peers.lazy.map(\.id), topic: topic).map { peers[$0] }
    }

    /// The indices of the chosen ones among `ids`.
    ///
    /// - Complexity: O(n log n).
    func indices(_ ids: some Collection<NodeID>, topic: [UInt8]) -> [Int] {
        let count = Self.count(of: ids.count)
        guard count < ids.count else { return Array(0..<count) }
        var ranked: [(rank: UInt64, index: Int)] = []
        ranked.reserveCapacity(ids.count)
        for (index, id) in ids.enumerated() { ranked.append((hash.hash(localID, id.bytes, topic), index)) }
        ranked.sort { ($0.rank, $0.index) < ($1.rank, $1.index) }
        return ranked.prefix(count).map(\.index)
    }

    /// The square root, rounded up.
    static func count(of peers: Int) -> Int {
        var root = 0
        while root * root < peers { root += 1 }
        return root
    }
}
