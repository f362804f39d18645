import Chain
import DevP2P
import EthCrypto
import NodeCore
import NodeNIO
import NodeRPC
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Storage
import TestVectors
import Testing

@Suite("web3_*, net_*, txpool_*, admin_*, rpc_*, starling_*")
struct NodeMethodTests {
    static let other = DevAccounts.nodeKey(1).publicKey

    static func peer() -> PeerDescription {
        let contact = NodeContact(publicKey: other, ip: .loopback, udpPort: 0, tcpPort: 30306)
        var peer = PeerDescription(
            enode: EnodeURL(publicKey: other, host: .address(.loopback), tcpPort: 30306), id: contact.id,
            clientID: "Geth/v1.16", capabilities: ["eth/69", "snap/1"],
            remoteAddress: Endpoint(ip: .loopback, port: 50000), isInbound: true)
        peer.localAddress = Endpoint(ip: .loopback, port: 30303)
        peer.isStatic = true
        peer.ethVersion = 69
        peer.head = (hash: .emptyListHash, number: 7)
        peer.score = 3
        peer.reputation = PeerReputation(
            score: 3,
            parts: [
                .init(.requestTimeout, count: 2, last: Instant(unixSeconds: 1_700_000_000), points: 16, left: 3)
            ], rangeScore: 8, isIgnored: false,
            usefulness: PeerUsefulness(blocks: 16, transactions: 2, bytes: 900, latency: .milliseconds(25)),
            isProtected: true)
        peer.latency = .init(p50: .microseconds(1500), p95: .milliseconds(20), p99: .milliseconds(400))
        return peer
    }

    @Test func names() async throws {
        let node = try TestNode()
        try await withServer(node) { (client) async throws in
            #expect(try await client.result("web3_clientVersion").string == "starling/test")
            #expect(
                try await client.result("web3_sha3", #""0x68656c6c6f20776f726c64""#).string
                    == "0x47173285a8d7341e5e972fc677286384f802f8ef42a5ec5f03bbfa254cb01fad")
            #expect(
                try await client.error("web3_sha3", #""0x686""#).message
                    == "invalid argument 0: hex string of odd length")
            #expect(try await client.result("net_version").string == "4242")
            #expect(try await client.result("net_listening") == .bool(true))
            #expect(try await client.result("net_peerCount").string == "0x0")
            #expect(try await client.result("eth_chainId").string == "0x343a")
            #expect(try await client.result("eth_hashrate").string == "0x0")
            let modules = try #require(try await client.result("rpc_modules").object)
            #expect(Set(modules.keys) == ["admin", "eth", "net", "rpc", "starling", "txpool", "web3"])
        }
    }

    @Test func capabilities() async throws {
        let node = try TestNode()
        var metrics = CapabilityMetrics()
        (metrics.messagesReceived, metrics.bytesReceived) = (3, 300)
        (metrics.messagesSent, metrics.bytesSent, metrics.malformed) = (2, 20, 1)
        let status = CapabilityStatus(name: CapabilityName("chat", version: 1), peerCount: 4, metrics: metrics)
        node.change { $0.capabilities = [status] }
        try await withServer(node) { (client) async throws in
            let answer = try #require(try await client.result("starling_capabilities").array)
            #expect(answer.count == 1)
            #expect(answer[0]["name"]?.string == "chat/1" && answer[0]["peers"]?.string == "0x4")
            #expect(answer[0]["messagesReceived"]?.string == "0x3" && answer[0]["bytesReceived"]?.string == "0x12c")
            #expect(answer[0]["messagesSent"]?.string == "0x2" && answer[0]["bytesSent"]?.string == "0x14")
            #expect(answer[0]["malformed"]?.string == "0x1")
        }
    }

    @Test func nodeInfo() async throws {
        let node = try TestNode()
        let head = try node.seal()
        try await withServer(node) { (client) async throws in
            let info = try await client.result("admin_nodeInfo")
            let key = TestNode.key.publicKey
            #expect(info["enode"]?.string == "enode://\(key.hex)@127.0.0.1:30303?discport=30304")
            #expect(info["id"]?.string == key.nodeID.hex)
            #expect(info["enr"]?.string == "enr:-test")
            #expect(info["name"]?.string == "starling/test")
            #expect(info["ip"]?.string == "127.0.0.1")
            #expect(info["listenAddr"]?.string == "0.0.0.0:30303")
            #expect(info["ports"] == .object(["discovery": .number("30304"), "listener": .number("30303")]))
            let eth = try #require(info["protocols"]?["eth"])
            #expect(eth["network"]?.int == 4242)
            #expect(eth["head"]?.string == head.hash.description)
            #expect(eth["genesis"]?.string == node.profile.genesisHash.description)
            #expect(eth["difficulty"]?.int == 3)
            #expect(eth["config"]?["chainId"]?.int == 13_370)
            #expect(eth["config"]?["londonBlock"]?.int == 0)
            #expect(eth["config"]?["shanghaiTime"] == nil)
            #expect(eth["config"]?["clique"] == .object(["period": .number("2"), "epoch": .number("30000")]))
        }
    }

