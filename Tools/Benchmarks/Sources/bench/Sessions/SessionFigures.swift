/// Frames, handshakes, memory: what a session costs.
enum SessionFigures {
    static let group = "sessions"
    static let sizes = [1 << 10, 64 << 10, 1 << 20]

    static func all() async throws -> [Figure] {
        // First, while the heap is small.
        progress("1,000 idle peers")
        var figures = try await IdlePeers.figures()
        for size in sizes {
            progress("codec, \(name(size))")
            figures += try FrameRace(size: size).figures()
        }
        for size in sizes { figures += try AllocationCount.figures(size: size) }
        for size in sizes {
            progress("sockets, \(name(size))")
            figures += try SocketRace.figures(size: size)
        }
        progress("handshakes")
        return try figures + HandshakeRace.figures()
    }

    /// "1 KiB" and the like.
    static func name(_ size: Int) -> String { size < 1 << 20 ? "\(size >> 10) KiB" : "\(size >> 20) MiB" }
}
