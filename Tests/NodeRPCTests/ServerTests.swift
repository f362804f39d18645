import NodeRPC
import TestVectors
import Testing

@Suite("The HTTP server: ports, hosts, origins, limits")
struct ServerTests {
    static let call = Array(#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#.utf8)

    @Test func aPortInUseIsAClearError() async throws {
        let node = try TestNode()
        try await withServer(node) { (client) async throws in
            let port = client.http.port
            let second = RPCServer(access: node, port: port)
            let error = await #expect(throws: RPCServerError.self) { try await second.start() }
            #expect(error == .portInUse(host: "127.0.0.1", port: port))
            #expect(error.map { "\($0)" }?.contains("port \(port)") == true)
        }
    }

    @Test func anAddressOfAnotherMachineIsAClearError() async throws {
        // TEST-NET-1 of RFC 5737 is nobody's.
        let server = RPCServer(access: try TestNode(), host: "192.0.2.1", port: 0)
        let error = await #expect(throws: RPCServerError.self) { try await server.start() }
        #expect(error == .addressNotAvailable(host: "192.0.2.1", port: 0))
    }

    @Test func itStartsOnceAndStops() async throws {
        let server = RPCServer(access: try TestNode(), port: 0)
        let port = try await server.start()
        await #expect(throws: RPCServerError.alreadyStarted) { try await server.start() }
        #expect(try await HTTPClient(port: port).post(Self.call).status == 200)
        await server.stop()
        await server.stop()
        await #expect(throws: (any Error).self) { try await HTTPClient(port: port).post(Self.call) }
        await #expect(throws: RPCServerError.alreadyStarted) { try await server.start() }
    }

    @Test(arguments: [
        ("localhost", true), ("localhost:8545", true), ("LocalHost:1", true), ("127.0.0.1", true),
        ("10.0.0.7:80", true),
        ("[::1]", true), ("[::1]:8545", true), ("evil.example", false), ("evil.example:8545", false),
        ("localhost.evil.example", false), ("127.0.0.1.evil.example:8545", false), ("[::1", false),
        ("localhost:evil", false), ("localhost:80:80", false), ("localhost:80@evil.example", false),
        ("localhost@evil.example", false), ("evil.example@localhost", false), ("user:1@localhost", false),
        ("localhost.", false), ("localhost.:80", false), ("localhost:", false), ("localhost:+80", false),
        ("localhost:65536", false), ("localhost:8545/x", false), ("localhost,evil.example", false), ("", false),
        (":8545", false), ("127.0.0.1.", false), ("127.0.0.1:80:80", false), ("127.1", false), ("2130706433", false),
        ("[::1]x", false), ("[::1]:", false), ("[::1]:80:80", false), ("[127.0.0.1]", false), ("[localhost]", false),
        ("[]", false), ("::1", false), ("::1:8545", false),
    ])
    func onlyKnownHostsAreServed(_ host: String, _ isAllowed: Bool) async throws {
        try await withServer(try TestNode()) { (client) async throws in
            let reply = try await client.http.post(Self.call, host: host)
            #expect(reply.status == (isAllowed ? 200 : 403))
            if !isAllowed { #expect(reply.text == "invalid host specified\n") }
        }
    }

    /// One request with these lines in its head.
    static func head(_ lines: [String], version: String = "1.1", target: String = "/") -> [UInt8] {
        let all =
            ["POST \(target) HTTP/\(version)"] + lines + [
                "Connection: close", "Content-Type: application/json", "Content-Length: \(call.count)", "", "",
            ]
        return Array(all.joined(separator: "\r\n").utf8) + call
    }

    /// RFC 9112, section 3.2: exactly one `Host`, whatever names are allowed; HTTP/1.0 has none.
    @Test(arguments: [["localhost"], ["*"]])
    func exactlyOneHost(_ allowed: [String]) async throws {
        var options = RPCOptions()
        options.allowedHosts = allowed
        let rows: [(lines: [String], version: String, status: Int)] = [
            (["Host: localhost"], "1.1", 200), ([], "1.1", 400),
            (["Host: localhost", "Host: localhost"], "1.1", 400),
            (["Host: localhost", "hOST: evil.example"], "1.1", 400),
            (["Host: evil.example", "Host: localhost"], "1.0", 400),
            ([], "1.0", 200), (["Host: localhost"], "1.0", 200),
        ]
        try await withServer(try TestNode(), options) { (client) async throws in
            for row in rows {
                let reply = try await client.http.send(Self.head(row.lines, version: row.version))
                #expect(reply.status == row.status, "\(row)")
            }
        }
    }

    /// RFC 9112, section 3.2.2: a target in absolute form counts, and not `Host`.
    @Test(arguments: [
        ("http://localhost/", 200), ("http://localhost:8545/", 200), ("http://evil.example/", 403),
        ("http://evil.example?localhost/", 403), ("http://localhost@evil.example/", 403),
    ])
    func absoluteTargets(_ target: String, _ status: Int) async throws {
        try await withServer(try TestNode()) { (client) async throws in
            #expect(try await client.http.send(Self.head(["Host: localhost"], target: target)).status == status)
        }
    }

    @Test func otherMethodsOfHTTPAreNotAllowed() async throws {
        var options = RPCOptions()
        options.servesMetrics = true
        try await withServer(try TestNode(), options) { (client) async throws in
            for method in ["PUT", "DELETE", "PATCH"] {
                let reply = try await client.http.request(method)
                #expect(reply.status == 405 && reply.headers["allow"] == "GET, HEAD, POST")
            }
            for path in ["/metrics", "/health"] {
                let reply = try await client.http.send(Self.head(["Host: localhost"], target: path))
                #expect(reply.status == 405 && reply.headers["allow"] == "GET, HEAD", "\(path)")
            }
        }
    }

    @Test func urlsOfAddresses() throws {
        let hosts = try ["127.0.0.1", "::1", "localhost"].map {
            RPCServer(access: try TestNode(), host: $0).url(port: 8545)
        }
        #expect(hosts == ["http://127.0.0.1:8545", "http://[::1]:8545", "http://localhost:8545"])
    }

    @Test func hostsAreConfigurable() async throws {
        var options = RPCOptions()
        options.allowedHosts = ["node.example"]
        try await withServer(try TestNode(), options) { (client) async throws in
            #expect(try await client.http.post(Self.call, host: "Node.Example:80").status == 200)
            #expect(try await client.http.post(Self.call, host: "localhost").status == 403)
        }
        options.allowedHosts = ["*"]
        try await withServer(try TestNode(), options) { (client) async throws in
            #expect(try await client.http.post(Self.call, host: "evil.example").status == 200)
        }
    }

    @Test func noOriginIsAllowedByDefault() async throws {
        try await withServer(try TestNode()) { (client) async throws in
            let preflight = try await client.http.request("OPTIONS", headers: [("Origin", "https://evil.example")])
            #expect(preflight.status == 204)
            #expect(preflight.headers.keys.contains { $0.hasPrefix("access-control") } == false)
            let headers = [("Content-Type", "application/json"), ("Origin", "https://evil.example")]
            let reply = try await client.http.post(Self.call, headers: headers)
            #expect(reply.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test func allowedOriginsAreAnswered() async throws {
        var options = RPCOptions()
        options.allowedOrigins = ["https://wallet.example"]
        try await withServer(try TestNode(), options) { (client) async throws in
            let preflight = try await client.http.request("OPTIONS", headers: [("Origin", "https://wallet.example")])
            #expect(preflight.headers["access-control-allow-origin"] == "https://wallet.example")
            #expect(preflight.headers["access-control-allow-headers"] == "Content-Type")
            #expect(preflight.headers["access-control-allow-methods"] == "POST, GET")
            #expect(preflight.headers["vary"] == "Origin")
            let other = try await client.http.request("OPTIONS", headers: [("Origin", "https://evil.example")])
            #expect(other.headers["access-control-allow-origin"] == nil)
            let headers = [("Content-Type", "application/json"), ("Origin", "https://wallet.example")]
            let reply = try await client.http.post(Self.call, headers: headers)
            #expect(reply.headers["access-control-allow-origin"] == "https://wallet.example")
        }
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
    func otherContentTypesAreRefused(_ type: String) async throws {
        try await withServer(try TestNode()) { (client) async throws in
            let headers = type.isEmpty ? [] : [("Content-Type", type)]
            #expect(try await client.http.post(Self.call, headers: headers).status == 415)
        }
    }

    @Test(arguments: ["application/json; charset=utf-8", "Application/JSON", "application/json-rpc"])
    func jsonContentTypesAreServed(_ type: String) async throws {
        try await withServer(try TestNode()) { (client) async throws in
            #expect(try await client.http.post(Self.call, headers: [("Content-Type", type)]).status == 200)
        }
    }

    @Test func largeBodiesAreRefused() async throws {
        var options = RPCOptions()
        options.maxBodyBytes = 1000
        try await withServer(try TestNode(), options) { (client) async throws in
            let padding = [UInt8](repeating: 0x20, count: 1000 - Self.call.count)
            #expect(try await client.http.post(Self.call + padding).status == 200)
            #expect(try await client.http.post(Self.call + padding + [0x20]).status == 413)
            // The same without a length announced.
            let head = "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
            let chunk = "400\r\n" + String(repeating: " ", count: 0x400) + "\r\n0\r\n\r\n"
            let reply = try await client.http.send(Array((head + "Transfer-Encoding: chunked\r\n\r\n" + chunk).utf8))
            #expect(reply.status == 413)
        }
    }

    @Test func aGetExplainsItself() async throws {
        try await withServer(try TestNode()) { (client) async throws in
            let reply = try await client.http.request("GET")
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "text/html; charset=utf-8")
            #expect(reply.text.contains("starling/test"))
            #expect(reply.text.contains("JSON-RPC"))
        }
    }

    @Test(arguments: ["PUT", "DELETE", "PATCH"])
    func otherMethodsAreRefused(_ method: String) async throws {
        try await withServer(try TestNode()) { (client) async throws in
            let status = try await client.http.request(method).status
            #expect(status == 404 || status == 405)
        }
    }

    @Test func twoRequestsOnOneConnection() async throws {
        try await withServer(try TestNode()) { (client) async throws in
            let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            let first = "\(head)Content-Length: \(Self.call.count)\r\n\r\n"
            let second = "\(head)Connection: close\r\nContent-Length: \(Self.call.count)\r\n\r\n"
            let bytes = Array(first.utf8) + Self.call + Array(second.utf8) + Self.call
            let reply = try await client.http.send(bytes)
            // The second answer follows the first one.
            #expect(reply.text.contains("HTTP/1.1 200 OK"))
            #expect(reply.text.split(separator: #""result":"0x343a""#).count == 3)
        }
    }
}
