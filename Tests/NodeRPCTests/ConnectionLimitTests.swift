import Foundation
import NIOCore
import NIOPosix
import NodeRPC
import Synchronization
import TestVectors
import Testing

/// Clients that take a connection and don't use it well, on sockets. A test that finds the fault doesn't end by itself.
@Suite("Connections that keep others out", .timeLimit(.minutes(1)))
struct ConnectionLimitTests {
    /// Connections that say nothing, a part of a head, or a part of a body.
    static let beginnings = [
        "", "P", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Ty",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    ]

    /// A connection on which these bytes were sent and nothing more. It closes when the server has closed it.
    static func open(_ port: Int, sending text: String) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        // The server may be faster and have closed it.
        if !text.isEmpty { try? await channel.writeAndFlush(ByteBuffer(string: text)) }
        return channel
    }

    /// Returns when the server has closed the connection, or at the time limit, which a future wouldn't heed.
    static func end(of channel: any Channel) async {
        let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
        channel.closeFuture.whenComplete { _ in continuation.finish() }
        for await _ in ends {}
        channel.close(promise: nil)
    }

    /// The node says once that it is so, however many there are.
    @Test(arguments: beginnings) func theOldestGivesWay(_ text: String) async throws {
        var options = RPCOptions()
        options.maxConnections = 8
        let told = Mutex(0)
        // None of them ends by itself within this test.
        (options.headTimeout, options.bodyTimeout) = (.seconds(3600), .seconds(3600))
        try await withServer(try TestNode(), options, onFull: { told.withLock { $0 += 1 } }) { (client) async throws in
            var channels: [any Channel] = []
            // A server waits at its end for requests that have begun.
            defer { for channel in channels { channel.close(promise: nil) } }
            let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
            for _ in 0..<40 {
                let channel = try await Self.open(client.http.port, sending: text)
                channel.closeFuture.whenComplete { _ in continuation.yield() }
                channels.append(channel)
            }
            #expect(try await client.result("eth_chainId").string == "0x343a")
            var count = 0
            for await _ in ends {
                count += 1
                if count == 32 { break }
            }
            #expect(told.withLock { $0 } == 1)
        }
    }

    /// A client with a pool of a thousand connections keeps them, and others are answered.
    @Test func aThousandIdleConnectionsStay() async throws {
        let options = RPCOptions()
        // Where there are few file descriptors there are fewer connections.
        let count = min(1000, sysconf(Int32(_SC_OPEN_MAX)) / 4 - 2)
        let told = Mutex(0)
        let closed = Mutex(0)
        try await withServer(try TestNode(), options, onFull: { told.withLock { $0 += 1 } }) { (client) async throws in
            var channels: [any Channel] = []
            defer { for channel in channels { channel.close(promise: nil) } }
            for _ in 0..<count {
                let channel = try await Self.open(client.http.port, sending: "")
                channel.closeFuture.whenComplete { _ in closed.withLock { $0 += 1 } }
                channels.append(channel)
            }
            #expect(try await client.result("eth_chainId").string == "0x343a")
            #expect(told.withLock { $0 } == 0 && closed.withLock { $0 } == 0)
        }
    }

    @Test(arguments: beginnings.dropFirst()) func aRequestIsDueInTime(_ text: String) async throws {
        var options = RPCOptions()
        (options.headTimeout, options.bodyTimeout) = (.milliseconds(20), .milliseconds(20))
        try await withServer(try TestNode(), options) { (client) async throws in
            let channel = try await Self.open(client.http.port, sending: text)
            await Self.end(of: channel)
        }
    }

    /// Bytes that come one by one don't put off the end.
    @Test func aTrickleIsNoRequest() async throws {
        var options = RPCOptions()
        (options.headTimeout, options.bodyTimeout) = (.milliseconds(100), .milliseconds(100))
        try await withServer(try TestNode(), options) { (client) async throws in
            let channel = try await Self.open(
                client.http.port,
                sending: "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 5000000\r\n\r\n")
            // It ends when a write finds the connection closed.
            await #expect(throws: (any Error).self) {
                while true { try await channel.writeAndFlush(ByteBuffer(string: " ")) }
            }
        }
    }

    /// Who doesn't take a response is cut off too.
    @Test func aResponseMustBeTaken() async throws {
        var options = RPCOptions()
        options.responseTimeout = .milliseconds(20)
        let call = #"{"jsonrpc":"2.0","id":"\#(String(repeating: "x", count: 4000))","method":"eth_chainId"}"#
        let body = "[" + Array(repeating: call, count: 1000).joined(separator: ",") + "]"
        let request = """
            POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r
            \r\n\(body)
            """
        options.minResponseRate = 1 << 40
        try await withServer(try TestNode(), options) { (client) async throws in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: client.http.port).get()
            for _ in 0..<10 { channel.write(ByteBuffer(string: request), promise: nil) }
            channel.flush()
            await Self.end(of: channel)
        }
    }

    @Test func idleConnectionsEnd() async throws {
        var options = RPCOptions()
        options.idleTimeout = .milliseconds(20)
        try await withServer(try TestNode(), options) { (client) async throws in
            for text in ["", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
                let channel = try await Self.open(client.http.port, sending: text)
                await Self.end(of: channel)
            }
        }
    }

    /// RFC 9110, section 10.1.1.
    @Test func aWordBeforeALargeBody() async throws {
        let body = #"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#
        let head = """
            POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r
            Content-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\n\r\n
            """
        try await withServer(try TestNode()) { (client) async throws in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: client.http.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            try await channel.channel.writeAndFlush(ByteBuffer(string: head))
            let received = try await channel.executeThenClose { inbound, outbound in
                var text = ""
                for try await bytes in inbound {
                    if text.isEmpty { try await outbound.write(ByteBuffer(string: body)) }
                    text += String(buffer: bytes)
                }
                return text
            }
            #expect(received.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
            #expect(received.hasSuffix(#""result":"0x343a"}"#))
        }
    }
}
