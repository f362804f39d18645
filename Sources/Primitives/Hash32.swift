/// 32 bytes: a hash, a root, a nonce, a storage slot.
@frozen
public struct Hash32: FixedBytes {
    // Four words in memory order. Word i holds bytes 8i ..< 8i+8 as they lie in memory.
    @usableFromInline var a: UInt64 = 0
    @usableFromInline var b: UInt64 = 0
    @usableFromInline var c: UInt64 = 0
    @usableFromInline var d: UInt64 = 0

    @inlinable public init() {}

    /// Compares as big-endian numbers, which is the byte-wise order of keys in a trie or a database.
    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        if left.a != right.a { return left.a.bigEndian < right.a.bigEndian }
        if left.b != right.b { return left.b.bigEndian < right.b.bigEndian }
        if left.c != right.c { return left.c.bigEndian < right.c.bigEndian }
        return left.d.bigEndian < right.d.bigEndian
    }

    /// The first eight bytes as a big-endian number.
    @inlinable public var prefix64: UInt64 { a.bigEndian }

    /// The bitwise XOR: of two node ids, their Kademlia distance.
    @inlinable
    public static func ^ (left: Self, right: Self) -> Self {
        var result = left
        result.a ^= right.a
        result.b ^= right.b
        result.c ^= right.c
        result.d ^= right.d
        return result
    }

    /// The number of zero bits before the first one bit, 0 ... 256.
    @inlinable
    public var leadingZeroBitCount: Int {
        if a != 0 { return a.bigEndian.leadingZeroBitCount }
        if b != 0 { return 64 + b.bigEndian.leadingZeroBitCount }
        if c != 0 { return 128 + c.bigEndian.leadingZeroBitCount }
        return 192 + d.bigEndian.leadingZeroBitCount
    }
}
