import DevP2P
import Foundation
import SansIO

/// One connection over loopback TCP, one thread that writes and one that reads: the shape of go-ethereum's
/// `BenchmarkThroughput`. Plain sockets, so that it is the protocol that is measured and not an event loop.
enum SocketRace {
    private static let rounds = 7

    static func figures(size: Int) throws -> [Figure] {
        let name = SessionFigures.name(size)
        var single: [Double] = []
        var batched: [Double] = []
        // Enough for about half a second.
        let count = max(64, (128 << 20) / size)
        for _ in 0..<rounds {
            single.append(try run(size: size, count: count, batch: 1))
            if size < 64 << 10 { batched.append(try run(size: size, count: count, batch: (64 << 10) / size)) }
        }
        var figures = [figure("loopback TCP, \(name), snappy, a write a message", single)]
        if !batched.isEmpty { figures.append(figure("loopback TCP, \(name), snappy, written in 64 KiB", batched)) }
        return figures
    }

    private static func figure(_ name: String, _ rates: [Double]) -> Figure {
        var figure = Figure(SessionFigures.group, name, Timing.median(rates), "MB/s")
        figure.best = rates.max()
        return figure
    }

    /// Megabytes of messages a second.
    private static func run(size: Int, count: Int, batch: Int) throws -> Double {
        let (writing, reading) = try LoopbackSocket.pair()
        defer { reading.close() }
        let (sender, receiver) = try ConnectionPair().split()
        let message = [UInt8].noise(size)
        // Only the writing thread touches it from now on.
        nonisolated(unsafe) let near = sender
        let writer = Thread {
            defer { writing.close() }
            var left = count
            while left > 0 {
                for _ in 0..<min(batch, left) {
                    near.value.send(
                        [OutboundMessage(capability: 0, id: 1, compressing: message)], now: ConnectionPair.now)
                }
                left -= min(batch, left)
                let isWritten = near.value.takeBytes { writing.write($0) }
                guard isWritten else { return }
            }
        }
        let start = Clock.wall
        writer.start()
        var received = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while received < count {
            let bytes = reading.read(into: buffer)
            guard bytes > 0 else { throw BenchFailure.unexpected("a closed socket") }
            receiver.value.receive(UnsafeRawBufferPointer(rebasing: buffer[..<bytes]), now: ConnectionPair.now)
            while receiver.value.hasEvents {
                received += receiver.value.takeEvents(now: ConnectionPair.now).count
            }
        }
        return Double(size * count) * 1e3 / (Clock.wall - start)
    }
}

/// A connected TCP socket on loopback.
struct LoopbackSocket: Sendable {
    private let descriptor: Int32

    static func pair() throws -> (LoopbackSocket, LoopbackSocket) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (client, server) = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, length) == 0, listen(listener, 1) == 0,
                    getsockname(listener, address, &length) == 0
                else { return (Int32(-1), Int32(-1)) }
                let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                guard connect(client, address, length) == 0 else { return (-1, -1) }
                return (client, accept(listener, nil, nil))
            }
        }
        _ = Foundation.close(listener)
        guard client >= 0, server >= 0 else { throw BenchFailure.unexpected("no loopback TCP") }
        var yes: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return (LoopbackSocket(descriptor: client), LoopbackSocket(descriptor: server))
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
            guard written > 0 else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
        return true
    }

    func close() { _ = Foundation.close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        Foundation.read(descriptor, buffer.baseAddress, buffer.count)
    }
}
