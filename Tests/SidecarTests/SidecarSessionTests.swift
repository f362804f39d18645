import DevP2P
import Primitives
import Testing

@testable import Sidecar

@Suite("A program's session")
struct SidecarSessionTests {
    /// What a relay is told, as text.
    private func text(_ command: SidecarSession.Command) -> String {
        switch command {
        case .attach(let number): "attach \(number)"
        case .detach(let number): "detach \(number)"
        case .send(let message, let peer): "send \(message.id) \(message.payload) to \(peer)"
        case .broadcast(let message): "broadcast \(message.id) \(message.payload)"
        case .report(let offence, let peer): "report \(offence) by \(peer)"
        case .credit(let merit, let peer): "credit \(merit) to \(peer)"
        case .disconnect(let peer, let reason): "disconnect \(peer) \(reason)"
        case .subscribe(let topic): "subscribe \(topic)"
        case .unsubscribe(let topic): "unsubscribe \(topic)"
        case .publish(let bytes, let topic): "publish \(bytes) on \(topic)"
        case .judge(let id, let verdict): "judge \(id.bytes.first ?? 0) \(verdict)"
        }
    }

    private static let requests =
        Program.frame(0x02, Program.number(7) + [3, 0xc1, 0x05]) + Program.frame(0x03, [0, 0x80])
        + Program.frame(0x04, Program.number(1 << 40) + Array("spam".utf8))
        + Program.frame(0x05, Program.number(7) + [0x03])
        + Program.frame(0x06, Program.number(7) + Array("usefulResponse".utf8))
        + Program.frame(0x07, Array("votes".utf8)) + Program.frame(0x09, [5] + Array("votes".utf8) + [1, 2])
        + Program.frame(0x0a, [9] + [UInt8](repeating: 0, count: 15) + [1]) + Program.frame(0x08, Array("votes".utf8))

    private static let commands = [
        "send 3 [193, 5] to #7", "broadcast 0 [128]", "report spam by #1099511627776", "disconnect #7 useless peer",
        "credit usefulResponse to #7", "subscribe votes", "publish [1, 2] on votes", "judge 9 accept",
        "unsubscribe votes",
    ]

