/// Splits the bytes of a Unix socket into frames: four bytes of length, big-endian, then that many bytes.
///
/// Memory grows with the bytes received, not with the lengths that they state.
struct SidecarFrames: Sendable {
    /// The maximum size of a frame in bytes, without its length.
    let maxBytes: Int

    private var buffer: [UInt8] = []
    private var start = 0

    init(maxBytes: Int) { self.maxBytes = maxBytes }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next complete frame; nil while more bytes are needed.
    mutating func next() throws(SidecarError) -> ArraySlice<UInt8>? {
        guard buffer.count - start >= 4 else { return nil }
        let length = buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length > 0 else { throw .emptyFrame }
        guard length <= maxBytes else { throw .oversizedFrame(bytes: length, limit: maxBytes) }
        guard buffer.count - start - 4 >= length else { return nil }
        defer { start += 4 + length }
        return buffer[start + 4..<start + 4 + length]
    }
}
