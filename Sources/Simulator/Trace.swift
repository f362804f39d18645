import EthCrypto
public import Primitives
public import SansIO

/// A running hash over everything that happens in a simulation: two runs are the same if their traces are.
///
/// At every `interval` events it keeps the hash so far. Where two runs differ, the first checkpoint that differs says
/// between which events to look, and a run that records these says which one it was.
public struct Trace: Sendable {
    /// The hash after so many events.
    public struct Checkpoint: Sendable, Hashable {
        public let count: UInt64
        public let moment: Instant
        public let hash: Hash32

        public init(count: UInt64, moment: Instant, hash: Hash32) {
            self.count = count
            self.moment = moment
            self.hash = hash
        }
    }

    /// One event, as the trace has it.
    public struct Record: Sendable, Hashable {
        /// Counted from 1.
        public let number: UInt64
        public let moment: Instant
        public let node: Int
        /// 1 a datagram, 2 bytes of a connection, 3 the end of one, 4 its beginning, 5 a crash, 6 a start.
        public let kind: UInt8
        public let byteCount: Int
        public let hash: Hash32
    }

    public static let interval: UInt64 = 4096

    private var state = Keccak256()
    public private(set) var count: UInt64 = 0
    public private(set) var checkpoints: [Checkpoint] = []
    /// The numbers of the events to keep.
    public internal(set) var recorded: Range<UInt64> = 0..<0
    public private(set) var records: [Record] = []

    public init() {}

    /// The hash of all that was added so far.
    public var hash: Hash32 { state.digest() }

    mutating func add(_ now: Instant, node: Int, kind: UInt8, _ bytes: [UInt8] = []) {
        count += 1
        var record = (
            now.nanoseconds.bigEndian, UInt32(node).bigEndian, UInt32(kind).bigEndian, UInt64(bytes.count).bigEndian
        )
        withUnsafeBytes(of: &record) { state.update($0) }
        state.update(bytes)
        if recorded.contains(count) {
            records.append(
                Record(
                    number: count, moment: now, node: node, kind: kind, byteCount: bytes.count,
                    hash: Keccak256.hash(bytes)))
        }
        if count % Self.interval == 0 { checkpoints.append(Checkpoint(count: count, moment: now, hash: hash)) }
    }

    /// The events among which the first difference of two runs is; nil where their checkpoints are the same, as far as
    /// both go.
    public static func firstDifference(_ left: [Checkpoint], _ right: [Checkpoint]) -> Range<UInt64>? {
        // A difference stays in all later hashes, so it can be searched for by halving.
        var low = 0
        var high = min(left.count, right.count)
        guard high > 0, left[high - 1].hash != right[high - 1].hash else { return nil }
        while low < high {
            let middle = (low + high) / 2
            if left[middle].hash == right[middle].hash { low = middle + 1 } else { high = middle }
        }
        let end = left[low].count
        return end - interval + 1..<end + 1
    }
}
