import DevP2P
import EthNode
import NodeCore
import NodeNIO
import NodeRPC
import Primitives
import Storage
import TestVectors
import Testing

@Suite("GET /metrics")
struct MetricsTests {
    private func page(_ node: TestNode, _ path: String = "/metrics") async throws -> HTTPReply {
        var options = RPCOptions()
        options.servesMetrics = true
        return try await withServer(node, options) { (client) async throws in
            let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            return try await client.http.send(Array(request.utf8))
        }
    }

    @Test("it is in the text format, version 0.0.4, and says what the node counts")
    func content() async throws {
        let node = try TestNode()
        let head = try node.seal()
        var metrics = CapabilityMetrics()
        (metrics.messagesReceived, metrics.bytesSent) = (3, 20)
        node.change { state in
            state.peers = [NodeMethodTests.peer()]
            state.capabilities = [
                CapabilityStatus(name: CapabilityName("chat", version: 1), peerCount: 4, metrics: metrics)
            ]
            state.decisionCounts = [
                DecisionCount(kind: "dialing", reason: "discovered", count: 12),
                DecisionCount(kind: "odd", reason: "a \"quote\", a \\ and\na line", count: 1),
            ]
            state.bandwidth.traffic.bytesSent = 99
            state.chainActivity.reorganisations = 3
            state.chainActivity.deepestReorganisation = 2
            state.chainActivity.outOfTurnBlocks = 5
            for delay in [Duration.milliseconds(70), .milliseconds(80), .seconds(60), .seconds(-1)] {
                state.chainActivity.delaySinceHeard.note(delay)
            }
        }
        let reply = try await page(node)
        #expect(reply.status == 200)
        #expect(reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let lines = reply.text.split(separator: "\n").map(String.init)
        for line in [
            "# TYPE starling_peer_decisions_total counter",
            #"starling_peer_decisions_total{event="dialing",reason="discovered"} 12"#,
            #"starling_peer_decisions_total{event="odd",reason="a \"quote\", a \\ and\na line"} 1"#,
            #"starling_peers{direction="inbound"} 1"#, #"starling_peers{direction="outbound"} 0"#,
            "starling_head_number \(head.number)",
            #"starling_capability_messages_received_total{capability="chat/1"} 3"#,
            #"starling_capability_sent_bytes_total{capability="chat/1"} 20"#,
            #"starling_upload_bytes_total{class="serving"} 0"#, "starling_tcp_sent_bytes_total 99",
            "starling_reorganisations_total 3", "starling_reorganisation_depth_max_blocks 2",
            "starling_blocks_out_of_turn_total 5", "# TYPE starling_block_import_seconds histogram",
            #"starling_block_import_seconds_bucket{le="0.05"} 1"#,
            #"starling_block_import_seconds_bucket{le="0.1"} 3"#,
            #"starling_block_import_seconds_bucket{le="30.0"} 3"#,
            #"starling_block_import_seconds_bucket{le="+Inf"} 4"#, "starling_block_import_seconds_count 4",
            "starling_block_import_seconds_sum 60.15", "starling_block_delay_seconds_count 0",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        // What /proc says of this very process.
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
            "process_open_fds", "process_max_fds", "process_start_time_seconds",
        ] {
            let line = try #require(lines.first { $0.hasPrefix(name + " ") }, "\(name)")
            #expect((line.split(separator: " ").last.flatMap { Double($0) } ?? 0) > 0, "\(line)")
        }
        // The chain is in memory.
        #expect(!reply.text.contains("starling_database"))
        // No limit, so no line about one.
        #expect(!reply.text.contains("starling_upload_limit_bytes"))
        try check(reply.text)
        #expect(try await page(node, "/debug/metrics/prometheus").status == 200)
    }

    /// The grammar: each line ends with a line feed; HELP and TYPE once for each name, before its samples, which are
    /// together; names and labels are of the letters allowed; values are numbers; counters end in `_total`.
    private func check(_ text: String) throws {
        #expect(text.hasSuffix("\n") && !text.contains("\r"))
        let sample = try Regex(
            #"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\\\|\\"|\\n)*",?)+\})? -?[0-9][0-9.e+-]*$"#
        )
        var current = ""
        var isHistogram = false
        var seen: Set<String> = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP ") {
                current = String(words[2])
                #expect(seen.insert(current).inserted, "\(current) twice")
            } else if line.hasPrefix("# TYPE ") {
                isHistogram = words[3] == "histogram"
                #expect(words[2] == current && (words[3] == "counter") == current.hasSuffix("_total"))
            } else {
                let match = try #require(try sample.wholeMatch(in: line), "\(line)")
                let name = try #require(match.output[1].substring.map(String.init))
                let isPart = isHistogram && ["_bucket", "_sum", "_count"].contains { name == current + $0 }
                #expect(name == current || isPart, "\(line)")
            }
        }
        #expect(seen.count > 20)
    }

    @Test("only who asks for it gets it")
    func off() async throws {
        try await withServer(try TestNode()) { (client) async throws in
            let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            #expect(try await client.http.send(Array(request.utf8)).status == 404)
        }
    }

    @Test("starling_bandwidth: limits, what was used of each class, what was held back")
    func bandwidth() async throws {
        let node = try TestNode()
        let limit = try #require(UploadLimit(bytesPerSecond: 500_000))
        node.change { $0.bandwidth.upload = UploadStatus(limits: [limit]) }
        try await withServer(node) { (client) async throws in
            let answer = try await client.result("starling_bandwidth")
            let limits = try #require(answer["limits"]?.array)
            #expect(limits.count == 1)
            #expect(limits[0]["bytes"]?.string == "0x7a120" && limits[0]["seconds"]?.string == "0x1")
            for kind in ["control", "relay", "serving"] {
                #expect(answer["used"]?[kind]?["bytes"]?.string == "0x0")
            }
            #expect(answer["heldBack"]?["answersEmptied"]?.string == "0x0")
            #expect(answer["waiting"]?["requests"]?.string == "0x0")
        }
    }
}
