import Primitives

/// An encoded branch of the most common form: each child a hash or absent, and no value. The offset of a child follows
/// from which children are present, so one is read without decoding those before it.
struct PlainBranch {
    private let encoding: ArraySlice<UInt8>
    /// The offset of the first child.
    private let start: Int
    /// Bit n is set if child n is present.
    private let present: UInt16

    /// Nil for any other node, and for bytes that aren't canonical RLP.
    init?(_ encoding: ArraySlice<UInt8>) {
        guard let (header, present) = encoding.withUnsafeBytes(Self.scan) else { return nil }
        self.encoding = encoding
        start = encoding.startIndex + header
        self.present = present
    }

    func child(_ nibble: Int) -> Hash32? {
        guard present >> UInt16(nibble) & 1 == 1 else { return nil }
        let before = present & (1 << UInt16(nibble) - 1)
        // Each child before takes one byte, and 32 more if it is a hash.
        let at = start + nibble + 32 * before.nonzeroBitCount + 1
        return Hash32(encoding[at..<at + 32])
    }

    private static func scan(_ bytes: UnsafeRawBufferPointer) -> (header: Int, present: UInt16)? {
        guard bytes.count > 3 else { return nil }
        let header: Int
        switch bytes[0] {
        case 0xf8 where bytes[1] >= 56 && Int(bytes[1]) == bytes.count - 2: header = 2
        case 0xf9 where bytes[1] > 0 && Int(bytes[1]) << 8 | Int(bytes[2]) == bytes.count - 3: header = 3
        default: return nil
        }
        var at = header
        var present: UInt16 = 0
        for nibble in 0..<16 as Range<UInt16> {
            guard at < bytes.count else { return nil }
            switch bytes[at] {
            case 0x80: at += 1
            case 0xa0 where bytes.count - at >= 33:
                present |= 1 << nibble
                at += 33
            default: return nil
            }
        }
        return at == bytes.count - 1 && bytes[at] == 0x80 ? (header, present) : nil
    }
}
