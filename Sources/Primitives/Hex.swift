/// Hexadecimal text.
public enum Hex {
    /// Lower-case digits, two a byte, without a prefix.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            var at = 0
            for byte in bytes {
                text[at] = digit(byte >> 4)
                text[at + 1] = digit(byte & 15)
                at += 2
            }
            return at
        }
    }

    @inline(__always)
    private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }

    /// The value of a digit, 0 ... 15; nil for any other character.
    @inline(__always)
    static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x37
        case 0x61...0x66: character - 0x57
        default: nil
        }
    }
}

extension Array where Element == UInt8 {
    /// The bytes that `hex` writes, with or without `0x`; nil for an odd number of digits or another character.
    public init?(hex: some StringProtocol) {
        var digits = Array(hex.utf8)[...]
        if digits.starts(with: [0x30, 0x78]) { digits = digits.dropFirst(2) }
        guard digits.count.isMultiple(of: 2) else { return nil }
        self.init()
        reserveCapacity(digits.count / 2)
        var at = digits.startIndex
        while at < digits.endIndex {
            guard let high = Hex.value(digits[at]), let low = Hex.value(digits[at + 1]) else { return nil }
            append(high << 4 | low)
            at += 2
        }
    }
}
