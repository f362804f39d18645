/// Frames, handshakes, memory: what a session costs.
enum SessionFigures {
    static let group = "sessions"

    static func all() throws -> [Figure] {
        // First, while the heap is small.
        var figures = IdlePeers.figures()
        for size in [1 << 10, 64 << 10, 1 << 20] { figures += try FrameRace(size: size).figures() }
        for size in [1 << 10, 64 << 10, 1 << 20] { figures += try AllocationCount.figures(size: size) }
        for size in [1 << 10, 64 << 10, 1 << 20] { figures += try SocketRace.figures(size: size) }
        figures += try HandshakeRace.figures()
        return figures
    }

    /// "1 KiB" and the like.
    static func name(_ size: Int) -> String { size < 1 << 20 ? "\(size >> 10) KiB" : "\(size >> 20) MiB" }
}
