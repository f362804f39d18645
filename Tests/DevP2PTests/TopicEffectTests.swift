import DevP2P
import Primitives
import SansIO
import Testing

/// A capability with a topic: it accepts what begins with its realm, and puts off what is empty.
private struct Herald: Capability {
    typealias Message = NoMessages

    static let name = CapabilityName("herald", version: 1)
    static let topic = Topic("herald/news")

    mutating func started(_ node: inout CapabilityContext<Self>) {
        node.subscribe(to: Self.topic)
        node.publish([1], on: Self.topic)
        node.unsubscribe(from: Self.topic)
    }

    mutating func topicMessage(
        _ message: TopicMessage, _ node: inout CapabilityContext<Self>
    ) -> TopicVerdict {
        guard let first = message.bytes.first else { return .later }
        return first == 1 ? .accept : .reject
    }
}

/// A capability that has never heard of topics.
private struct Deaf: Capability {
    typealias Message = NoMessages
    static let name = CapabilityName("deaf", version: 1)
}

@Suite("Topics, as a capability sees them")
struct TopicEffectTests {
    @Test func effectsAreInOrder() {
        var host = CapabilityHost(Herald(), index: 0)
        var node = HostContext<Never>(now: Fixture.start, random: NodeRandom(seed: 1))
        host.take(.started, &node)
        let effects = node.effects
        guard effects.count == 3, case .topic(.subscribe(Herald.topic)) = effects[0],
            case .topic(.publish(Herald.topic, [1])) = effects[1],
            case .topic(.unsubscribe(Herald.topic)) = effects[2]
        else {
            Issue.record("\(effects)")
            return
        }
    }

    private func verdicts<C: Capability>(_ host: inout CapabilityHost<C>, _ bytes: [UInt8]) -> [TopicVerdict] {
        var node = HostContext<C.Event>(now: Fixture.start, random: NodeRandom(seed: 1))
        let message = TopicMessage(
            topic: Herald.topic, id: TopicMessageID(1, 2), bytes: bytes, from: TestPeer.make(1))
        host.take(.topicMessage(message), &node)
        return node.effects.compactMap { effect in
            guard case .topic(.judge(let judged, let verdict)) = effect, judged == message.id else { return nil }
            return verdict
        }
    }

    @Test func aVerdictIsAnEffectUnlessItFollowsLater() {
        var herald = CapabilityHost(Herald(), index: 0)
        #expect(verdicts(&herald, [1]) == [.accept])
        #expect(verdicts(&herald, [2]) == [.reject])
        #expect(verdicts(&herald, []) == [])
        var deaf = CapabilityHost(Deaf(), index: 0)
        #expect(verdicts(&deaf, [1]) == [.ignore])
    }

    @Test func whatHasNoMessagesRefusesAll() {
        #expect(Herald.descriptors[0].messageCount == 1)
        for id in UInt8(0)...2 {
            #expect(throws: WireError.unknownMessageID(id)) { try NoMessages(id: id, payload: [0xc0]) }
        }
    }

    @Test func namesOfTopicsAreShort() {
        #expect(Topic(bytes: [UInt8]()) == nil)
        #expect(Topic(bytes: [UInt8](repeating: 65, count: 64)) != nil)
        #expect(Topic(bytes: [UInt8](repeating: 65, count: 65)) == nil)
        #expect(Topic(bytes: Array("a/b".utf8)) == Topic("a/b") && Topic("a/b").description == "a/b")
        #expect(Topic("a") < Topic("ab") && Topic("ab") < Topic("b"))
    }

    @Test func aMessagesNameIsTheBeginningOfAHash() {
        let hash = Hash32((0..<32).map { UInt8($0) }) ?? .zero
        #expect(TopicMessageID(prefixOf: hash).bytes == (0..<16).map { UInt8($0) })
        #expect(TopicMessageID(0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f) == TopicMessageID(prefixOf: hash))
        #expect(TopicMessageID(1, 0) < TopicMessageID(1, 1) && TopicMessageID(1, .max) < TopicMessageID(2, 0))
    }
}
