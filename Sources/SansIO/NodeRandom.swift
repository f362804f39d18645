/// The node's source of randomness: ChaCha20 (RFC 8439) used as a generator, keyed by the driver.
///
/// The driver seeds it from the operating system, so keys and nonces drawn from it are unpredictable; the simulator
/// seeds it from the scenario's seed, so a run repeats. After each refill the first 32 bytes of key stream replace
/// the key ("fast key erasure"), so a later leak of the state doesn't reveal earlier output.
public struct NodeRandom: RandomNumberGenerator, Sendable {
    private var key: SIMD8<UInt32>
    private var buffer: [UInt64] = []
    private var used = 0

    /// Key-stream blocks per refill. Half of the first block becomes the next key.
    private static let blocks = 4

    /// A generator with a key of 32 bytes; another length traps.
    public init(key: [UInt8]) {
        precondition(key.count == 32)
        self.key = key.withUnsafeBytes { $0.loadUnaligned(as: SIMD8<UInt32>.self) }
        for index in self.key.indices { self.key[index] = UInt32(littleEndian: self.key[index]) }
    }

    /// A repeatable generator for the simulator and tests; distinct `stream`s of one seed are independent.
    public init(seed: UInt64, stream: UInt64 = 0) {
        key = SIMD8(
            UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32),
            UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32), 0x7374_6172, 0x6c69_6e67, 0,
            0)
    }

    /// The next 64 bits.
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

    /// An independent generator, whose key is the next 32 bytes of this one.
    public mutating func fork() -> NodeRandom { NodeRandom(key: bytes(32)) }

    /// A uniformly random duration from zero up to but not including `bound`; zero unless `bound` is positive.
    public mutating func duration(below bound: Duration) -> Duration {
        guard bound.nanoseconds > 0 else { return .zero }
        return .nanoseconds(Int64.random(in: 0..<bound.nanoseconds, using: &self))
    }

    private mutating func refill() {
        let old = key
        buffer.removeAll(keepingCapacity: true)
        buffer.reserveCapacity(8 * Self.blocks - 4)
        for block in 0..<Self.blocks {
            let words = chacha20Block(key: old, counter: UInt32(block))
            if block == 0 { key = words.lowHalf }
            for at in stride(from: block == 0 ? 8 : 0, to: 16, by: 2) {
                buffer.append(UInt64(words[at]) | UInt64(words[at + 1]) << 32)
            }
        }
        used = 0
    }
}

/// One block of key stream, with a zero nonce unless one is given, as 16 little-endian words (RFC 8439, section 2.3).
func chacha20Block(key: SIMD8<UInt32>, counter: UInt32, nonce: SIMD3<UInt32> = .zero) -> SIMD16<UInt32> {
    // The state is a square of four rows; a quarter round works on all four columns at once.
    let rows = (
        SIMD4<UInt32>(0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574), key.lowHalf, key.highHalf,
        SIMD4(counter, nonce.x, nonce.y, nonce.z)
    )
    var (a, b, c, d) = rows
    for _ in 0..<10 {
        quarterRound(&a, &b, &c, &d)
        // The diagonals become the columns, and after the second half back.
        (b, c, d) = (SIMD4(b.y, b.z, b.w, b.x), SIMD4(c.z, c.w, c.x, c.y), SIMD4(d.w, d.x, d.y, d.z))
        quarterRound(&a, &b, &c, &d)
        (b, c, d) = (SIMD4(b.w, b.x, b.y, b.z), SIMD4(c.z, c.w, c.x, c.y), SIMD4(d.y, d.z, d.w, d.x))
    }
    return SIMD16(
        lowHalf: SIMD8(lowHalf: a &+ rows.0, highHalf: b &+ rows.1),
        highHalf: SIMD8(lowHalf: c &+ rows.2, highHalf: d &+ rows.3))
}

@inline(__always)
private func quarterRound(
    _ a: inout SIMD4<UInt32>, _ b: inout SIMD4<UInt32>, _ c: inout SIMD4<UInt32>, _ d: inout SIMD4<UInt32>
) {
    func rotate(_ value: SIMD4<UInt32>, _ by: UInt32) -> SIMD4<UInt32> { value &<< by | value &>> (32 - by) }
    a &+= b
    d = rotate(d ^ a, 16)
    c &+= d
    b = rotate(b ^ c, 12)
    a &+= b
    d = rotate(d ^ a, 8)
    c &+= d
    b = rotate(b ^ c, 7)
}
