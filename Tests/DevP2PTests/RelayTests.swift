import SansIO
import Testing

@testable import DevP2P

@Suite("Relay and its queue")
struct RelayTests {
    private let alice = TestPeer.make(1)
    private let bob = TestPeer.make(2)
    private let descriptor = CapabilityDescriptor(
        name: CapabilityName("raw", version: 3), messageCount: 5, limits: .standard)

    private func message(_ bytes: [UInt8] = [0x05], id: UInt8 = 0) throws -> RelayedMessage<RawMessage> {
        try RelayedMessage(id: id, payload: bytes[...])
    }

    private func text(_ item: RelayQueue<RawMessage>.Item?) -> String {
        switch item {
        case .joined(let peer): "joined \(peer.connection)"
        case .received(let message, let peer): "received \(message.payload.count) from \(peer.connection)"
        case .left(let peer): "left \(peer.connection)"
        case .topicMessage(let message): "\(message.bytes.count) on \(message.topic)"
        case .lost(let count): "lost \(count)"
        case nil: "-"
        }
    }

    private func drain(_ queue: inout RelayQueue<RawMessage>) -> [String] {
        var texts: [String] = []
        while let item = queue.popFirst() { texts.append(text(item)) }
        return texts
    }

    @Test("what is negotiated is the descriptor's")
    func descriptorCounts() {
        let host = CapabilityHost(Relay<RawMessage>(descriptor), index: 7)
        #expect(host.descriptors[0].name.description == "raw/3")
        #expect(host.descriptors[0].messageCount == 5)
    }

    @Test("it keeps quiet until somebody attaches, who is told of the peers that are there")
    func attaching() throws {
        var host = CapabilityHost(Relay<RawMessage>(descriptor), index: 7)
        var node = HostContext<RelayEvent<RawMessage>>(now: Fixture.start, random: NodeRandom(seed: 1))
        host.take(.joined(alice, index: 7), &node)
        host.take(.received(alice.connection, index: 0, id: 0, payload: [0x05]), &node)
        #expect(node.effects.isEmpty)
        let attach = RelayCommand<RawMessage>.attach(4)
        host.take(.commandReceived(attach), &node)
        guard case .event(.attached(4, let peers))? = node.effects.first else {
            Issue.record("\(node.effects)")
            return
        }
        #expect(peers == [alice])
        host.take(.received(alice.connection, index: 0, id: 4, payload: [0xc0]), &node)
        #expect(node.effects.count == 2)
        let reply = RelayCommand<RawMessage>.send(try RawMessage(id: 4, payload: [0xc1, 0x01]), to: alice.connection)
        host.take(.commandReceived(reply), &node)
        guard case .send(alice.connection, let sent)? = node.effects.last else {
            Issue.record("\(node.effects)")
            return
        }
        #expect(sent.capability == 7 && sent.id == 4 && sent.byteCount == 2)
        // To somebody who isn't there: nothing.
        node.effects = []
        let lost = RelayCommand<RawMessage>.send(try RawMessage(id: 4, payload: [0xc1, 0x01]), to: bob.connection)
        host.take(.commandReceived(lost), &node)
        // An old program's farewell doesn't detach the new one.
        host.take(.commandReceived(RelayCommand<RawMessage>.detach(3)), &node)
        #expect(node.effects.isEmpty && host.capability.attachment == 4)
        host.take(.commandReceived(RelayCommand<RawMessage>.detach(4)), &node)
        host.take(.left(alice.connection, index: 0), &node)
        #expect(node.effects.isEmpty && host.capability.attachment == nil)
    }

