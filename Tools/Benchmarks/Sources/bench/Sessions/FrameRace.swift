/// The codec against the bare ciphers, in memory.
struct FrameRace {
    let size: Int

    func figures() throws -> [Figure] {
        let name = SessionFigures.name(size)
        return [
            try figure("codec: seal + open, \(name), snappy", isCompressed: true),
            try figure("codec: seal + open, \(name), without snappy", isCompressed: false),
            try connection("connection: send + receive, \(name), snappy"),
        ]
    }

    private func figure(_ name: String, isCompressed: Bool) throws -> Figure {
        let message = [UInt8].noise(size)
        let pair = Box(try CodecPair(message: message, isCompressed: isCompressed))
        guard pair.value.run(1) > 0 else { throw BenchFailure.unexpected("messages that don't arrive") }
        // Whole batches, so that the count is exact.
        let batch = max(1, (64 << 10) / size)
        let timings = race([
            { count in keep(pair.value.run(count * batch)) },
            { [bare = BareCiphers.race(message, isCompressed: isCompressed)] count in bare(count * batch) },
        ])
        return Figure(
            SessionFigures.group, name, bytes: size * batch, timings[0], besides: "bare ciphers", timings[1],
            goal: .ratio(0.85))
    }

    /// The same through `PeerConnection`, which adds limits, events, and an array for each message.
    private func connection(_ name: String) throws -> Figure {
        let message = [UInt8].noise(size)
        let pair = Box(try ConnectionPair())
        let batch = max(1, (64 << 10) / size)
        let timings = race([
            { count in for _ in 0..<count { keep(pair.value.exchange(message, batch)) } },
            { [bare = BareCiphers.race(message, isCompressed: true)] count in bare(count * batch) },
        ])
        return Figure(
            SessionFigures.group, name, bytes: size * batch, timings[0], besides: "bare ciphers", timings[1])
    }
}
