import Foundation
import NodeRPC
import PeerBook
import Primitives
import Storage
import TestVectors
import Testing

@Suite("What people and watchdogs get: the status page, /health, where peers come from")
struct ViewTests {
    private func get(
        _ node: TestNode, _ path: String, host: String = "localhost:8545", _ options: RPCOptions = RPCOptions()
    ) async throws -> HTTPReply {
        try await withServer(node, options) { (client) async throws in
            let request = "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
            return try await client.http.send(Array(request.utf8))
        }
    }

    @Test("the page shows network, head, peers, sync and ports, and where it was reached")
    func page() async throws {
        let node = try TestNode()
        let head = try node.seal()
        var peer = NodeMethodTests.peer()
        peer.clientID = "<script>alert('x')</script>&"
        let shown = peer
        node.change {
            $0.peers = [shown]
            $0.sync = SyncProgress(starting: 0, current: 7, highest: 99)
        }
        let reply = try await get(node, "/", host: "127.0.0.1:18545")
        #expect(reply.status == 200)
        #expect(reply.headers["content-type"] == "text/html; charset=utf-8")
        #expect(reply.headers["content-security-policy"]?.contains("default-src 'none'") == true)
        for text in [
            "network id 4242", "block \(head.number)", head.hash.description, "block 7 of 99", "TCP 30303, UDP 30304",
            "enode://", "enr:-test", "http://127.0.0.1:18545", "· 1 peer ·",
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;", #"http-equiv="refresh""#, "/health",
        ] {
            #expect(reply.text.contains(text), "\(text)")
        }
        #expect(!reply.text.contains("<script"))
        #expect(!reply.text.contains("/metrics"))
        // On a telephone what is wide scrolls by itself, and not the page.
        #expect(reply.text.contains("width=device-width") && reply.text.contains(#"<div class="wide"><table>"#))
    }

    @Test("a node that stands still says what is wrong, and doesn't say that it downloads")
    func standingStill() async throws {
        let node = try TestNode()
        let text = try await get(node, "/").text
        #expect(text.contains(#"class="verdict ill">"#) && text.contains(" s old, at most 60 s wanted. "), "\(text)")
        #expect(!text.contains("All is well") && !text.contains("sync:"))
    }

    /// Its record has no UDP port then.
    @Test func noDiscoveryIsSaid() async throws {
        let node = try TestNode()
        node.change { $0.udpPort = 0 }
        let text = try await get(node, "/").text
        #expect(text.contains("TCP 30303, no discovery") && !text.contains("UDP 0"))
    }

    @Test("the page keeps to itself what the methods that are answered do")
    func privacy() async throws {
        let node = try TestNode()
        node.change { $0.peers = [NodeMethodTests.peer()] }
        var options = RPCOptions()
        options.namespaces = ["eth"]
        let text = try await get(node, "/", options).text
        #expect(!text.contains("enode://") && !text.contains("Geth/v1.16") && text.contains("eth_chainId"))
    }

    @Test("no page and no health for a name that the operator hasn't allowed", arguments: ["/", "/health"])
    func otherHosts(_ path: String) async throws {
        #expect(try await get(try TestNode(), path, host: "evil.example").status == 403)
    }

    /// The test chain's head is years old.
    @Test(
        arguments: [
            ("", 503, ["healthy\":false", "s old, at most 60 s wanted"]),
            ("?max_head_age=2000000000", 400, ["max_head_age must be"]),
            ("?max_head_age=1000000000", 200, ["\"healthy\":true", "\"reasons\":[]", "\"peers\":1"]),
            ("?max_head_age=1000000000&min_peers=2", 503, ["1 peer, at least 2 wanted"]),
            ("?min_peers=-1", 400, ["min_peers must be"]), ("?min_peers=x", 400, ["min_peers must be"]),
            ("?max_head_age=nan", 400, ["max_head_age must be"]), ("?peers=1", 400, ["the parameters are"]),
        ] as [(String, Int, [String])])
    func health(_ query: String, _ status: Int, _ texts: [String]) async throws {
        let node = try TestNode()
        node.change { $0.peers = [NodeMethodTests.peer()] }
        let reply = try await get(node, "/health\(query)")
        #expect(reply.status == status, "\(reply.text)")
        for text in texts { #expect(reply.text.contains(text), "\(text) in \(reply.text)") }
        if status != 400 { #expect(reply.headers["content-type"] == "application/json") }
    }

    /// As many that watch nodes ask; the head of the test chain is old.
    @Test(arguments: [("/health", 503), ("/health?max_head_age=1000000000&min_peers=0", 200), ("/", 200)])
    func headWithoutBody(_ path: String, _ status: Int) async throws {
        try await withServer(try TestNode()) { (client) async throws in
            let request = "HEAD \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            let reply = try await client.http.send(Array(request.utf8))
            #expect(reply.status == status && reply.text.isEmpty)
        }
    }

    @Test func sources() async throws {
        let node = try TestNode()
        node.change {
            $0.sources = [PeerSource(.operator, known: 2, connected: 1), PeerSource(.hearsay, known: 30, connected: 0)]
        }
        try await withServer(node) { (client) async throws in
            let answer = try await client.result("starling_peerSources")
            #expect(answer[0]?["source"]?.string == "operator" && answer[1]?["source"]?.string == "hearsay")
            #expect(answer[1]?["known"]?.uint64 == 30 && answer[0]?["connected"]?.uint64 == 1)
        }
        let response = #"{"result":[{"source":"hearsay","known":30,"connected":2},{"source":"\u001bnew"}]}"#
        let lines = try PeerTable.sources(Array(response.utf8), now: 0).split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(lines == ["source known connected", "peer exchange 30 2", "?new - -"])
    }

    @Test("peers --json is the list itself")
    func json() throws {
        let text = try PeerTable.json(Array(#"{"jsonrpc":"2.0","id":1,"result":[{"id":"aa"}]}"#.utf8))
        #expect(text == "[{\"id\":\"aa\"}]\n")
        #expect(throws: PeerTableError.refused("no")) {
            try PeerTable.json(Array(#"{"error":{"code":-1,"message":"no"}}"#.utf8))
        }
    }
}
