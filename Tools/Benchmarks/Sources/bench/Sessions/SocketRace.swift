import CBench
import DevP2P
import Foundation

/// One connection over loopback TCP, one thread that writes and one that reads: the shape of go-ethereum's
/// `BenchmarkThroughput`. Plain sockets, so that it is the protocol that is measured and not an event loop. In turns
/// with the bare ciphers over the same sockets.
enum SocketRace {
    private static let rounds = 9
    /// For one run of one contender; it takes some tenths of a second.
    private static let bytesPerRun = 64 << 20

    static func figures(size: Int) throws -> [Figure] {
        let name = "loopback TCP, \(SessionFigures.name(size)), snappy"
        var figures = try figures("\(name), a write a message", size, batch: 1)
        if size < 64 << 10 { figures += try self.figures("\(name), written in 64 KiB", size, batch: (64 << 10) / size) }
        return figures
    }

    /// The rate, and the time of processors that a message takes at both ends, the kernel's included: on a machine that
    /// others use, that is the steadier figure.
    private static func figures(_ name: String, _ size: Int, batch: Int) throws -> [Figure] {
        let message = [UInt8].noise(size)
        let count = max(64, bytesPerRun / size) / batch * batch
        var (ours, bare) = (Times(), Times())
        for _ in 0..<rounds {
            ours.add(try run(StarlingEnds(message), count: count, batch: batch))
            bare.add(try run(BareEnds(message), count: count, batch: batch))
        }
        let label = "bare ciphers, same sockets"
        return [
            Figure(SessionFigures.group, name, bytes: size, ours.wall, besides: label, bare.wall),
            Figure(
                SessionFigures.group, "\(name): CPU of both ends", ours.processor, besides: label, bare.processor,
                unit: "us"),
        ]
    }

    /// For one message.
    private struct Times {
        var wall = Timing()
        var processor = Timing()

        mutating func add(_ sample: (wall: Double, processor: Double)) {
            wall.samples.append(sample.wall)
            processor.samples.append(sample.processor)
        }
    }

    /// Nanoseconds a message, by the clock on the wall and by that of the processors.
    private static func run(
        _ ends: some SocketEnds, count: Int, batch: Int
    ) throws -> (wall: Double, processor: Double) {
        let (writing, reading) = try LoopbackSocket.pair()
        defer { reading.close() }
        // The writing thread has the near end, this one the far end.
        nonisolated(unsafe) let near = ends
        let writer = Thread {
            defer { writing.close() }
            for _ in 0..<count / batch {
                guard near.send(batch, to: writing) else { return }
            }
        }
        let start = (wall: Clock.wall, processor: Clock.process)
        writer.start()
        var received = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while received < count {
            let bytes = reading.read(into: buffer)
            guard bytes > 0 else { throw BenchFailure.unexpected("a closed socket") }
            received += ends.receive(UnsafeRawBufferPointer(rebasing: buffer[..<bytes]))
        }
        let each = 1 / Double(count)
        return ((Clock.wall - start.wall) * each, (Clock.process - start.processor) * each)
    }
}

/// Both ends of a connection; each is used by one thread.
private protocol SocketEnds: AnyObject, SendableMetatype {
    /// Writes this many messages with one write; false where the socket is gone.
    func send(_ count: Int, to socket: LoopbackSocket) -> Bool
    /// The number of messages that have come with these bytes.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Int
}

private final class StarlingEnds: SocketEnds {
    private let near: Box<PeerConnection>
    private let far: Box<PeerConnection>
    private let message: [UInt8]

    init(_ message: [UInt8]) throws {
        (near, far) = try ConnectionPair().split()
        self.message = message
    }

    func send(_ count: Int, to socket: LoopbackSocket) -> Bool {
        for _ in 0..<count {
            near.value.send([OutboundMessage(capability: 0, id: 1, compressing: message)], now: ConnectionPair.now)
        }
        return near.value.takeBytes { socket.write($0) }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        far.value.receive(bytes, now: ConnectionPair.now)
        var received = 0
        while far.value.hasEvents { received += far.value.takeEvents(now: ConnectionPair.now).count }
        return received
    }
}

private final class BareEnds: SocketEnds {
    private let near: BareCiphers
    private let far: BareCiphers
    /// For messages that are written together.
    private let wire: UnsafeMutableRawBufferPointer
    private var received = 0

    init(_ message: [UInt8]) {
        near = BareCiphers(message, isCompressed: true)
        far = BareCiphers(message, isCompressed: true)
        wire = .allocate(byteCount: 128 << 10, alignment: 16)
    }

    deinit { wire.deallocate() }

    func send(_ count: Int, to socket: LoopbackSocket) -> Bool {
        let frame = near.frame
        for place in 0..<count {
            bench_bare_seal(near.pointer)
            guard count > 1 else { return socket.write(frame) }
            UnsafeMutableRawBufferPointer(rebasing: wire[(place * frame.count)...]).copyMemory(from: frame)
        }
        return socket.write(UnsafeRawBufferPointer(rebasing: wire[..<(count * frame.count)]))
    }

    /// Frames are counted, and others of their size opened: it makes no difference to the ciphers.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        let size = far.frame.count
        received += bytes.count
        let whole = received / size
        received %= size
        for _ in 0..<whole { bench_bare_open(far.pointer) }
        return whole
    }
}
