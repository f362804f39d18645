import Chain
import DevP2P
import EthCrypto
import EthNode
import EthWire
import Gossip
import KeyValue
import NodeCore
import PeerBook
import Primitives
import RLP
import SansIO
import Testing
import Topics

/// A capability that spreads notes by a topic. The first byte of a note says what its validation comes to.
private struct Notes: Capability {
    typealias Message = NoMessages
    typealias Event = [UInt8]

    enum Command: Sendable {
        case publish([UInt8])
        /// What was put off is right.
        case judge
        case leave
    }

    struct JobResult: Sendable {
        let message: TopicMessage
        let isRight: Bool
    }

    static let name = CapabilityName("notes", version: 1)
    static let topic = Topic("notes/all")

    private var later: [TopicMessage] = []

    mutating func started(_ node: inout CapabilityContext<Self>) { node.subscribe(to: Self.topic) }

    mutating func topicMessage(
        _ message: TopicMessage, _ node: inout CapabilityContext<Self>
    ) -> TopicVerdict {
        node.emit(message.bytes)
        switch message.bytes.first {
        case 1: return .accept
        case 2:
            node.run("check a note") { JobResult(message: message, isRight: message.bytes.count == 3) }
            return .later
        case 3:
            later.append(message)
            return .later
        case 4: return .reject
        default: return .ignore
        }
    }

    mutating func jobCompleted(_ result: JobResult, _ node: inout CapabilityContext<Self>) {
        node.judge(result.message, result.isRight ? .accept : .reject)
    }

    mutating func commandReceived(_ command: Command, _ node: inout CapabilityContext<Self>) {
        switch command {
        case .publish(let bytes): node.publish(bytes, on: Self.topic)
        case .judge:
            for message in later { node.judge(message, .accept) }
            later = []
        case .leave: node.unsubscribe(from: Self.topic)
        }
    }
}

@Suite("Topics of a user's capability, through whole nodes")
struct TopicTests {
    private static let (eth68, topics, notes) = (0, 4, 3)

