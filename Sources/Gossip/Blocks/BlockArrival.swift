import DequeModule
public import Primitives
public import SansIO

/// How a block came to this node: what propagation is measured by.
public struct BlockArrival: Hashable, Sendable {
    public let hash: Hash32
    public internal(set) var number: UInt64
    /// When the first peer announced it; nil if the block came first.
    public var announced: Instant?
    /// When the block itself came, or was published here; nil as long as it is only announced.
    public var received: Instant?
    /// When it was accepted, that is imported.
    public var accepted: Instant?
    /// Who sent it first; nil for a block of this node.
    public var source: NodeID?
    /// How often it came.
    public var copies = 0
    /// How often it was announced.
    public var announcements = 0
}

/// The arrivals of the latest blocks.
struct ArrivalLog: Sendable {
    private let capacity: Int
    private var arrivals: [Hash32: BlockArrival] = [:]
    private var order = Deque<Hash32>()

    init(capacity: Int) { self.capacity = max(1, capacity) }

    subscript(hash: Hash32) -> BlockArrival? { arrivals[hash] }

    /// All of them, in the order in which the blocks became known.
    var all: [BlockArrival] { order.compactMap { arrivals[$0] } }

    mutating func update(_ hash: Hash32, number: UInt64, _ change: (inout BlockArrival) -> Void) {
        if arrivals[hash] == nil {
            order.append(hash)
            if order.count > capacity { arrivals[order.removeFirst()] = nil }
        }
        change(&arrivals[hash, default: BlockArrival(hash: hash, number: number)])
    }
}
