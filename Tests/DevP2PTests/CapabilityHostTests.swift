import Primitives
import RLP
import SansIO
import Testing

@testable import DevP2P

@Suite("CapabilityHost")
struct CapabilityHostTests {
    private var node = HostedNode(PingPong(), index: 0)

    @Test("what a connection negotiates follows from the type")
    func descriptor() {
        #expect(node.host.descriptors[0].name == CapabilityName("ball", version: 1))
        #expect(node.host.descriptors[0].messageCount == 4)
        #expect(node.host.descriptors[0].limits == PingPong.limits)
    }

    @Test("peers are sorted by id, whatever the order in which they join")
    func sorted() {
        var node = node
        for number in [5, 3, 9, 1, 7, 2] as [UInt64] { node.join(TestPeer.make(number)) }
        #expect(node.host.peers.count == 6)
        #expect(node.host.peers.map(\.id) == node.host.peers.map(\.id).sorted())
        node.leave(TestPeer.make(9))
        #expect(node.host.peers.count == 5)
        #expect(node.host.peers.map(\.id) == node.host.peers.map(\.id).sorted())
        #expect(node.host.peer(ConnectionID(rawValue: 9)) == nil)
        #expect(node.host.peer(ConnectionID(rawValue: 3))?.clientID == "Test/3")
    }

    @Test("two connections of one node are two peers")
    func twice() {
        var node = node
        let first = TestPeer.make(1)
        let second = Peer(
            connection: ConnectionID(rawValue: 100), id: first.id, publicKey: first.publicKey, isInbound: true,
            clientID: "", endpoint: first.endpoint)
        node.join(second)
        node.join(first)
        #expect(node.host.peers.map(\.connection.rawValue) == [1, 100])
        node.leave(first)
        #expect(node.host.peers == [second])
    }

    @Test("joining and leaving are told once each")
    func joinedOnce() {
        var node = node
        let peer = TestPeer.make(1)
        node.join(peer)
        node.join(peer)
        node.leave(peer)
        node.leave(peer)
        #expect(node.takeEvents() == [.joined(peer.connection), .left(peer.connection)])
    }

    @Test("a message is answered through an encoded, compressed effect")
    func answer() throws {
        var node = node
        let peer = TestPeer.make(1)
        node.join(peer)
        node.effects = []
        node.receive(0, [0xc1, 0x05], from: peer)
        guard node.effects.count == 2, case .send(peer.connection, let message) = node.effects[1] else {
            Issue.record("\(node.effects)")
            return
        }
        #expect(message.capability == 0)
        #expect(message.id == 0)
        #expect(message.payload == Snappy.compress([0xc1, 0x06]))
    }

    struct Malformed: Sendable {
        let id: UInt8
        let payload: [UInt8]
        let offence: Offence
        let reason: DisconnectReason
    }

    @Test(
        "a refused payload costs an offence and the connection, and the capability never sees it",
        arguments: [
            Malformed(id: 0, payload: [], offence: .malformedMessage, reason: .protocolBreach),
            Malformed(id: 0, payload: [0x05], offence: .malformedMessage, reason: .protocolBreach),
            Malformed(id: 0, payload: [0xc2, 1, 2], offence: .malformedMessage, reason: .protocolBreach),
            Malformed(id: 0, payload: [0xc3, 0x82, 0xff], offence: .malformedMessage, reason: .protocolBreach),
            Malformed(id: 0, payload: [0xc3, 0x82, 0xff, 0xff], offence: .oversizedMessage, reason: .subprotocolError),
            Malformed(id: 1, payload: [0xc2, 0x81, 0xff], offence: .protocolBreach, reason: .subprotocolError),
            Malformed(id: 2, payload: [0xc0], offence: .unknownMessageID, reason: .subprotocolError),
            Malformed(id: 255, payload: [0xc0], offence: .unknownMessageID, reason: .subprotocolError),
        ])
    func malformed(_ row: Malformed) {
        var node = node
        let peer = TestPeer.make(1)
        node.join(peer)
        node.effects = []
        node.receive(row.id, row.payload, from: peer)
        #expect(node.takeEvents().isEmpty)
        guard node.effects.count == 2, case .offence(peer.connection, let offence) = node.effects[0],
            case .disconnect(peer.connection, let reason) = node.effects[1]
        else {
            Issue.record("\(node.effects)")
            return
        }
        #expect(offence == row.offence)
        #expect(reason == row.reason)
        // What else was under way is dropped.
        node.effects = []
        node.receive(0, [0xc1, 0x05], from: peer)
        #expect(node.effects.isEmpty)
        node.leave(peer)
        #expect(node.takeEvents() == [.left(peer.connection)])
    }

