extension UInt256 {
    /// The sum modulo 2^256, and whether it is 2^256 or more.
    @inlinable
    public func addingReportingOverflow(_ other: Self) -> (partialValue: Self, overflow: Bool) {
        func add(_ a: UInt64, _ b: UInt64, _ carry: inout Bool) -> UInt64 {
            let (first, overflowed) = a.addingReportingOverflow(b)
            let (sum, again) = first.addingReportingOverflow(carry ? 1 : 0)
            carry = overflowed || again
            return sum
        }
        var carry = false
        let a = add(limbs.0, other.limbs.0, &carry)
        let b = add(limbs.1, other.limbs.1, &carry)
        let c = add(limbs.2, other.limbs.2, &carry)
        let d = add(limbs.3, other.limbs.3, &carry)
        return (Self(limbs: (a, b, c, d)), carry)
    }

    /// The difference modulo 2^256, and whether it is negative.
    @inlinable
    public func subtractingReportingOverflow(_ other: Self) -> (partialValue: Self, overflow: Bool) {
        func subtract(_ a: UInt64, _ b: UInt64, _ borrow: inout Bool) -> UInt64 {
            let (first, overflowed) = a.subtractingReportingOverflow(b)
            let (difference, again) = first.subtractingReportingOverflow(borrow ? 1 : 0)
            borrow = overflowed || again
            return difference
        }
        var borrow = false
        let a = subtract(limbs.0, other.limbs.0, &borrow)
        let b = subtract(limbs.1, other.limbs.1, &borrow)
        let c = subtract(limbs.2, other.limbs.2, &borrow)
        let d = subtract(limbs.3, other.limbs.3, &borrow)
        return (Self(limbs: (a, b, c, d)), borrow)
    }

    /// The product modulo 2^256, and whether it is 2^256 or more.
    public func multipliedReportingOverflow(by other: Self) -> (partialValue: Self, overflow: Bool) {
        let left = words
        let right = other.words
        var product = (0..<8).map { _ in UInt64(0) }
        for i in 0..<4 {
            var carry: UInt64 = 0
            for j in 0..<4 {
                let (high, low) = left[i].multipliedFullWidth(by: right[j])
                let (first, overflowed) = product[i + j].addingReportingOverflow(low)
                let (sum, again) = first.addingReportingOverflow(carry)
                product[i + j] = sum
                // high is at most 2^64 - 2, so the two carries always fit.
                carry = high &+ (overflowed ? 1 : 0) &+ (again ? 1 : 0)
            }
            product[i + 4] = carry
        }
        let overflow = product[4...].contains { $0 != 0 }
        return (Self(limbs: (product[0], product[1], product[2], product[3])), overflow)
    }

    var words: [UInt64] { [limbs.0, limbs.1, limbs.2, limbs.3] }

    /// The sum; nil if it needs more than 256 bits.
    @inlinable
    public func adding(_ other: Self) -> Self? {
        let (value, overflow) = addingReportingOverflow(other)
        return overflow ? nil : value
    }

    /// The difference; nil if it is negative.
    @inlinable
    public func subtracting(_ other: Self) -> Self? {
        let (value, overflow) = subtractingReportingOverflow(other)
        return overflow ? nil : value
    }

    /// The product; nil if it needs more than 256 bits.
    public func multiplied(by other: Self) -> Self? {
        let (value, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? nil : value
    }

    /// The sum modulo 2^256.
    @inlinable public static func &+ (left: Self, right: Self) -> Self {
        left.addingReportingOverflow(right).partialValue
    }

    /// The difference modulo 2^256.
    @inlinable
    public static func &- (left: Self, right: Self) -> Self { left.subtractingReportingOverflow(right).partialValue }

    /// The product modulo 2^256.
    public static func &* (left: Self, right: Self) -> Self { left.multipliedReportingOverflow(by: right).partialValue }

    /// Quotient and remainder; nil for a zero divisor.
    ///
    /// - Complexity: constant for a divisor of 64 bits, else one shift and subtraction per bit of the quotient.
    public func dividedBy(_ divisor: Self) -> (quotient: Self, remainder: Self)? {
        if let small = divisor.uint64 {
            guard small != 0 else { return nil }
            let (quotient, remainder) = divided(by: small)
            return (quotient, UInt256(remainder))
        }
        guard self >= divisor else { return (.zero, self) }
        var remainder = self
        var quotient = UInt256.zero
        var shift = bitWidth - divisor.bitWidth
        while shift >= 0 {
            let shifted = divisor << shift
            quotient = quotient << 1
            if remainder >= shifted {
                remainder = remainder &- shifted
                quotient.limbs.0 |= 1
            }
            shift -= 1
        }
        return (quotient, remainder)
    }

    func divided(by divisor: UInt64) -> (UInt256, UInt64) {
        let (d, r3) = limbs.3.quotientAndRemainder(dividingBy: divisor)
        let (c, r2) = divisor.dividingFullWidth((r3, limbs.2))
        let (b, r1) = divisor.dividingFullWidth((r2, limbs.1))
        let (a, r0) = divisor.dividingFullWidth((r1, limbs.0))
        return (UInt256(limbs: (a, b, c, d)), r0)
    }

    /// Shifts towards the most significant bit; bits beyond 256 are lost. Traps on a negative `shift`.
    public static func << (value: Self, shift: Int) -> Self {
        precondition(shift >= 0)
        guard shift < 256 else { return .zero }
        let words = value.words
        let (skip, bits) = shift.quotientAndRemainder(dividingBy: 64)
        func word(_ index: Int) -> UInt64 {
            let from = index - skip
            guard from >= 0 else { return 0 }
            let low = from > 0 && bits > 0 ? words[from - 1] >> UInt64(64 - bits) : 0
            return words[from] << UInt64(bits) | low
        }
        return Self(limbs: (word(0), word(1), word(2), word(3)))
    }
}
