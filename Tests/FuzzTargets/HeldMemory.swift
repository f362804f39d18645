import Synchronization

/// What a decoded value holds in memory, where the program can tell: under the fuzzer, not in the ordinary tests.
public enum HeldMemory {
    /// A closure alone, in a generic type, would be wrapped anew at every look at it.
    private struct Gauge: Sendable {
        let bytes: @Sendable () -> Int
    }

    private static let gauge = Mutex<Gauge?>(nil)

    /// What a small value may hold anyway: array headers, room for growth.
    private static let allowance = 4096

    /// - Parameter bytes: tells how much the whole program has allocated now. Only for programs of one thread.
    public static func measure(by bytes: @escaping @Sendable () -> Int) {
        gauge.withLock { $0 = Gauge(bytes: bytes) }
    }

    /// The value, for which at most `factor` times `wireBytes` may be held.
    static func bounded<Value>(
        _ name: String, wireBytes: Int, factor: Int = 2, _ decode: () -> Value
    ) throws(BrokenProperty) -> Value {
        guard let gauge = gauge.withLock({ $0 }) else { return decode() }
        let before = gauge.bytes()
        let value = decode()
        let held = gauge.bytes() - before
        try require(held <= factor * wireBytes + allowance, "\(name): \(wireBytes) bytes became \(held) in memory")
        return value
    }
}