    @Test("bytes after the payload's item are ignored, as in go-ethereum")
    func trailingBytes() {
        var node = node
        let peer = TestPeer.make(1)
        node.join(peer)
        node.effects = []
        node.receive(0, [0xc1, 0x0a, 0xff], from: peer)
        #expect(node.takeEvents() == [.received(.ball(hits: 10))])
    }

    @Test("messages of connections that haven't joined are ignored")
    func stranger() {
        var node = node
        node.receive(0, [0xc1, 0x05], from: TestPeer.make(1))
        #expect(node.effects.isEmpty)
    }

    @Test("a broadcast is encoded and compressed once, for all peers in order")
    func broadcast() throws {
        var node = node
        for number in 1...5 as ClosedRange<UInt64> { node.join(TestPeer.make(number)) }
        node.take(.started)
        node.effects = []
        #expect(node.host.deadline == node.now + .seconds(60))
        node.now = node.now + .seconds(59)
        node.take(.deadlineReached)
        #expect(node.effects.isEmpty)
        node.now = node.now + .seconds(1)
        node.take(.deadlineReached)
        #expect(node.host.deadline == nil)

        var connections: [ConnectionID] = []
        var storage: Set<UnsafeRawPointer?> = []
        for case .send(let connection, let message) in node.effects {
            connections.append(connection)
            storage.insert(message.payload.withUnsafeBytes { $0.baseAddress })
            #expect(message.payload == Snappy.compress([0xd4, 0x93] + Array("hello to all of you".utf8)))
        }
        #expect(connections == node.host.peers.map(\.connection))
        #expect(storage.count == 1)
    }

    @Test("a job's result comes back with its type")
    func job() {
        var node = node
        node.take(.started)
        node.now = node.now + .seconds(60)
        node.take(.deadlineReached)
        guard case .run(let job) = node.effects.last else {
            Issue.record("\(node.effects)")
            return
        }
        #expect("\(job.name)" == "add")
        job.work()
        node.take(.jobCompleted(ticket: job.ticket))
        #expect(node.takeEvents().last == .worked(42))
    }

    @Test("its owner can call what only the capability's type has")
    func withContext() {
        var node = node
        let peer = TestPeer.make(1)
        node.join(peer)
        node.effects = []
        let before = node.random
        let count = node.host.withContext(&node.context) {
            capability, context in
            capability.rallyLength = 0
            context.report(.spam, by: peer)
            context.disconnect(peer, .uselessPeer)
            context.deadline = context.now + .seconds(1)
            _ = context.random.next()
            return context.peers.count
        }
        #expect(count == 1)
        #expect(node.host.capability.rallyLength == 0)
        #expect(node.host.deadline == node.now + .seconds(1))
        #expect(node.effects.count == 2)
        // The randomness that was drawn is gone from the node's.
        var (drawn, undrawn) = (node.random, before)
        _ = undrawn.next()
        #expect(drawn.next() == undrawn.next())
    }

    @Test("hosts of several types are held and called alike")
    func erased() {
        var hosts: [any CapabilityHosting] = [
            CapabilityHost(PingPong(), index: 0), CapabilityHost(PingPong(), index: 1),
        ]
        var node = HostContext<any Sendable>(now: Fixture.start, random: NodeRandom(seed: 1))
        for index in hosts.indices {
            hosts[index].take(.joined(TestPeer.make(1), index: index), &node)
        }
        let capabilities = node.effects.compactMap { effect -> Int? in
            if case .send(_, let message) = effect { message.capability } else { nil }
        }
        #expect(capabilities == [0, 1])
    }
}

/// A host and what surrounds it.
struct HostedNode {
    var host: CapabilityHost<PingPong>
    var context = HostContext<PingPong.Event>(now: Fixture.start, random: NodeRandom(seed: 1))

    let index: Int

    init(_ capability: PingPong, index: Int) {
        host = CapabilityHost(capability, index: index)
        self.index = index
    }

    var now: Instant {
        get { context.now }
        set { context.now = newValue }
    }

    var random: NodeRandom { context.random }

    var effects: [HostEffect<PingPong.Event>] {
        get { context.effects }
        set { context.effects = newValue }
    }

    mutating func take(_ call: HostCall) { host.take(call, &context) }

    mutating func join(_ peer: Peer) { take(.joined(peer, index: index)) }

    mutating func leave(_ peer: Peer) { take(.left(peer.connection, index: index)) }

    mutating func receive(_ id: UInt8, _ payload: [UInt8], from peer: Peer) {
        take(.received(peer.connection, index: index, id: id, payload: payload))
    }

    /// The capability's events so far, and no other effect.
    mutating func takeEvents() -> [PingPong.Event] {
        let events = effects.compactMap { effect -> PingPong.Event? in
            if case .event(let event) = effect { event } else { nil }
        }
        effects.removeAll { if case .event = $0 { true } else { false } }
        return events
    }
}
