extension FrameCodec {
    /// The size of a message's frame on the wire in bytes: header, code, payload, padding and both MACs.
    ///
    /// Assumes a code below 128, which takes one byte.
    ///
    /// - Parameter payload: the size of the payload in bytes, after compression if the connection compresses.
    public static func frameBytes(payload: Int) -> Int { FrameLayout.frameCount(content: 1 + payload) }
}
