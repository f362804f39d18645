#if canImport(Glibc)
    import Glibc
#endif

/// Measures what values cost on the real heap, as the allocator counts it.
///
/// Other threads may allocate too, so it measures several times and takes the median; Tools/test runs its tests alone.
public enum HeapMeter {
    /// Whether this machine's allocator can be asked: glibc's, on x86-64, where a large result is returned through a
    /// pointer as the first argument.
    public static var isPresent: Bool { bytesInUse != nil }

    /// The bytes that the result of `body` holds while it lives; nil where that can't be measured.
    public static func bytes<Value>(heldBy body: () throws -> Value) rethrows -> Int? {
        var measured: [Int] = []
        for _ in 0..<5 {
            guard let before = bytesInUse else { return nil }
            let value = try body()
            guard let after = bytesInUse else { return nil }
            withExtendedLifetime(value) { measured.append(after - before) }
        }
        return measured.sorted()[measured.count / 2]
    }

    private static var bytesInUse: Int? {
        #if canImport(Glibc) && arch(x86_64)
            typealias Statistics = @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
            guard let symbol = dlsym(nil, "mallinfo2") else { return nil }
            let statistics = unsafeBitCast(symbol, to: Statistics.self)
            return withUnsafeTemporaryAllocation(of: Int.self, capacity: 10) { fields in
                guard let base = fields.baseAddress else { return nil }
                _ = statistics(UnsafeMutableRawPointer(base))
                // `hblkhd`, mapped for single large values, and `uordblks`.
                return fields[4] + fields[7]
            }
        #else
            return nil
        #endif
    }
}
