import CBench

/// One end of a connection that does the ciphers' work and nothing else.
final class BareCiphers {
    let pointer: OpaquePointer
    private let message: UnsafeMutablePointer<UInt8>

    init(_ message: [UInt8], isCompressed: Bool) {
        self.message = .allocate(capacity: message.count)
        self.message.initialize(from: message, count: message.count)
        pointer = bench_ciphers_new(self.message, message.count, isCompressed ? 1 : 0)
    }

    deinit {
        bench_ciphers_free(pointer)
        message.deallocate()
    }

    var frame: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: bench_frame(pointer), count: bench_frame_count(pointer))
    }

    /// Sealing and opening in turns, as often as told.
    static func race(_ message: [UInt8], isCompressed: Bool) -> (Int) -> Void {
        let sender = BareCiphers(message, isCompressed: isCompressed)
        let receiver = BareCiphers(message, isCompressed: isCompressed)
        return { bench_bare_frames(sender.pointer, receiver.pointer, $0) }
    }
}
