import Chain
import DevP2P
import Dispatch
import EthCrypto
import EthNode
import EthService
import Gossip
import KeyValue
import Logging
import NIOCore
import NIOPosix
import NodeCore
import NodeRecord
import PeerBook
import Primitives
import Testing

@testable import NodeNIO

@Suite("Nodes on loopback sockets", .timeLimit(.minutes(1)))
struct NodeServiceTests {
    @Test(arguments: [nil, 1, 3])
    func tenThousandMessagesEachWayInOrder(threads: Int?) async throws {
        let count = 10_000
        let first = try TestNode.service(0) { $0.threads = threads }
        let second = try TestNode.service(1) { $0.threads = threads }
        for service in [first, second] { try await service.register(Counting(count: count)) }
        let firstEvents = first.events()
        let secondEvents = second.events()
        try await first.start()
        try await second.start()
        try await first.addPeer(TestNode.contact(second))
        #expect(try await firstEvents.counted() == .complete(count))
        #expect(try await secondEvents.counted() == .complete(count))
        await first.stop()
        await second.stop()
    }

    /// More than the sockets and the outboxes hold, both ways at once.
    @Test func bothEndsFloodEachOther() async throws {
        let first = try TestNode.service(0) { $0.threads = 1 }
        let second = try TestNode.service(1) { $0.threads = 1 }
        for service in [first, second] { try await service.register(Counting(count: 500, size: 1 << 17, window: 88)) }
        let firstEvents = first.events()
        let secondEvents = second.events()
        try await first.start()
        try await second.start()
        try await first.addPeer(TestNode.contact(second))
        #expect(try await firstEvents.counted() == .complete(500))
        #expect(try await secondEvents.counted() == .complete(500))
        await first.stop()
        await second.stop()
    }

    @Test func jobsRunAndComeBack() async throws {
        let service = try TestNode.service(0)
        try await service.register(Counting(count: 1))
        let events = service.events()
        try await service.start()
        let result = try await events.first { event -> Int? in
            guard case .capability(_, let value) = event, case .jobCompleted(let sum)? = value as? Counting.Event else {
                return nil
            }
            return sum
        }
        #expect(result == 5050)
        #expect(try await service.traffic.jobsCompleted == 1)
        await service.stop()
    }

    @Test func aPortInUseIsNamed() async throws {
        let first = try TestNode.service(0)
        try await first.start()
        let port = try await TestNode.contact(first).tcpPort
        let second = try TestNode.service(1) { $0.tcpPort = port }
        let error = await #expect(throws: NodeServiceError.self) { try await second.start() }
        guard case .bind(.portInUse(.tcp, "127.0.0.1", port))? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let text = try #require(error.map { "\($0)" })
        #expect(text.contains("TCP port \(port) on 127.0.0.1 is in use"))
        #expect(text.contains("choose another port"))
        // It failed for good, and left nothing behind.
        await #expect(throws: NodeServiceError.self) { try await second.start() }
        await first.stop()
    }

    @Test func aUDPPortInUseIsNamedAndTheTCPPortIsGivenBack() async throws {
        let first = try TestNode.service(0) { $0.node.discoveryEnabled = true }
        try await first.start()
        let contact = try await TestNode.contact(first)
        let second = try TestNode.service(1) {
            $0.node.discoveryEnabled = true
            $0.udpPort = contact.udpPort
        }
        let error = await #expect(throws: NodeServiceError.self) { try await second.start() }
        guard case .bind(.portInUse(.udp, _, contact.udpPort))? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await first.stop()
    }

