import EthCrypto
public import Primitives
import SansIO

/// A running hash over everything that happens in a simulation: two runs are the same if their traces are.
public struct Trace: Sendable {
    private var state = Keccak256()
    public private(set) var count: UInt64 = 0

    public init() {}

    /// The hash of all that was added so far.
    public var hash: Hash32 { state.digest() }

    mutating func add(_ now: Instant, node: Int, kind: UInt8, _ bytes: some Collection<UInt8> = []) {
        count += 1
        var record = (
            now.nanoseconds.bigEndian, UInt32(node).bigEndian, UInt32(kind).bigEndian, UInt64(bytes.count).bigEndian
        )
        withUnsafeBytes(of: &record) { state.update($0) }
        state.update(bytes)
    }
}
