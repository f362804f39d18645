/// An unsigned 256-bit integer: balances, difficulties, fees.
///
/// Arithmetic never traps: the named methods return nil if the result doesn't fit, the `&` operators wrap around.
@frozen
public struct UInt256: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Four 64-bit limbs, the least significant first.
    public var limbs: (UInt64, UInt64, UInt64, UInt64)

    /// The number with these limbs, the least significant first.
    @inlinable public init(limbs: (UInt64, UInt64, UInt64, UInt64)) { self.limbs = limbs }

    /// The number `value`.
    @inlinable public init(_ value: UInt64) { limbs = (value, 0, 0, 0) }

    public static let zero = UInt256(0)
    public static let one = UInt256(1)
    /// 2^256 - 1.
    public static let max = UInt256(limbs: (.max, .max, .max, .max))

    @inlinable
    public static func == (left: Self, right: Self) -> Bool { left.limbs == right.limbs }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        hasher.combine(limbs.0)
        hasher.combine(limbs.1)
        hasher.combine(limbs.2)
        hasher.combine(limbs.3)
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        if left.limbs.3 != right.limbs.3 { return left.limbs.3 < right.limbs.3 }
        if left.limbs.2 != right.limbs.2 { return left.limbs.2 < right.limbs.2 }
        if left.limbs.1 != right.limbs.1 { return left.limbs.1 < right.limbs.1 }
        return left.limbs.0 < right.limbs.0
    }

    @inlinable public var isZero: Bool { limbs.0 | limbs.1 | limbs.2 | limbs.3 == 0 }

    /// The value as 64 bits; nil if it is larger.
    @inlinable
    public var uint64: UInt64? { limbs.1 | limbs.2 | limbs.3 == 0 ? limbs.0 : nil }

    /// The number of bits without leading zeros, 0 ... 256.
    @inlinable
    public var bitWidth: Int {
        if limbs.3 != 0 { return 256 - limbs.3.leadingZeroBitCount }
        if limbs.2 != 0 { return 192 - limbs.2.leadingZeroBitCount }
        if limbs.1 != 0 { return 128 - limbs.1.leadingZeroBitCount }
        return 64 - limbs.0.leadingZeroBitCount
    }
}

extension UInt256: ExpressibleByIntegerLiteral {
    @inlinable public init(integerLiteral value: UInt64) { self.init(value) }
}