    @Test("attach is answered with what the program has to know, and the peers that are there")
    func attach() throws {
        var session = try Program.session()
        #expect(session.receive(Program.attach[...]).wantsAttachment)
        #expect(session.attachment == nil)
        #expect(session.grant(5).map(text) == "attach 5")
        session.relay(.attached(5, peers: [try Program.peer(1)]))
        session.relay(.joined(try Program.peer(2)))
        session.relay(.received(try RelayedMessage(id: 2, payload: [0xc1, 0x07]), from: try Program.peer(2)))
        var frames = session.drain()
        session.relay(.left(try Program.peer(1)))
        frames += session.drain()
        try #require(frames.map(\.type) == [0x81, 0x83, 0x83, 0x84, 0x85])
        #expect(
            frames[0].body == [1, 4, 0, 0, 0x03, 0xe8] + (try Program.key(9)).bytes + Array("chat/1".utf8))
        #expect(
            frames[1].body == Program.number(1) + (try Program.key(1)).bytes + [1, 15]
                + Array("127.0.0.1:30000peer/1".utf8))
        #expect(frames[2].body[72] == 0)
        #expect(frames[3].body == Program.number(2) + [2, 0xc1, 0x07])
        #expect(frames[4].body == Program.number(1))
    }

    @Test func messagesOfTopics() throws {
        var session = try Program.session()
        let message = TopicMessage(
            topic: Topic("votes"), id: TopicMessageID(1, 2), bytes: [7, 8], from: try Program.peer(3))
        session.relay(.topicMessage(message))
        #expect(session.drain().isEmpty, "not before it is attached")
        Program.attached(&session, as: 5)
        session.relay(.topicMessage(message))
        let frames = session.drain()
        #expect(frames.map(\.type) == [0x87])
        let id = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2] as [UInt8]
        #expect(frames.first?.body == id + Program.number(3) + [5] + Array("votes".utf8) + [7, 8])
    }

    @Test("requests in pieces of every size")
    func drip() throws {
        for size in [1, 2, 3, 5, 7, 1000] {
            var session = try Program.session()
            Program.attached(&session, as: 1)
            var texts: [String] = []
            for at in stride(from: 0, to: Self.requests.count, by: size) {
                let piece = Self.requests[at..<min(at + size, Self.requests.count)]
                texts += session.receive(piece).commands.map(text)
            }
            #expect(texts == Self.commands, "pieces of \(size)")
            #expect(!session.hasEnded)
        }
    }

    @Test("bytes cut off anywhere give whole requests only")
    func truncated() throws {
        for count in 0..<Self.requests.count {
            var session = try Program.session()
            Program.attached(&session, as: 1)
            let texts = session.receive(Self.requests[..<count]).commands.map(text)
            #expect(texts == Array(Self.commands.prefix(texts.count)) && !session.hasEnded)
        }
    }

    @Test("attach and requests may come in one piece; they count once it is granted")
    func atOnce() throws {
        var session = try Program.session()
        let outcome = session.receive((Program.attach + Self.requests)[...])
        #expect(outcome.wantsAttachment)
        #expect(outcome.commands.map(text) == Self.commands)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let sentence: String
        var testDescription: String { sentence }

        init(_ bytes: [UInt8], _ sentence: String) {
            self.bytes = bytes
            self.sentence = sentence
        }
    }

    private static let mistakes = [
        Mistake([0, 0, 0, 0], "a frame of length 0"),
        Mistake([0, 0, 0x04, 0x40], "a frame of 1088 bytes; at most 1066 are allowed"),
        Mistake([0xff, 0xff, 0xff, 0xff], "a frame of 4294967295 bytes; at most 1066 are allowed"),
        Mistake(Program.frame(0x77), "an unknown frame type 119"),
        Mistake(Program.frame(0x02, [1, 2, 3]), "a frame of type 2 that ends too early or too late"),
        Mistake(Program.frame(0x03), "a frame of type 3 that ends too early or too late"),
        Mistake(Program.frame(0x05, Program.number(1) + [3, 3]), "a frame of type 5 that ends too early or too late"),
        Mistake(Program.frame(0x04, Program.number(1) + [0xff]), "a frame of type 4 that ends too early or too late"),
        Mistake(Program.frame(0x04, Program.number(1) + Array("no".utf8)), "no offence is called 'no'"),
        Mistake(Program.frame(0x06, Program.number(1) + Array("no".utf8)), "no merit is called 'no'"),
        Mistake(Program.frame(0x05, Program.number(1) + [0x0c]), "no reason for a disconnect has the number 12"),
        Mistake(Program.frame(0x03, [4, 0xc0]), "message id 4, and the capability reserves 4"),
        Mistake(Program.frame(0x03, [0]), "a payload that isn't exactly one RLP item"),
        Mistake(Program.frame(0x03, [0, 0xc0, 0xc0]), "a payload that isn't exactly one RLP item"),
        Mistake(
            Program.frame(0x03, [0] + [UInt8](repeating: 1, count: 1001)),
            "a payload of 1001 bytes; at most 1000 are allowed"),
        Mistake(Program.frame(0x07), "a frame of type 7 that ends too early or too late"),
        Mistake(
            Program.frame(0x08, [UInt8](repeating: 97, count: 65)), "a frame of type 8 that ends too early or too late"),
        Mistake(Program.frame(0x09, [6] + Array("votes".utf8)), "a frame of type 9 that ends too early or too late"),
        Mistake(Program.frame(0x09, [0, 1]), "a frame of type 9 that ends too early or too late"),
        Mistake(
            Program.frame(0x09, [1, 97] + [UInt8](repeating: 1, count: 1001)),
            "a payload of 1001 bytes; at most 1000 are allowed"),
        Mistake(
            Program.frame(0x0a, [UInt8](repeating: 0, count: 15)), "a frame of type 10 that ends too early or too late"),
        Mistake(
            Program.frame(0x0a, [UInt8](repeating: 0, count: 16) + [3]),
            "a frame of type 10 that ends too early or too late"),
        Mistake(Program.attach, "attach must come first, and once"),
    ]

    @Test("a mistake is named, and is the end", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        var session = try Program.session()
        Program.attached(&session, as: 6)
        session.relay(.joined(try Program.peer(1)))
        let outcome = session.receive((Self.requests + mistake.bytes)[...])
        #expect(outcome.commands.map(text) == Self.commands + ["detach 6"])
        #expect(session.hasEnded)
        let frames = session.drain()
        #expect(frames.map(\.type) == [0x82])
        #expect(frames.first.map { String(decoding: $0.body, as: UTF8.self) } == mistake.sentence)
        #expect(session.receive(Self.requests[...]).commands.isEmpty)
        session.relay(.joined(try Program.peer(2)))
        #expect(!session.hasBytes)
    }

    @Test("before it is attached nothing that a program says counts")
    func strangers() throws {
        let beginnings = [
            Self.requests, Program.frame(0x01, [2] + Array("chat/1".utf8)),
            Program.frame(0x01, [1] + Array("chat/2".utf8)), Program.frame(0x01),
            Program.attach + Self.requests + [0, 0, 0, 0],
        ]
        for beginning in beginnings {
            var session = try Program.session()
            let outcome = session.receive(beginning[...])
            #expect(outcome.commands.isEmpty && !outcome.wantsAttachment && session.hasEnded)
            #expect(session.grant(1) == nil)
            #expect(session.drain().map(\.type) == [0x82])
        }
    }

    @Test("what was meant for an earlier program is not told to the next")
    func earlier() throws {
        var session = try Program.session()
        _ = session.receive(Program.attach[...])
        _ = session.grant(2)
        _ = session.drain()
        let peer = try Program.peer(1)
        session.relay(.attached(1, peers: [peer]))
        session.relay(.received(try RelayedMessage(id: 0, payload: [0xc0]), from: peer))
        #expect(!session.hasBytes)
        session.relay(.attached(2, peers: [peer]))
        session.relay(.received(try RelayedMessage(id: 1, payload: [0xc0]), from: peer))
        #expect(session.drain().map(\.type) == [0x83, 0x84])
    }

    @Test("a slow program loses messages, and is told how many")
    func slow() throws {
        var session = try Program.session(maxQueuedMessages: 10)
        let peer = try Program.peer(1)
        Program.attached(&session, as: 1, peers: [peer])
        for _ in 0..<1000 { session.relay(.received(try RelayedMessage(id: 0, payload: [0xc0]), from: peer)) }
        session.relay(.left(peer))
        let frames = session.drain()
        #expect(frames.map(\.type) == [UInt8](repeating: 0x84, count: 10) + [0x86, 0x85])
        #expect(frames[10].body == Program.number(990))
    }

    @Test("bytes are taken in portions, a frame at a time")
    func portions() throws {
        var session = try Program.session()
        let peer = try Program.peer(1)
        Program.attached(&session, as: 1, peers: [peer])
        for _ in 0..<10 { session.relay(.received(try RelayedMessage(id: 0, payload: [0xc0]), from: peer)) }
        #expect(Program.frames(session.takeBytes(about: 20)).count == 2)
        #expect(session.hasBytes)
        #expect(session.drain().count == 8)
    }
}