    @Test("topics are the attached program's: it judges their messages, and they end with it")
    func topics() {
        var host = CapabilityHost(Relay<RawMessage>(descriptor), index: 7)
        var node = HostContext<RelayEvent<RawMessage>>(now: Fixture.start, random: NodeRandom(seed: 1))
        func taken() -> [String] {
            defer { node.effects = [] }
            return node.effects.map(describe)
        }
        func effects(_ commands: [RelayCommand<RawMessage>]) -> [String] {
            for command in commands {
                host.take(.commandReceived(command), &node)
            }
            return taken()
        }
        func describe(_ effect: HostEffect<RelayEvent<RawMessage>>) -> String {
            switch effect {
            case .topic(.subscribe(let topic)): "subscribe \(topic)"
            case .topic(.unsubscribe(let topic)): "unsubscribe \(topic)"
            case .topic(.publish(let topic, let bytes)): "publish \(bytes.count) on \(topic)"
            case .topic(.judge(_, let verdict)): "judge \(verdict)"
            case .event(let event):
                if case .topicMessage(let message) = event { "message on \(message.topic)" } else { "event" }
            default: "?"
            }
        }
        let message = TopicMessage(topic: Topic("a"), id: TopicMessageID(1, 2), bytes: [1], from: alice)
        func heard() -> [String] {
            host.take(.topicMessage(message), &node)
            return taken()
        }
        #expect(heard() == ["judge ignore"])
        _ = effects([.attach(1)])
        #expect(
            effects([
                .subscribe(Topic("a")), .subscribe(Topic("a")), .subscribe(Topic("b")), .publish([1], on: Topic("a")),
            ])
                == ["subscribe a", "subscribe b", "publish 1 on a"])
        #expect(heard() == ["message on a"], "and no verdict yet")
        #expect(effects([.judge(message.id, .accept)]) == ["judge accept"])
        #expect(effects([.unsubscribe(Topic("b")), .detach(1)]) == ["unsubscribe b", "unsubscribe a"])
        _ = effects([.attach(2), .subscribe(Topic("c"))])
        #expect(effects([.attach(3)]) == ["unsubscribe c", "event"], "nor the next one's")
        #expect(effects((0..<70).map { .subscribe(Topic("topic \($0)")) }).count == Topic.maxCount)
    }

    @Test("a topic's messages wait like a peer's")
    func queuedTopicMessages() {
        var queue = RelayQueue<RawMessage>(maxMessages: 2, maxBytes: 100)
        for size in [60, 60, 1] {
            let bytes = [UInt8](repeating: 1, count: size)
            queue.append(
                .topicMessage(TopicMessage(topic: Topic("a"), id: TopicMessageID(1, 2), bytes: bytes, from: alice)))
        }
        #expect(drain(&queue) == ["60 on a", "lost 1", "1 on a"])
    }

    @Test("a payload that isn't one RLP item is the peer's offence, and counted")
    func malformed() {
        var host = CapabilityHost(Relay<RawMessage>(descriptor, attachment: 0), index: 7)
        var node = HostContext<RelayEvent<RawMessage>>(now: Fixture.start, random: NodeRandom(seed: 1))
        host.take(.joined(alice, index: 7), &node)
        node.effects = []
        for payload: [UInt8] in [[0xc1], [0x05, 0x05], []] {
            host.take(.received(alice.connection, index: 0, id: 0, payload: payload), &node)
        }
        guard case .offence(alice.connection, .malformedMessage)? = node.effects.first else {
            Issue.record("\(node.effects)")
            return
        }
        // After the first one nothing more is looked at.
        #expect(node.effects.count == 2)
        #expect(host.metrics[0].malformed == 1)
        #expect(host.metrics[0].messagesReceived == 1)
        #expect(host.metrics[0].bytesReceived == 1)
    }

    @Test("items come out as they went in")
    func order() throws {
        var queue = RelayQueue<RawMessage>(maxMessages: 1000, maxBytes: 10_000)
        queue.append(.joined(alice))
        for _ in 0..<200 { queue.append(.received(try message(), from: alice)) }
        #expect(text(queue.popFirst()) == "joined #1")
        for _ in 0..<150 { #expect(text(queue.popFirst()) == "received 1 from #1") }
        queue.append(.left(alice))
        #expect(queue.count == 51)
        #expect(drain(&queue).last == "left #1")
        #expect(queue.isEmpty)
    }

    @Test("beyond its bounds messages are dropped, and counted where they are missing")
    func bounds() throws {
        var queue = RelayQueue<RawMessage>(maxMessages: 2, maxBytes: 1000)
        queue.append(.joined(alice))
        for _ in 0..<5 { queue.append(.received(try message(), from: alice)) }
        queue.append(.joined(bob))
        _ = queue.popFirst()
        _ = queue.popFirst()
        queue.append(.received(try message([0xc0]), from: bob))
        #expect(
            drain(&queue) == ["received 1 from #1", "lost 3", "joined #2", "received 1 from #2"])
    }

    @Test("bytes are bounded too; one large message fits into an empty queue")
    func bytes() throws {
        var queue = RelayQueue<RawMessage>(maxMessages: 100, maxBytes: 60)
        let large = try message([0xb8, 99] + [UInt8](repeating: 1, count: 99))
        queue.append(.received(large, from: alice))
        queue.append(.received(try message(), from: alice))
        #expect(drain(&queue) == ["received 101 from #1", "lost 1"])
        queue.append(.received(try message(), from: alice))
        #expect(drain(&queue) == ["received 1 from #1"])
    }

    @Test("peers that come and go before anybody looks leave nothing behind")
    func churn() throws {
        var queue = RelayQueue<RawMessage>(maxMessages: 10, maxBytes: 1000)
        queue.append(.joined(alice))
        for _ in 0..<1000 {
            queue.append(.joined(bob))
            queue.append(.received(try message(), from: bob))
            queue.append(.left(bob))
        }
        #expect(queue.count == 1)
        #expect(drain(&queue) == ["joined #1"])
        queue.append(.left(alice))
        #expect(drain(&queue) == ["left #1"])
    }
}
