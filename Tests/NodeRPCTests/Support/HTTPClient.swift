import NIOCore
import NIOPosix

/// What a server answered, as it came over TCP.
struct HTTPReply {
    let status: Int
    /// By lower-case name.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    struct Malformed: Error {
        let text: String
    }

    /// Reads a whole answer that ends with the connection.
    init(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) }) else {
            throw Malformed(text: text)
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Malformed(text: text)
        }
        self.status = status
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw Malformed(text: text) }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        self.headers = headers
        body = Array(bytes[(end + 4)...])
    }
}

/// Speaks HTTP to a server on loopback, one connection a request, byte by byte as told.
struct HTTPClient {
    let port: Int

    func send(_ bytes: [UInt8]) async throws -> HTTPReply {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            var received: [UInt8] = []
            for try await buffer in inbound { received += buffer.readableBytesView }
            return try HTTPReply(received)
        }
    }

    func request(
        _ method: String, headers: [(String, String)] = [], host: String = "localhost", body: [UInt8] = []
    ) async throws -> HTTPReply {
        var text = "\(method) / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return try await send(Array((text + "\r\n").utf8) + body)
    }

    func post(
        _ body: [UInt8], headers: [(String, String)] = [("Content-Type", "application/json")],
        host: String = "localhost"
    ) async throws -> HTTPReply {
        try await request("POST", headers: headers, host: host, body: body)
    }

    func post(_ body: String) async throws -> HTTPReply { try await post(Array(body.utf8)) }
}
