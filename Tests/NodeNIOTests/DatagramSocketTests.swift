import Logging
import NIOCore
import NIOPosix
import Primitives
import Testing

@testable import NodeNIO

@Suite("The UDP socket", .timeLimit(.minutes(1)))
struct DatagramSocketTests {
    typealias Stream = AsyncStream<DatagramSocket.Datagram>

    /// A socket and what it receives.
    static func open(host: String, on loop: any EventLoop) async throws -> (DatagramSocket, Stream) {
        let socket = try await DatagramSocket.bind(host: host, port: 0, on: loop, logger: Logger(label: "test"))
        let (stream, continuation) = Stream.makeStream()
        try await loop.submit { socket.open { for datagram in $0 { continuation.yield(datagram) } } }.get()
        return (socket, stream)
    }

    static func send(_ socket: DatagramSocket, _ loop: any EventLoop, _ batch: [([UInt8], Endpoint)]) async throws {
        try await loop.submit {
            for (bytes, endpoint) in batch { socket.send(bytes, to: endpoint) }
            socket.flush()
        }.get()
    }

    @Test func aBurstArrivesInOrder() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let (sender, _) = try await Self.open(host: "127.0.0.1", on: loop)
        let (receiver, stream) = try await Self.open(host: "127.0.0.1", on: loop)
        let to = Endpoint(ip: .loopback, port: receiver.port)
        let batch = (0..<40).map { ([UInt8](repeating: UInt8($0), count: 1280), to) }
        try await Self.send(sender, loop, batch)
        var received: [[UInt8]] = []
        for await datagram in stream {
            #expect(datagram.from == Endpoint(ip: .loopback, port: sender.port))
            received.append(datagram.bytes)
            if received.count == batch.count { break }
        }
        #expect(received == batch.map(\.0))
        for socket in [sender, receiver] { try await loop.flatSubmit { socket.close() }.get() }
    }

    @Test func whereNothingCanBeSentNothingIsSent() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let (socket, _) = try await Self.open(host: "127.0.0.1", on: loop)
        let bad = try ["127.0.0.1:0", "0.0.0.0:9", "255.255.255.255:9", "224.0.0.1:9", "[::1]:9"]
            .map { ([UInt8(1)], try #require(Endpoint($0))) }
        try await Self.send(socket, loop, bad)
        #expect(try await loop.submit { socket.dropped }.get() == 5)
        #expect(try await loop.submit { socket.sent }.get() == 0)
        try await loop.flatSubmit { socket.close() }.get()
    }

    /// A link-local address without its interface is an invalid argument to the kernel, and NIO closes the socket over it.
    @Test func aSocketThatWasClosedIsBoundAgain() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        guard let (socket, stream) = try? await Self.open(host: "::1", on: loop) else { return }
        let port = socket.port
        let linkLocal = try #require(IPAddress("fe80::1"))
        try await Self.send(socket, loop, [([1], Endpoint(ip: linkLocal, port: 9))])
        let (sender, _) = try await Self.open(host: "::1", on: loop)
        let to = Endpoint(ip: try #require(IPAddress("::1")), port: port)
        let pings = Task {
            while !Task.isCancelled {
                try await Self.send(sender, loop, [([2], to)])
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        let first = await stream.first { _ in true }
        pings.cancel()
        #expect(first?.bytes == [2])
        #expect(socket.port == port)
        for socket in [sender, socket] { try await loop.flatSubmit { socket.close() }.get() }
    }
}
