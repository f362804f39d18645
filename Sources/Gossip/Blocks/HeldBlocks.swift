import Chain
import DevP2P
import Primitives

/// The newest blocks in full, until they are relayed and for those who ask. Bounded in number and bytes.
struct HeldBlocks: Sendable {
    struct Held: Sendable {
        let block: GossipBlock
        let bytes: Int
        /// Who sent it, to be told of it if the block is bad.
        var senders: [Peer]
        var isPushed = false
        var isAccepted = false
    }

    /// Offences are for the first so many senders.
    private static let maxSenders = 16

    private let maxCount: Int
    private let maxBytes: Int
    private var blocks: [Hash32: Held] = [:]
    private var order: [Hash32] = []
    private(set) var bytes = 0

    init(maxCount: Int, maxBytes: Int) {
        self.maxCount = max(1, maxCount)
        self.maxBytes = maxBytes
    }

    var count: Int { blocks.count }

    subscript(hash: Hash32) -> Held? { blocks[hash] }

    mutating func insert(_ block: GossipBlock, from peer: Peer?) {
        let size = block.block.transactions.reduce(1024) { $0 + $1.size + 256 }
        guard blocks[block.block.hash] == nil else { return }
        blocks[block.block.hash] = Held(block: block, bytes: size, senders: peer.map { [$0] } ?? [])
        order.append(block.block.hash)
        bytes += size
        // The newest stays, however large.
        while order.count > 1, order.count > maxCount || bytes > maxBytes { remove(order[0]) }
    }

    mutating func addSender(_ peer: Peer, of hash: Hash32) {
        guard let held = blocks[hash], held.senders.count < Self.maxSenders else { return }
        if !held.senders.contains(peer) { blocks[hash]?.senders.append(peer) }
    }

    mutating func setPushed(_ hash: Hash32) { blocks[hash]?.isPushed = true }

    mutating func setAccepted(_ hash: Hash32) { blocks[hash]?.isAccepted = true }

    @discardableResult
    mutating func remove(_ hash: Hash32) -> Held? {
        guard let held = blocks.removeValue(forKey: hash) else { return nil }
        order.removeAll { $0 == hash }
        bytes -= held.bytes
        return held
    }
}