    @Test func peers() async throws {
        let node = try TestNode()
        node.change { $0.peers = [Self.peer()] }
        try await withServer(node) { (client) async throws in
            #expect(try await client.result("net_peerCount").string == "0x1")
            let peers = try #require(try await client.result("admin_peers").array)
            #expect(peers.count == 1)
            #expect(peers[0]["id"]?.string == Self.other.nodeID.hex)
            #expect(peers[0]["name"]?.string == "Geth/v1.16")
            #expect(peers[0]["enode"]?.string == "enode://\(Self.other.hex)@127.0.0.1:30306")
            #expect(peers[0]["caps"] == .array([.string("eth/69"), .string("snap/1")]))
            #expect(
                peers[0]["network"]
                    == .object([
                        "localAddress": .string("127.0.0.1:30303"), "remoteAddress": .string("127.0.0.1:50000"),
                        "inbound": .bool(true), "trusted": .bool(false), "static": .bool(true),
                    ]))
            #expect(
                peers[0]["protocols"]?["eth"]
                    == .object([
                        "version": .number("69"), "latestBlock": .number("7"),
                        "latestBlockHash": .string(Hash32.emptyListHash.description),
                    ]))
            #expect(peers[0]["score"]?.int == 3)
            #expect(
                peers[0]["latency"]
                    == .object(["p50": .number("0.0015"), "p95": .number("0.02"), "p99": .number("0.4")]))
            let reputation = try #require(peers[0]["reputation"])
            #expect(reputation["ignored"] == .bool(false) && reputation["protected"] == .bool(true))
            #expect(reputation["rangeScore"]?.int == 8)
            let part = try #require(reputation["offences"]?.array?.first)
            #expect(part["offence"]?.string == "requestTimeout" && part["count"]?.int == 2)
            #expect(part["lastMs"] == .number("1700000000000.000000"))
            #expect(part["points"]?.int == 16 && part["left"]?.int == 3)
            let usefulness = try #require(reputation["usefulness"])
            #expect(usefulness["blocks"]?.int == 16 && usefulness["transactions"]?.int == 2)
            #expect(usefulness["bytes"]?.int == 900 && usefulness["latency"] == .number("0.025"))
        }
    }

    @Test func addAndRemovePeers() async throws {
        let node = try TestNode()
        let url = "enode://\(Self.other.hex)@10.1.2.3:30303?discport=30301"
        var options = RPCOptions()
        options.namespaces = ["admin"]
        try await withServer(node, options) { (client) async throws in
            #expect(try await client.result("admin_addPeer", #""\#(url)""#) == .bool(true))
            let added = node.look { $0.added }
            #expect(added.map(\.publicKey) == [Self.other])
            #expect(added.first?.contact?.tcpEndpoint == Endpoint("10.1.2.3:30303"))
            #expect(added.first?.contact?.udpPort == 30301)
            // A name stays one, and needs no address to be removed.
            let named = "enode://\(Self.other.hex)@no-such-host.invalid:1"
            #expect(try await client.result("admin_addPeer", #""\#(named)""#) == .bool(true))
            #expect(node.look { $0.added.last?.name?.description } == named)
            #expect(try await client.result("admin_removePeer", #""\#(named)""#) == .bool(true))
            #expect(node.look { $0.removed } == [Self.other.nodeID])
            for bad in ["http://x", "enode://00@1.2.3.4:1", "enode://\(Self.other.hex)", "enr:-xyz", ""] {
                let error = try await client.error("admin_addPeer", #""\#(bad)""#)
                #expect(error.code == -32000)
                #expect(error.message.hasPrefix("invalid enode: "))
            }
        }
    }

    @Test func poolContent() async throws {
        let node = try TestNode()
        let (ready, waiting) = (EthMethodTests.transfer(), EthMethodTests.transfer(from: 1, nonce: 2))
        try await withServer(node) { (client) async throws in
            for transaction in [ready, waiting] {
                _ = try await client.result("eth_sendRawTransaction", EthMethodTests.send(transaction))
            }
            let content = try await client.result("txpool_content")
            let single = try await client.result("eth_getTransactionByHash", #""\#(ready.hash)""#)
            let sender = try #require(content["pending"]?.members?.first)
            // EIP-55's letters, and the nonce in decimal.
            #expect(sender.key.lowercased() == DevAccounts.address(0).description)
            #expect(sender.key != DevAccounts.address(0).description)
            #expect(sender.value == .object(["0": single]))
            let queued = try #require(content["queued"]?.members?.first)
            #expect(queued.value["2"]?["hash"]?.string == waiting.hash.description)

            let lines = try await client.result("txpool_inspect")
            let line = try #require(lines["pending"]?[sender.key]?["0"]?.string)
            #expect(line.lowercased().hasPrefix("\(DevAccounts.address(1)): "))
            #expect(line.hasSuffix(": 1000000000000000000 wei + 21000 gas × 10000000000 wei"))
        }
    }

    @Test func status() async throws {
        let node = try TestNode()
        let head = try node.seal()
        try await withServer(node) { (client) async throws in
            let status = try await client.result("starling_status")
            #expect(status["name"]?.string == "starling/test")
            #expect(status["number"]?.string == "0x1")
            #expect(status["hash"]?.string == head.hash.description)
            #expect(status["timestamp"]?.uint64 == head.timestamp)
            #expect(status["peers"]?.string == "0x0")
            #expect(status["pending"]?.string == "0x0")
            #expect(status["queued"]?.string == "0x0")
            #expect(status["syncing"] == .bool(false))
            #expect(status["sealing"] == .bool(true))
            guard case .number(let uptime)? = status["uptime"] else {
                Issue.record("no uptime")
                return
            }
            #expect(try #require(Double(uptime)) > 0)
        }
    }

    @Test func blockArrivals() async throws {
        let node = try TestNode()
        let heads = try [node.seal(), node.seal(), node.seal()]
        try await withServer(node) { (client) async throws in
            for count in [#""0x2""#, "2"] {
                let arrivals = try #require(try await client.result("starling_blockArrivals", count).array)
                #expect(arrivals.map { $0["number"]?.string } == ["0x2", "0x3"])
                #expect(arrivals[1]["hash"]?.string == heads[2].hash.description)
                // 1 700 000 006 seconds, and 1.234567 seconds more, to the microsecond.
                #expect(arrivals[1]["arrivalMs"] == .number("1700000007234.567000"))
                #expect(arrivals[1]["sealedHere"] == .bool(true))
            }
            #expect(try await client.result("starling_blockArrivals").array?.count == 3)
            #expect(try await client.result("starling_blockArrivals", #""0xffffffffffffffff""#).array?.count == 3)
        }
    }

    @Test func peerBans() async throws {
        let node = try TestNode()
        let id = DevAccounts.nodeKey(1).publicKey.nodeID
        let until = Instant(unixSeconds: 1_700_000_000)
        node.change { state in
            state.bans = [
                PeerBan(.node(id), for: .invalidBlock, until: until, count: 2),
                PeerBan(.address(.loopback), for: nil, until: until, count: 3),
            ]
        }
        try await withServer(node) { (client) async throws in
            let bans = try #require(try await client.result("starling_peerBans").array)
            #expect(bans.count == 2)
            #expect(bans[0]["id"]?.string == id.hex && bans[0]["offence"]?.string == "invalidBlock")
            #expect(bans[0]["untilMs"] == .number("1700000000000.000000") && bans[0]["count"]?.int == 2)
            #expect(bans[1]["address"]?.string == "127.0.0.1" && bans[1]["count"]?.int == 3)
            #expect(bans[1]["id"] == nil && bans[1]["offence"] == nil)
        }
    }

    @Test func peerEvents() async throws {
        let node = try TestNode()
        let id = DevAccounts.nodeKey(1).publicKey.nodeID
        node.change { state in
            state.decisions = [
                PeerDecision(
                    number: 7, at: Instant(unixSeconds: 1_700_000_000), kind: "inboundRefused",
                    endpoint: Endpoint(ip: .loopback, port: 5), reason: "its address connected a moment ago",
                    label: "throttled"),
                PeerDecision(
                    number: 9, at: Instant(unixSeconds: 1_700_000_001), kind: "offence", node: id, reason: "spam",
                    label: "spam", score: 100),
            ]
        }
        try await withServer(node) { (client) async throws in
            let events = try #require(try await client.result("starling_peerEvents").array)
            #expect(events.count == 2)
            #expect(events[0]["event"]?.string == "inboundRefused")
            #expect(events[0]["endpoint"]?.string == "127.0.0.1:5")
            #expect(events[0]["reason"]?.string == "its address connected a moment ago")
            #expect(events[0]["label"]?.string == "throttled")
            #expect(events[0]["id"] == nil && events[0]["score"] == nil)
            #expect(events[1]["id"]?.string == id.hex)
            #expect(events[1]["score"]?.int == 100)
            #expect(events[1]["timeMs"] == .number("1700000001000.000000"))
            #expect(try await client.result("starling_peerEvents", "1").array?.count == 1)
        }
    }
}
