import Chain
import DevP2P
import EthCrypto
import EthNode
import EthService
import EthWire
import Logging
import NIOCore
import NIOPosix
import NodeCore
import NodeRecord
import Primitives
import Storage
import Testing

@testable import NodeNIO

@Suite("Probes of a running node", .timeLimit(.minutes(1)))
struct ProbeTests {
    @Test func rlpx() async throws {
        let service = try TestNode.service(0)
        try await service.register(Counting(count: 0))
        try await service.start()
        let contact = try await TestNode.contact(service)
        let report = try await ProbeClient().rlpx(contact.enode)
        #expect(report.publicKey == DevAccounts.nodeKey(0).publicKey)
        #expect(report.endpoint == contact.tcpEndpoint)
        #expect(report.hello.clientID == "test/0")
        #expect(report.hello.p2pVersion == 5)
        #expect(report.hello.capabilities.contains(Counting.name))
        #expect(report.hello.capabilities.contains(EthVersion.eth69.name))
        let status = try #require(report.status)
        #expect(status.networkID == Genesis.devnetChainID)
        let head = try await service.chainStatus.head
        #expect(status.genesisHash == head.hash)
        #expect(status.head.hash == status.genesisHash)
        #expect(report.ended == nil)
        let latencies = report.latencies
        #expect(latencies.connect > .zero && latencies.handshake > .zero && latencies.hello > .zero)
        #expect(try #require(latencies.status) > .zero)
        await service.stop()
    }

    @Test func discv4() async throws {
        let service = try TestNode.service(0) { $0.node.discoveryEnabled = true }
        try await service.start()
        let contact = try await TestNode.contact(service)
        let report = try await ProbeClient().discv4(contact.enode)
        #expect(report.endpoint == contact.udpEndpoint)
        #expect(report.observed?.ip == .loopback)
        #expect(report.latency > .zero)
        let record = try #require(report.record)
        #expect(record.publicKey == DevAccounts.nodeKey(0).publicKey)
        #expect(report.recordSeq == record.seq)
        #expect(try await service.traffic.datagramsReceived > 0)
        await service.stop()
    }

    @Test func nobodyListens() async throws {
        let service = try TestNode.service(0) { $0.node.discoveryEnabled = true }
        try await service.start()
        let contact = try await TestNode.contact(service)
        await service.stop()
        let error = await #expect(throws: ProbeError.self) { try await ProbeClient().rlpx(contact.enode) }
        guard case .unreachable(contact.tcpEndpoint, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let probe = ProbeClient(timeout: .milliseconds(50))
        let silence = await #expect(throws: ProbeError.self) { try await probe.discv4(contact.enode) }
        guard case .noAnswer(contact.udpEndpoint)? = silence else {
            Issue.record("\(String(describing: silence))")
            return
        }
    }

    @Test func anotherNodeIsThere() async throws {
        let service = try TestNode.service(0)
        try await service.start()
        let contact = try await TestNode.contact(service)
        let stranger = NodeContact(
            publicKey: DevAccounts.nodeKey(9).publicKey, ip: contact.ip, udpPort: 0, tcpPort: contact.tcpPort)
        // The node can't decrypt what is meant for another, and closes.
        let error = await #expect(throws: ProbeError.self) { try await ProbeClient().rlpx(stranger.enode) }
        guard case .closed(contact.tcpEndpoint, .network)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await service.stop()
    }

    /// A node that says Hello with these capabilities, and nothing more.
    private func mute(_ names: [CapabilityName]) async throws -> (Listener, NodeContact) {
        let group = MultiThreadedEventLoopGroup.singleton
        let home = group.next()
        let key = DevAccounts.nodeKey(3)
        let hello = LocalHello(
            clientID: "mute",
            capabilities: names.map { CapabilityDescriptor(name: $0, messageCount: 18, limits: .standard) })
        let owner = RecordingOwner()
        let logger = Logger(label: "test")
        let listener = try await Listener.bind(host: "127.0.0.1", port: 0, on: home, children: group, logger: logger) {
            let setup = ConnectionSetup(identity: key, hello: hello, clock: NodeClock(), logger: logger)
            return ConnectionHandler(
                id: ConnectionID(rawValue: 1), role: .recipient, on: $0.eventLoop, setup: setup, owner: owner)
        }
        try await home.submit { listener.open() }.get()
        return (listener, NodeContact(publicKey: key.publicKey, ip: .loopback, udpPort: 0, tcpPort: listener.port))
    }

    @Test func aHelloWithoutStatusIsReported() async throws {
        let (listener, contact) = try await mute([EthVersion.eth69.name])
        let report = try await ProbeClient().rlpx(contact.enode)
        #expect(report.hello.clientID == "mute" && report.status == nil && report.ended == nil)
        try await listener.close().get()
    }

    @Test func theHelloOfANodeThatSharesNothingIsReported() async throws {
        let les = CapabilityName("les", version: 4)
        let (listener, contact) = try await mute([les])
        let report = try await ProbeClient().rlpx(contact.enode)
        #expect(report.hello.capabilities == [les] && report.ended != nil && report.status == nil)
        try await listener.close().get()
    }

    @Test func names() async throws {
        let service = try TestNode.service(0)
        try await service.start()
        let contact = try await TestNode.contact(service)
        var named = contact.enode
        named.host = .name("localhost")
        #expect(try await named.resolved()?.tcpPort == contact.tcpPort)
        #expect(try await ProbeClient().rlpx(named).hello.clientID == "test/0")
        named.host = .name("no-such-host.invalid")
        let unknown = named
        let error = await #expect(throws: ProbeError.self) { try await ProbeClient().rlpx(unknown) }
        #expect(error.map { "\($0)" } == "no address found for the host name 'no-such-host.invalid'")
        named.host = nil
        let incomplete = named
        await #expect(throws: ProbeError.self) { try await ProbeClient().rlpx(incomplete) }
        await service.stop()
    }
}
