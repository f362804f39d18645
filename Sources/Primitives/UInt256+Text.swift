extension UInt256: CustomStringConvertible, LosslessStringConvertible {
    /// The 32 bytes, most significant first.
    public var bigEndian: Hash32 {
        Hash32 { bytes in
            bytes.storeBytes(of: limbs.3.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: limbs.2.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: limbs.1.bigEndian, toByteOffset: 16, as: UInt64.self)
            bytes.storeBytes(of: limbs.0.bigEndian, toByteOffset: 24, as: UInt64.self)
        }
    }

    /// The number whose 32 bytes these are, most significant first.
    public init(bigEndian hash: Hash32) {
        self = hash.withUnsafeBytes { bytes in
            func limb(_ index: Int) -> UInt64 {
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            }
            return UInt256(limbs: (limb(3), limb(2), limb(1), limb(0)))
        }
    }

    /// The number with these at most 32 bytes, most significant first; nil for more bytes.
    @inlinable
    public init?(bigEndian bytes: some Collection<UInt8>) {
        var rest = bytes.count
        guard rest <= 32 else { return nil }
        self.init(limbs: (0, 0, 0, 0))
        for byte in bytes {
            rest -= 1
            let shifted = UInt64(byte) &<< UInt64(rest % 8 * 8)
            switch rest / 8 {
            case 0: limbs.0 |= shifted
            case 1: limbs.1 |= shifted
            case 2: limbs.2 |= shifted
            default: limbs.3 |= shifted
            }
        }
    }

    /// The bytes without leading zeros, most significant first; empty for zero.
    public var minimalBytes: [UInt8] { Array(bigEndian.bytes.drop { $0 == 0 }) }

    /// Decimal digits.
    public var description: String {
        guard !isZero else { return "0" }
        var groups: [UInt64] = []
        var rest = self
        while !rest.isZero {
            let (quotient, remainder) = rest.divided(by: 10_000_000_000_000_000_000)
            groups.append(remainder)
            rest = quotient
        }
        var text = String(groups.removeLast())
        for group in groups.reversed() {
            let digits = String(group)
            text += String(repeating: "0", count: 19 - digits.count) + digits
        }
        return text
    }

    /// `0x` and the digits without leading zeros, as the "quantity" of Ethereum's JSON-RPC.
    public var hexQuantity: String {
        guard !isZero else { return "0x0" }
        let digits = Hex.encode(minimalBytes)
        return "0x" + (digits.hasPrefix("0") ? String(digits.dropFirst()) : digits)
    }

    /// Parses a decimal number, or a hexadecimal one after `0x` (leading zeros allowed); nil for other text or a number
    /// of more than 256 bits.
    public init?(_ text: String) {
        if text.hasPrefix("0x") || text.hasPrefix("0X") {
            let digits = text.dropFirst(2)
            guard !digits.isEmpty, digits.utf8.count <= 256 else { return nil }
            var value = UInt256.zero
            for character in digits.utf8 {
                guard let digit = Hex.value(character), value.limbs.3 >> 60 == 0 else { return nil }
                value = value << 4
                value.limbs.0 |= UInt64(digit)
            }
            self = value
        } else {
            guard !text.isEmpty, text.utf8.count <= 100 else { return nil }
            var value = UInt256.zero
            for character in text.utf8 {
                guard (0x30...0x39).contains(character), let shifted = value.multiplied(by: 10),
                    let next = shifted.adding(UInt256(UInt64(character - 0x30)))
                else { return nil }
                value = next
            }
            self = value
        }
    }
}
