extension FrameCodec {
    /// The bytes on the wire of the frame of a message: header, code, payload, padding and both MACs.
    ///
    /// - Parameter payload: in bytes, compressed where it has to be. The code is taken to be one below 128, as those of
    ///   all but crowded connections are.
    public static func frameBytes(payload: Int) -> Int { FrameLayout.frameCount(content: 1 + payload) }
}
