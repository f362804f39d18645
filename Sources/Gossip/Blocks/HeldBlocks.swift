import Chain
import DevP2P
import Primitives

/// The newest blocks in full, until they are relayed and for those who ask. Bounded in number and bytes.
struct HeldBlocks: Sendable {
    /// What a block was put together from: its forms are judged by it once it is known to be right.
    struct Origin: Sendable {
        /// Nil where none is left.
        var partial: PartialBlock<CompactForm>?
        /// The form that it was made of; nil for a block that came whole.
        let form: Int?
    }

    struct Held: Sendable {
        let block: GossipBlock
        /// With its compact form, once there is one.
        var bytes: Int
        /// What it takes on the wire, as a compact block.
        let compactBytes: Int
        /// Who sent it, to be told of it if the block is bad.
        var senders: [Peer]
        /// Positions of transactions that this node didn't have when the block came.
        let brought: [UInt16]
        /// As this node sends it, once it has.
        var compact: CompactBlock?
        /// Nil once the block is known to be right.
        var origin: Origin?
        var isPushed = false
        var isAccepted = false
    }

    /// Senders beyond these are not remembered, and not reported.
    private static let maxSenders = 16

    private let maxCount: Int
    private let maxBytes: Int
    private var blocks: [Hash32: Held] = [:]
    private var hashes: [TopicMessageID: Hash32] = [:]
    private var order: [Hash32] = []
    private(set) var bytes = 0

    init(maxCount: Int, maxBytes: Int) {
        self.maxCount = max(1, maxCount)
        self.maxBytes = maxBytes
    }

    var count: Int { blocks.count }

    subscript(hash: Hash32) -> Held? { blocks[hash] }

    subscript(id: TopicMessageID) -> Held? { hashes[id].flatMap { blocks[$0] } }

    /// Those of a number or above, in the order of their arrival.
    func blocks(from number: UInt64) -> [Block] {
        order.compactMap { blocks[$0]?.block.block }.filter { $0.number >= number }
    }

    mutating func insert(_ block: GossipBlock, from senders: [Peer], origin: Origin? = nil) {
        let hash = block.block.hash
        guard blocks[hash] == nil else { return }
        let size = block.block.transactions.reduce(1024) { $0 + $1.size + 256 } + (origin?.partial?.byteCount ?? 0)
        let compactBytes = 600 + ShortIDHash.byteCount * block.block.transactions.count
        let brought = origin.flatMap { origin in origin.form.flatMap { origin.partial?.forms[$0].brought } }
        blocks[hash] = Held(
            block: block, bytes: size, compactBytes: compactBytes,
            senders: Array(senders.prefix(Self.maxSenders)), brought: brought ?? [], origin: origin)
        hashes[TopicMessageID(prefixOf: hash)] = hash
        order.append(hash)
        bytes += size
        // The newest stays, however large.
        while order.count > 1, order.count > maxCount || bytes > maxBytes { remove(order[0]) }
    }

    mutating func addSender(_ peer: Peer, of hash: Hash32) {
        guard let held = blocks[hash], held.senders.count < Self.maxSenders else { return }
        if !held.senders.contains(peer) { blocks[hash]?.senders.append(peer) }
    }

    /// Another form of a block that is being checked.
    mutating func add(_ form: CompactForm, _ hash: Hash32) {
        guard blocks[hash]?.origin?.partial != nil else { return }
        blocks[hash]?.origin?.partial?.add(form, limit: .max)
        change(hash, by: form.byteCount)
    }

    /// The forms that a block came as, for the last time.
    mutating func takeForms(_ hash: Hash32) -> PartialBlock<CompactForm>? {
        guard let partial = blocks[hash]?.origin?.partial else { return nil }
        blocks[hash]?.origin = nil
        change(hash, by: -partial.byteCount)
        return partial
    }

    private mutating func change(_ hash: Hash32, by size: Int) {
        blocks[hash]?.bytes += size
        bytes += size
    }

    mutating func setPushed(_ hash: Hash32) { blocks[hash]?.isPushed = true }

    mutating func setCompact(_ compact: CompactBlock, _ hash: Hash32) {
        guard let held = blocks[hash], held.compact == nil else { return }
        blocks[hash]?.compact = compact
        change(hash, by: compact.byteCount)
    }

    mutating func setAccepted(_ hash: Hash32) { blocks[hash]?.isAccepted = true }

    @discardableResult
    mutating func remove(_ hash: Hash32) -> Held? {
        guard let held = blocks.removeValue(forKey: hash) else { return nil }
        hashes[TopicMessageID(prefixOf: hash)] = nil
        order.removeAll { $0 == hash }
        bytes -= held.bytes
        return held
    }
}
