import Chain
import Consensus
import DevP2P
import EthCrypto
import EthNode
import Execution
import KeyValue
import NodeCore
import NodeNIO
import NodeRPC
import NodeRecord
import Primitives
import Storage
import TestVectors
import Testing

@Suite("RPC of nodes on sockets")
struct RunningNodeTests {
    /// A node on loopback without discovery. Of period 0: blocks are sealed as soon as there is something to seal.
    static func service(_ index: Int, isSealing: Bool) throws -> NodeService {
        let genesis = Genesis.devnet(period: 0, timestamp: 1_700_000_000)
        let configured = ChainNodeConfiguration(
            key: DevAccounts.nodeKey(index), clientID: "starling/test-\(index)", genesis: genesis,
            networkID: genesis.config.chainID, engine: try #require(CliqueEngine(chainConfig: genesis.config)),
            executor: TransferExecutor(), advertisedIP: .loopback, udpPort: 0, tcpPort: 0)
        var (node, chain) = (configured.node, configured.chain)
        node.discoveryEnabled = false
        if isSealing { chain.sealingKey = DevAccounts.signerKey(0) }
        var configuration = NodeServiceConfiguration(node: node)
        configuration.bindHost = "127.0.0.1"
        return NodeService(configuration: configuration, store: MemoryStore(), hosts: [chain])
    }

    /// Waits for an event for which `pick` gives a value.
    static func first<Value>(
        _ events: AsyncStream<NodeEvent>, _ pick: (NodeEvent) -> Value?
    ) async throws -> Value {
        for await event in events {
            if let value = pick(event) { return value }
        }
        throw CancellationError()
    }

    @Test(.timeLimit(.minutes(1))) func aTransferThroughARealNode() async throws {
        let service = try Self.service(0, isSealing: true)
        let events = service.events()
        try await service.start()
        let node = try await RunningNode(service)
        try await withServer(node) { (client) async throws in
            #expect(try await client.result("web3_clientVersion").string == "starling/test-0")
            #expect(try await client.result("eth_mining") == .bool(true))
            let transaction = EthMethodTests.transfer()
            let hash = try await client.result("eth_sendRawTransaction", EthMethodTests.send(transaction))
            #expect(hash.string == transaction.hash.description)
            let head = try await Self.first(events) { event -> ChainHead? in
                if case .newHead(let head, _)? = event.ofChain { head } else { nil }
            }
            let receipt = try await client.result("eth_getTransactionReceipt", #""\#(transaction.hash)""#)
            #expect(receipt["blockHash"]?.string == head.hash.description)
            #expect(receipt["status"]?.string == "0x1")
            #expect(try await client.result("eth_blockNumber").string == "0x1")
            let count = try await client.result("eth_getTransactionCount", #""\#(DevAccounts.address(0))","pending""#)
            #expect(count.string == "0x1")
            let low = try await client.error(
                "eth_sendRawTransaction", EthMethodTests.send(EthMethodTests.transfer(value: 1)))
            #expect(low.message.hasPrefix("nonce too low"))
            // Nonce 3 stays in the pool.
            let waiting = EthMethodTests.transfer(nonce: 3)
            _ = try await client.result("eth_sendRawTransaction", EthMethodTests.send(waiting))
            let pooled = try await client.result("eth_getTransactionByHash", #""\#(waiting.hash)""#)
            #expect(pooled["nonce"]?.string == "0x3")
            #expect(pooled["blockHash"] == .null)
            #expect(
                try await client.result("txpool_status")
                    == .object(["pending": .string("0x0"), "queued": .string("0x1")]))
            let content = try await client.result("txpool_content")
            #expect(content["queued"]?.members?.first?.value["3"] == pooled)
            let arrivals = try #require(try await client.result("starling_blockArrivals").array)
            #expect(arrivals.map { $0["hash"]?.string } == [head.hash.description])
            #expect(arrivals.first?["sealedHere"] == .bool(true))
            let status = try await client.result("starling_status")
            #expect(status["hash"]?.string == head.hash.description)
            #expect(status["queued"]?.string == "0x1")
            let info = try await client.result("admin_nodeInfo")
            #expect(info["id"]?.string == DevAccounts.nodeKey(0).publicKey.nodeID.hex)
            #expect(info["protocols"]?["eth"]?["head"]?.string == head.hash.description)
        }
        await service.stop()
    }

    @Test(.timeLimit(.minutes(1))) func twoNodesMeetThroughTheirRPC() async throws {
        let services = [try Self.service(0, isSealing: true), try Self.service(1, isSealing: false)]
        let events = services.map { $0.events() }
        for service in services { try await service.start() }
        let nodes = [try await RunningNode(services[0]), try await RunningNode(services[1])]
        var options = RPCOptions()
        options.namespaces = RPCMethod.namespaces
        try await withServer(nodes[0]) { (first) async throws in
            try await withServer(nodes[1], options) { (second) async throws in
                let url = try #require(try await first.result("admin_nodeInfo")["enode"]?.string)
                #expect(try await second.result("admin_addPeer", #""\#(url)""#) == .bool(true))
                for stream in events {
                    try await Self.first(stream) { if case .peerConnected = $0 { () } else { nil } }
                }
                #expect(try await first.result("net_peerCount").string == "0x1")
                let peer = try #require(try await second.result("admin_peers")[0])
                #expect(peer["name"]?.string == "starling/test-0")
                #expect(peer["id"]?.string == DevAccounts.nodeKey(0).publicKey.nodeID.hex)
                #expect(peer["caps"]?.array?.contains(.string("eth/69")) == true)
                #expect(peer["protocols"]?["eth"]?["version"]?.int == 69)
                #expect(peer["network"]?["inbound"] == .bool(false))
                #expect(peer["network"]?["static"] == .bool(true))
                #expect(peer["score"]?.int == 0)
                let remote = try #require(peer["network"]?["remoteAddress"]?.string)
                let inbound = try #require(try await first.result("admin_peers")[0])
                #expect(inbound["network"]?["inbound"] == .bool(true))
                // Each end's local address is the other's remote one.
                #expect(inbound["network"]?["localAddress"]?.string == remote)
                #expect(
                    peer["network"]?["localAddress"]?.string == inbound["network"]?["remoteAddress"]?.string)

                // Both can say why.
                let decisions = try #require(try await second.result("starling_peerEvents").array)
                #expect(decisions.contains { $0["event"]?.string == "dialing" && $0["label"]?.string == "staticPeer" })
                let accepted = try #require(try await first.result("starling_peerEvents").array)
                #expect(
                    accepted.contains { $0["event"]?.string == "connected" && $0["reason"]?.string == "it dialed us" })

                // A transfer given to one node is sealed by the other, and known to both.
                let transaction = EthMethodTests.transfer()
                _ = try await second.result("eth_sendRawTransaction", EthMethodTests.send(transaction))
                _ = try await Self.first(events[1]) {
                    if case .newHead(let head, _)? = $0.ofChain { head } else { nil }
                }
                let parameter = #""\#(transaction.hash)""#
                let receipt = try await second.result("eth_getTransactionReceipt", parameter)
                #expect(receipt["blockNumber"]?.string == "0x1")
                #expect(try await first.result("eth_getTransactionReceipt", parameter) == receipt)
                let arrivals = try #require(try await second.result("starling_blockArrivals").array)
                #expect(arrivals.map { $0["sealedHere"] } == [.bool(false)])

                #expect(try await second.result("admin_removePeer", #""\#(url)""#) == .bool(true))
            }
        }
        for service in services { await service.stop() }
    }
}
