/// Sizes and plaintext of an RLPx frame (rlpx.md of the devp2p specification, "Framing").
///
///     wire   = header (16, encrypted) || header MAC (16) || body (encrypted, zero-padded to 16) || frame MAC (16)
///     header = content size (3, big-endian) || c2 80 80 || 00 ...      content = RLP integer code || payload
enum FrameLayout {
    static let block = 16
    static let header = 2 * block
    /// The limit of the format: the size has three bytes.
    static let maxContentBytes = 0xff_ffff
    /// The maximum size of a code: a prefix and eight bytes.
    static let maxCodeBytes = 9

    /// The length of a body with `content` bytes of content, including padding but not the MAC.
    static func paddedCount(_ content: Int) -> Int { (content + block - 1) & ~(block - 1) }

    /// The length of a frame with `content` bytes of content.
    static func frameCount(content: Int) -> Int { header + paddedCount(content) + block }

    /// Writes a header's plaintext.
    static func writeHeader(content: Int, to header: UnsafeMutableRawBufferPointer) {
        header.initializeMemory(as: UInt8.self, repeating: 0)
        header[0] = UInt8(truncatingIfNeeded: content >> 16)
        header[1] = UInt8(truncatingIfNeeded: content >> 8)
        header[2] = UInt8(truncatingIfNeeded: content)
        // A list of two zeros: capability id and context id, which no client uses.
        header[3] = 0xc2
        header[4] = 0x80
        header[5] = 0x80
    }

    /// The content size in a header's plaintext. The other bytes are ignored, as in go-ethereum.
    static func readHeader(_ header: UnsafeRawBufferPointer) -> Int {
        Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
    }

    /// The length of a code as an RLP integer.
    static func codeCount(_ code: UInt64) -> Int {
        code < 0x80 ? 1 : 1 + (64 - code.leadingZeroBitCount + 7) / 8
    }

    /// Writes a code as an RLP integer of `codeCount` bytes.
    static func writeCode(_ code: UInt64, to content: UnsafeMutableRawBufferPointer) {
        guard code != 0 else { return content[0] = 0x80 }
        guard code >= 0x80 else { return content[0] = UInt8(truncatingIfNeeded: code) }
        let count = codeCount(code) - 1
        content[0] = 0x80 + UInt8(count)
        for index in 1...count { content[index] = UInt8(truncatingIfNeeded: code >> UInt64(8 * (count - index))) }
    }

    /// The code at the beginning of a frame's content and its length; nil unless it is a canonical RLP integer.
    static func readCode(_ content: UnsafeRawBufferPointer) -> (code: UInt64, count: Int)? {
        guard let first = content.first, first != 0 else { return nil }
        guard first >= 0x80 else { return (UInt64(first), 1) }
        let count = Int(first) - 0x80
        guard count < maxCodeBytes, count < content.count else { return nil }
        guard count > 0 else { return (0, 1) }
        var code: UInt64 = 0
        for index in 1...count { code = code << 8 | UInt64(content[index]) }
        // No leading zero, and no prefix before a single byte below 0x80.
        guard codeCount(code) == 1 + count else { return nil }
        return (code, 1 + count)
    }
}