    @Test func anAddressOfAnotherMachineIsNamed() async throws {
        let service = try TestNode.service(0) { $0.bindHost = "192.0.2.1" }
        let error = await #expect(throws: NodeServiceError.self) { try await service.start() }
        guard case .bind(.addressNotAvailable(.tcp, "192.0.2.1", _))? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aHalfOpenConnectionIsClosedByTheHandshakeTimeout() async throws {
        let service = try TestNode.service(0) { $0.connectionLimits.handshake = .milliseconds(50) }
        try await service.start()
        let client = try await RawClient.connect(port: TestNode.contact(service).tcpPort)
        try await client.closed()
        await service.stop()
    }

    @Test func garbageClosesOnlyItsOwnConnection() async throws {
        let first = try TestNode.service(0)
        let second = try TestNode.service(1)
        let events = first.events()
        try await first.start()
        try await second.start()
        let contact = try await TestNode.contact(first)
        try await second.addPeer(contact)
        _ = try await events.peerConnected()
        // A length of 0x0102, and then no ECIES; a length that is refused; a web browser.
        let beginnings: [[UInt8]] = [[1, 2], [0xff, 0xff], Array("GET / HTTP/1.1\r\n\r\n".utf8)]
        for beginning in beginnings {
            let client = try await RawClient.connect(port: contact.tcpPort)
            // The node may close before all is written.
            try? await client.send(beginning + [UInt8](repeating: 0x5a, count: 4096))
            try await client.closed()
        }
        #expect(try await first.peers.count == 1)
        #expect(try await second.peers.count == 1)
        await second.stop()
        await first.stop()
    }

    @Test func stopSaysGoodbyeAndGivesThePortsBack() async throws {
        let first = try TestNode.service(0) { $0.node.discoveryEnabled = true }
        let second = try TestNode.service(1)
        let third = try TestNode.service(2)
        let events = [second.events(), third.events()]
        try await first.start()
        let contact = try await TestNode.contact(first)
        let streams = [second.events(), third.events()]
        for service in [second, third] {
            try await service.start()
            try await service.addPeer(contact)
        }
        for stream in events { _ = try await stream.peerConnected() }
        let silent = try await RawClient.connect(port: contact.tcpPort)
        await first.stop()
        for stream in streams { #expect(try await stream.peerDisconnected() == .remote(.quitting)) }
        try await silent.closed()
        // Its ports are free again.
        let heir = try TestNode.service(3) {
            $0.node.discoveryEnabled = true
            $0.tcpPort = contact.tcpPort
            $0.udpPort = contact.udpPort
        }
        try await heir.start()
        await heir.stop()
        await second.stop()
        await third.stop()
    }

    @Test func stopEndsTheEventsAndIsRepeatable() async throws {
        let service = try TestNode.service(0)
        let events = service.events()
        try await service.start()
        await withTaskGroup { group in
            for _ in 0..<3 { group.addTask { await service.stop() } }
        }
        for await _ in events {}
        for await _ in service.events() {}
        // What it knew can still be read; nothing can be asked of it.
        #expect(try await service.status.peerCount == 0)
        await #expect(throws: NodeServiceError.self) { try await service.start() }
        let contact = NodeContact(publicKey: DevAccounts.nodeKey(5).publicKey, ip: .loopback, udpPort: 1, tcpPort: 1)
        await #expect(throws: NodeServiceError.self) { try await service.addPeer(contact) }
    }

    @Test func stopDoesNotWaitForAJobForEver() async throws {
        let service = try TestNode.service(0) { $0.stopTimeout = .milliseconds(50) }
        let gate = DispatchSemaphore(value: 0)
        try await service.register(Stuck(gate: gate))
        try await service.start()
        await service.stop()
        gate.signal()
    }

    @Test func nothingCanBeAskedBeforeTheStart() async throws {
        let service = try TestNode.service(0)
        await #expect(throws: NodeServiceError.self) { _ = try await service.status }
        await #expect(throws: NodeServiceError.self) { _ = try await service.peers }
        let events = service.events()
        await service.stop()
        for await _ in events {}
        await #expect(throws: NodeServiceError.self) { try await service.start() }
    }

    @Test func capabilitiesAreRegisteredBeforeTheStart() async throws {
        let service = try TestNode.service(0)
        try await service.start()
        await #expect(throws: NodeServiceError.self) { try await service.register(Counting(count: 1)) }
        await service.stop()
    }

    @Test func theStoreOfAnotherChainIsRefused() async throws {
        let store = MemoryStore()
        var (configuration, chain) = try TestNode.configuration(0)
        let first = NodeService(configuration: configuration, store: store, hosts: [chain])
        try await first.start()
        await first.stop()
        chain.genesis.timestamp = 1
        let second = NodeService(configuration: configuration, store: store, hosts: [chain])
        let error = await #expect(throws: NodeServiceError.self) { try await second.start() }
        guard case .node? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aStarOfNodes() async throws {
        let hub = try TestNode.service(0)
        try await hub.register(Counting(count: 100))
        try await hub.start()
        let contact = try await TestNode.contact(hub)
        let leaves = try (1...12).map { try TestNode.service($0) { $0.threads = 1 } }
        for leaf in leaves {
            try await leaf.register(Counting(count: 100))
            let events = leaf.events()
            try await leaf.start()
            try await leaf.addPeer(contact)
            #expect(try await events.counted() == .complete(100))
        }
        #expect(try await hub.peers.count == leaves.count)
        await hub.stop()
        for leaf in leaves { await leaf.stop() }
    }

    @Test func aDialThatNobodyAnswersIsReported() async throws {
        let service = try TestNode.service(0)
        let absent = try TestNode.service(1)
        try await absent.start()
        let contact = try await TestNode.contact(absent)
        await absent.stop()
        let events = service.events()
        try await service.start()
        try await service.addPeer(contact)
        let backedOff = try await events.first { event -> NodeID? in
            if case .peerBook(.backedOff(let id, _, _)) = event { id } else { nil }
        }
        #expect(backedOff == contact.id)
        #expect(try await service.traffic.dialsFailed >= 1)
        await service.stop()
    }

    @Test func aListenerThatWasClosedIsBoundAgain() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let (accepted, continuation) = AsyncStream.makeStream(of: Bool.self)
        let listener = try await Listener.bind(
            host: "127.0.0.1", port: 0, on: loop, children: loop, logger: Logger(label: "test")
        ) { _ in
            continuation.yield(true)
            return nil
        }
        try await loop.submit { listener.open() }.get()
        try await loop.flatSubmit { listener.channel.close() }.get()
        let attempts = Task {
            while !Task.isCancelled {
                // Refused until it is back.
                try? await RawClient.connect(port: listener.port).closed()
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        #expect(await accepted.first { _ in true } == true)
        attempts.cancel()
        try await loop.flatSubmit { listener.close() }.get()
    }

    @Test func bothFamiliesOnOneSocket() async throws {
        let service = try TestNode.service(0) {
            $0.bindHost = "::"
            $0.node.discoveryEnabled = true
        }
        do {
            try await service.start()
        } catch NodeServiceError.bind(.failed) {
            return  // This machine has no IPv6.
        }
        let contact = try await TestNode.contact(service)
        #expect(try await ProbeClient().discv4(contact.enode).observed?.ip == .loopback)
        #expect(try await ProbeClient().rlpx(contact.enode).status != nil)
        let client = try TestNode.service(1)
        let events = service.events()
        try await client.start()
        try await client.addPeer(contact)
        // Seen as what it is, not as an IPv6 address with an IPv4 address in it.
        #expect(
            try await events.first { event -> Peer? in
                if case .peerConnected(let peer, _) = event, peer.clientID == "test/1" { peer } else { nil }
            }.endpoint.ip == .loopback)
        await client.stop()
        await service.stop()
    }

    private static func overIPv6(_ index: Int, _ loopback: IPAddress) throws -> NodeService {
        try TestNode.service(index) {
            $0.bindHost = "::1"
            $0.node.advertisedIP = loopback
            $0.node.discoveryEnabled = true
        }
    }

    @Test func dialAndDiscoveryOverIPv6() async throws {
        let loopback = try #require(IPAddress("::1"))
        let first = try Self.overIPv6(0, loopback)
        let second = try Self.overIPv6(1, loopback)
        let firstEvents = first.events()
        let secondEvents = second.events()
        do {
            try await first.start()
        } catch {
            return  // This machine has no IPv6.
        }
        try await second.start()
        let contact = try await TestNode.contact(first)
        #expect(contact.ip == loopback)
        // UDP: a ping is answered, and says where it came from.
        let report = try await ProbeClient().discv4(contact.enode)
        #expect(report.observed?.ip == loopback)
        // TCP, both ends.
        try await second.addPeer(contact)
        let accepted = try await firstEvents.peerConnected()
        let dialed = try await secondEvents.peerConnected()
        #expect(accepted.endpoint.ip == loopback)
        #expect(dialed.endpoint.ip == loopback)
        let local = try await first.localEndpoint(of: accepted.connection)
        #expect(local == Endpoint(ip: loopback, port: contact.tcpPort))
        let other = try await second.localEndpoint(of: dialed.connection)
        #expect(other == accepted.endpoint)
        await first.stop()
        await second.stop()
    }

    @Test func submittedTransactionsReachThePoolAndThePeers() async throws {
        let first = try TestNode.service(0)
        let second = try TestNode.service(1)
        let events = first.events()
        try await first.start()
        try await second.start()
        try await first.addPeer(TestNode.contact(second))
        _ = try await events.peerConnected()
        let transaction = DynamicFeeTransaction(
            chainID: Genesis.devnetChainID, nonce: 0, maxPriorityFeePerGas: UInt256(1_000_000_000),
            maxFeePerGas: UInt256(10_000_000_000), gasLimit: 21_000, to: DevAccounts.address(1), value: UInt256(1)
        ).signed(by: DevAccounts.key(0))
        #expect(try await first.submit(transaction) == transaction.hash)
        #expect(try await first.chainStatus.pendingCount == 1)
        while try await second.chainStatus.pendingCount == 0 { await Task.yield() }

        let error = await #expect(throws: SubmissionError.self) { try await first.submit(transaction) }
        guard case .rejected(.alreadyKnown)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await first.stop()
        await second.stop()
        await #expect(throws: SubmissionError.self) { try await first.submit(transaction) }
    }
}