    /// Three nodes in a line, which share topics/1 and the capability.
    private func line(sharing places: [Int] = [topics, notes], limit: Int64? = nil) throws -> HandWire {
        let now = Instant(unixSeconds: 1_760_000_000)
        let keys = try (1...3).map { try PrivateKey([UInt8](repeating: $0, count: 32)) }
        let nodes = try keys.indices.map { index in
            var configuration = ChainNodeConfiguration.bare(key: keys[index], clientID: "test", port: 30303)
            configuration.node.discoveryEnabled = false
            if let limit { configuration.node.uploadLimits = [try #require(UploadLimit(bytesPerSecond: limit))] }
            var node = try NodeCore(
                configuration, store: MemoryStore(), random: NodeRandom(seed: UInt64(index)), now: now)
            node.register(Notes())
            return node
        }
        var wire = try HandWire(nodes, keys: keys, now: now)
        try wire.connect(0, 1, sharing: places)
        try wire.connect(1, 2, sharing: places)
        return wire
    }

    /// What came to the nodes since the last look.
    private func publish(_ bytes: [UInt8], _ wire: inout HandWire) throws -> [[[UInt8]]] {
        wire.notes = [[], [], []]
        try wire.handle(.command(Notes.name, Notes.Command.publish(bytes)), at: 0)
        return wire.notes
    }

    @Test("a message crosses the node in the middle once its owner there has accepted it")
    func crossing() throws {
        var wire = try line()
        for note in [[1, 7], [2, 7, 7]] as [[UInt8]] {
            #expect(try publish(note, &wire) == [[], [note], [note]], "at once, or by a job")
            #expect(try publish(note, &wire) == [[], [], []], "once")
        }
        let later: [UInt8] = [3, 7]
        #expect(try publish(later, &wire) == [[], [later], []], "it is in the middle")
        try wire.run(for: .seconds(3))
        #expect(wire.notes == [[], [later], []])
        try wire.handle(.command(Notes.name, Notes.Command.judge), at: 1)
        #expect(wire.notes == [[], [later], [later]])
        let ignored: [UInt8] = [5]
        #expect(try publish(ignored, &wire) == [[], [ignored], []])
    }

    @Test("a message that its owner rejects ends in the middle, and is its sender's offence")
    func rejection() throws {
        var wire = try line()
        let wrong: [UInt8] = [4]
        #expect(try publish(wrong, &wire) == [[], [wrong], []])
        #expect(wire.offences == [.invalidMessage])
        // It has lost its place in the mesh, but may still publish.
        try wire.run(for: .seconds(2))
        #expect(try publish([1], &wire) == [[], [[1]], [[1]]])
        try wire.run(for: .seconds(20))
        #expect(wire.offences == [.invalidMessage])
    }

    @Test("of a peer that is ignored no message is taken, until that is over; it stays in the mesh meanwhile")
    func ignored() throws {
        var wire = try line(sharing: [Self.eth68, Self.topics, Self.notes])
        let answer = EthMessage.pooledTransactions(requestID: 9, EncodedList([PooledTransaction]()))
        for _ in 0..<2 {
            try wire.inject(OutboundMessage(answer, version: .eth68, capability: Self.eth68), from: 0, to: 1)
        }
        #expect(wire.nodes[1].peerStatuses.contains { $0.reputation?.isIgnored == true })
        #expect(try publish([1, 7], &wire) == [[], [], []])
        try wire.run(for: .seconds(224))
        #expect(try publish([1, 8], &wire) == [[], [[1, 8]], [[1, 8]]])
    }

    @Test(
        "under an upload limit no message of a topic comes after the node has left it, and the others keep their order")
    func leavingUnderALimit() throws {
        var wire = try line(limit: 2_000)
        var sent: [TopicsMessage] = []
        wire.arrives = { from, _, message in
            if from == 0, message.capability == Self.topics, let rlp = message.rlp,
                let topics = try? TopicsMessage(id: message.id, payload: rlp[...])
            {
                sent.append(topics)
            }
            return true
        }
        var random = NodeRandom(seed: 5)
        for _ in 0..<12 { try wire.handle(.command(Notes.name, Notes.Command.publish([1] + random.bytes(700))), at: 0) }
        try wire.handle(.command(Notes.name, Notes.Command.leave), at: 0)
        try wire.run(for: .seconds(20))
        let published = sent.indices.filter { if case .publish = sent[$0] { true } else { false } }
        let left = try #require(sent.firstIndex { if case .unsubscribe = $0 { true } else { false } })
        #expect((1..<12).contains(published.count) && published.allSatisfy { $0 < left })
        #expect(wire.offences.isEmpty)
    }

    @Test("what an honest peer may send under a number that it has just closed is no offence; a number from nowhere is")
    func closedNumbers() throws {
        var wire = try line()
        let say = { (message: TopicsMessage, wire: inout HandWire) in
            try wire.inject(OutboundMessage(message, capability: Self.topics), from: 0, to: 1)
        }
        try say(.unsubscribe([0]), &wire)
        let late: [TopicsMessage] = [
            .publish(topic: 0, [1, 9]), .graft([0]), .prune(topic: 0, MeshPrune(seconds: 60)),
            .have(topic: 0, [TopicMessageID(1, 2)]),
            .unsubscribe([0]),
        ]
        for message in late { try say(message, &wire) }
        #expect(wire.offences.isEmpty && wire.notes[1].isEmpty)
        // The number has a new meaning, and again the old one.
        try say(.subscribe([TopicSubscription(number: 0, topic: Topic("other"))]), &wire)
        try say(.publish(topic: 0, [1, 9]), &wire)
        try say(.unsubscribe([0]), &wire)
        try say(.subscribe([TopicSubscription(number: 0, topic: Notes.topic)]), &wire)
        #expect(wire.offences.isEmpty && wire.notes[1].isEmpty)
        try say(.publish(topic: 0, [1, 9]), &wire)
        #expect(wire.notes[1] == [[1, 9]])
        wire.mayClose = true
        try say(.graft([7]), &wire)
        #expect(wire.offences == [.protocolBreach])
    }

    @Test("who has left a topic gets nothing more of it")
    func leaving() throws {
        var wire = try line()
        try wire.handle(.command(Notes.name, Notes.Command.leave), at: 1)
        #expect(try publish([1, 2], &wire) == [[], [], []])
    }
}
