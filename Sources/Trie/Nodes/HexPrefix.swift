public import RLP

/// The compact encoding of a path of nibbles with its leaf flag (Yellow Paper, appendix C; trie.md, section 2).
///
/// The first nibble is 2 for a leaf plus 1 for an odd count; an even path has a zero nibble after it.
public enum HexPrefix {
    /// Encodes a path.
    ///
    /// - Parameter nibbles: each below 16.
    public static func encode(_ nibbles: some BidirectionalCollection<UInt8>, isLeaf: Bool) -> [UInt8] {
        let isOdd = nibbles.count & 1 == 1
        var rest = nibbles[...]
        var first: UInt8 = isLeaf ? 0x20 : 0
        if isOdd, let nibble = rest.popFirst() { first |= 0x10 | nibble }
        var bytes = [first]
        bytes.reserveCapacity(rest.count / 2 + 1)
        while let high = rest.popFirst(), let low = rest.popFirst() { bytes.append(high << 4 | low) }
        return bytes
    }

    /// Decodes a path.
    ///
    /// - Throws: `invalidValue` for a flag above 3 or a padding nibble other than 0 (go-ethereum accepts both, but then
    ///   finds that the re-encoded node has another hash).
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(RLPError) -> (nibbles: [UInt8], isLeaf: Bool) {
        let (isLeaf, isOdd) = try flags(of: bytes)
        var nibbles: [UInt8] = []
        nibbles.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            nibbles.append(byte >> 4)
            nibbles.append(byte & 15)
        }
        nibbles.removeFirst(isOdd ? 1 : 2)
        return (nibbles, isLeaf)
    }

    static func flags(of bytes: ArraySlice<UInt8>) throws(RLPError) -> (isLeaf: Bool, isOdd: Bool) {
        guard let first = bytes.first, first < 0x40 else { throw .invalidValue }
        let isOdd = first & 0x10 != 0
        guard isOdd || first & 15 == 0 else { throw .invalidValue }
        return (first & 0x20 != 0, isOdd)
    }
}
