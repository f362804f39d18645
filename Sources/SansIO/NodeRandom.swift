/// The node's source of randomness: ChaCha20 (RFC 8439) used as a generator, keyed by the driver.
///
/// The driver seeds it from the operating system, so keys and nonces drawn from it are unpredictable; the simulator
/// seeds it from the scenario's seed, so a run repeats. After each refill the first 32 bytes of key stream replace
/// the key ("fast key erasure"), so a later leak of the state doesn't reveal earlier output.
public struct NodeRandom: RandomNumberGenerator, Sendable {
    private var key: [UInt32]
    private var buffer: [UInt64] = []
    private var used = 0

    /// Four key-stream blocks a refill: half a block goes to the next key.
    private static let blocks = 4

    /// A generator keyed with 32 bytes.
    public init(key: [UInt8]) {
        precondition(key.count == 32)
        self.key = stride(from: 0, to: 32, by: 4).map { at in
            key[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    /// A repeatable generator for the simulator and tests; distinct `stream`s of one seed are independent.
    public init(seed: UInt64, stream: UInt64 = 0) {
        key = [
            UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32),
            UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32), 0x7374_6172, 0x6c69_6e67, 0,
            0,
        ]
    }

    public mutating func next() -> UInt64 {
        if used == buffer.count { refill() }
        defer { used += 1 }
        return buffer[used]
    }

    /// `count` random bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count + 8)
        while result.count < count {
            withUnsafeBytes(of: next().littleEndian) { result.append(contentsOf: $0) }
        }
        result.removeLast(result.count - count)
        return result
    }

    /// A generator of its own, keyed from this one.
    public mutating func fork() -> NodeRandom { NodeRandom(key: bytes(32)) }

    /// A duration below `bound`, uniformly.
    public mutating func duration(below bound: Duration) -> Duration {
        guard bound.nanoseconds > 0 else { return .zero }
        return .nanoseconds(Int64.random(in: 0..<bound.nanoseconds, using: &self))
    }

    private mutating func refill() {
        var words: [UInt32] = []
        words.reserveCapacity(16 * Self.blocks)
        for block in 0..<Self.blocks { words += chacha20Block(key: key, counter: UInt32(block)) }
        key = Array(words[..<8])
        buffer.removeAll(keepingCapacity: true)
        for at in stride(from: 8, to: words.count, by: 2) {
            buffer.append(UInt64(words[at]) | UInt64(words[at + 1]) << 32)
        }
        used = 0
    }
}

/// One block of key stream with a zero nonce, as 16 little-endian words (RFC 8439, section 2.3).
func chacha20Block(key: [UInt32], counter: UInt32, nonce: [UInt32] = [0, 0, 0]) -> [UInt32] {
    let initial: [UInt32] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574] + key + [counter] + nonce
    var s = initial
    s.withUnsafeMutableBufferPointer { s in
        for _ in 0..<10 {
            quarterRound(s, 0, 4, 8, 12)
            quarterRound(s, 1, 5, 9, 13)
            quarterRound(s, 2, 6, 10, 14)
            quarterRound(s, 3, 7, 11, 15)
            quarterRound(s, 0, 5, 10, 15)
            quarterRound(s, 1, 6, 11, 12)
            quarterRound(s, 2, 7, 8, 13)
            quarterRound(s, 3, 4, 9, 14)
        }
        for index in 0..<16 { s[index] &+= initial[index] }
    }
    return s
}

@inline(__always)
private func quarterRound(_ s: UnsafeMutableBufferPointer<UInt32>, _ a: Int, _ b: Int, _ c: Int, _ d: Int) {
    func rotate(_ value: UInt32, _ by: UInt32) -> UInt32 { value << by | value >> (32 - by) }
    s[a] &+= s[b]
    s[d] = rotate(s[d] ^ s[a], 16)
    s[c] &+= s[d]
    s[b] = rotate(s[b] ^ s[c], 12)
    s[a] &+= s[b]
    s[d] = rotate(s[d] ^ s[a], 8)
    s[c] &+= s[d]
    s[b] = rotate(s[b] ^ s[c], 7)
}
