import CBench

/// Heap allocations of this thread for a message, in steady state.
enum AllocationCount {
    private static let messages = 1_024

    static func figures(size: Int) throws -> [Figure] {
        let name = SessionFigures.name(size)
        let message = [UInt8].noise(size)
        let codec = Box(try CodecPair(message: message, isCompressed: false))
        keep(codec.value.run(messages / 16))
        var start = bench_allocations()
        keep(codec.value.run(messages))
        let inCodec = Double(bench_allocations() - start) / Double(messages)

        var block = [UInt8](repeating: 0, count: bench_snappy_room(size))
        start = bench_allocations()
        for _ in 0..<messages { keep(bench_snappy_compress(message, size, &block)) }
        let inSnappy = Double(bench_allocations() - start) / Double(messages)

        let pair = Box(try ConnectionPair())
        keep(pair.value.exchange(message, 4))
        start = bench_allocations()
        let rounds = messages / 4
        for _ in 0..<rounds { keep(pair.value.exchange(message, 4)) }
        let inConnection = Double(bench_allocations() - start) / Double(4 * rounds)
        return [
            Figure(SessionFigures.group, "codec: allocations a message, \(name)", inCodec, "", goal: .atMost(0)),
            Figure(SessionFigures.group, "libsnappy's own: allocations a message, \(name)", inSnappy, ""),
            Figure(SessionFigures.group, "connection: allocations a message, both ends, \(name)", inConnection, ""),
        ]
    }
}
