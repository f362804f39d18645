import EthCrypto
public import Primitives

/// The 2048-bit Bloom filter of the addresses and topics of logs (Yellow Paper, section 4.3.1).
@frozen
public struct Bloom: FixedBytes {
    // 256 bytes in memory order.
    @usableFromInline var a = Hash32()
    @usableFromInline var b = Hash32()
    @usableFromInline var c = Hash32()
    @usableFromInline var d = Hash32()
    @usableFromInline var e = Hash32()
    @usableFromInline var f = Hash32()
    @usableFromInline var g = Hash32()
    @usableFromInline var h = Hash32()

    @inlinable public init() {}

    public static func < (left: Self, right: Self) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { right in left.lexicographicallyPrecedes(right) } }
    }

    /// Adds an address or topic: sets three bits chosen by its hash.
    public mutating func insert(_ value: some FixedBytes) {
        let hash = Keccak256.hash(value)
        withUnsafeMutableBytes { bytes in
            for (index, mask) in Self.bits(hash) { bytes[index] |= mask }
        }
    }

    /// Whether the value may have been added. False positives are possible, false negatives are not.
    public func mayContain(_ value: some FixedBytes) -> Bool {
        let hash = Keccak256.hash(value)
        return withUnsafeBytes { bytes in Self.bits(hash).allSatisfy { bytes[$0.index] & $0.mask != 0 } }
    }

    /// Adds every value of another filter.
    public mutating func formUnion(_ other: Bloom) {
        withUnsafeMutableBytes { bytes in
            other.withUnsafeBytes { other in for index in bytes.indices { bytes[index] |= other[index] } }
        }
    }

    /// The three bits of a value: the low 11 bits of each of the first three byte pairs of its hash, counted from the
    /// least significant bit of the filter's last byte.
    private static func bits(_ hash: Hash32) -> [(index: Int, mask: UInt8)] {
        [0, 2, 4].map { at in
            let bit = (Int(hash[at]) << 8 | Int(hash[at + 1])) & 0x7ff
            return (255 - bit / 8, 1 << UInt8(bit % 8))
        }
    }
}
