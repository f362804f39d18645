import DevP2P
import Primitives
import SansIO
import Testing

@testable import Topics

@Suite("Topics of capabilities in topics/1")
struct TopicsCapabilityTests {
    let peers = (1...3).map { makePeer(UInt64($0)) }
    let votes = Topic("toy/votes")

    /// Peers one and two have the topic, under number 9; this node's capability 4 opens it.
    func rounds() -> TopicsRounds {
        var rounds = TopicsRounds()
        for peer in peers { rounds.join(peer) }
        rounds.receive(.subscribe([.init(number: 9, topic: votes)]), from: peers[0])
        rounds.call { $0.subscribe(to: votes, owner: 4, &$1) }
        rounds.receive(.subscribe([.init(number: 9, topic: votes)]), from: peers[1])
        return rounds
    }

    func sent(_ rounds: inout TopicsRounds) -> [(to: UInt64, message: TopicsMessage)] {
        rounds.take().compactMap { effect in
            if case .send(let to, let message) = effect, let message = message.topics {
                (to.rawValue, message)
            } else {
                nil
            }
        }
    }

    func handed(_ rounds: inout TopicsRounds) -> TopicMessage? {
        for case .event(let event) in rounds.take() {
            if case .message(let message, 4) = event { return message }
        }
        return nil
    }

    @Test func aTopicIsToldAndItsMeshBuilt() throws {
        var rounds = rounds()
        let sent = sent(&rounds)
        let told = sent.filter {
            if case .subscribe(let topics) = $0.message { topics.contains { $0.topic == votes } } else { false }
        }
        #expect(told.map(\.to).sorted() == [1, 2, 3])
        let grafted = sent.filter { if case .graft(let numbers) = $0.message { numbers == [0] } else { false } }
        #expect(grafted.map(\.to) == [1, 2])
        // A peer that comes later hears of it.
        rounds.join(makePeer(8))
        guard case .subscribe(let topics)? = self.sent(&rounds).first?.message else {
            Issue.record("a newcomer is told first")
            return
        }
        #expect(topics.map(\.topic) == [votes] && topics.map(\.number) == [0])
    }

    @Test func aMessageGoesOnAfterItsOwnersVerdict() throws {
        var rounds = rounds()
        _ = rounds.words()
        rounds.receive(.publish(topic: 9, [1, 2, 3]), from: peers[0])
        let message = try #require(handed(&rounds))
        #expect(message.bytes == [1, 2, 3] && message.topic == votes && message.peer == peers[0])
        rounds.receive(.publish(topic: 9, [1, 2, 3]), from: peers[0])
        #expect(rounds.words().isEmpty)
        rounds.call { $0.judge(message.id, .accept, owner: 5, &$1) }
        rounds.call { $0.judge(message.id, .later, owner: 4, &$1) }
        #expect(rounds.words().isEmpty, "it isn't another capability's to say")
        rounds.call { $0.judge(message.id, .accept, owner: 4, &$1) }
        #expect(rounds.words() == ["2: publish 3 on 0"])
        rounds.call { $0.judge(message.id, .accept, owner: 4, &$1) }
        #expect(rounds.words().isEmpty)
    }

    @Test func aRejectedMessageIsAnOffence() throws {
        var rounds = rounds()
        _ = rounds.words()
        rounds.receive(.publish(topic: 9, [1]), from: peers[0])
        let message = try #require(handed(&rounds))
        rounds.call { $0.judge(message.id, .reject, owner: 4, &$1) }
        #expect(rounds.words() == ["1! invalidMessage"])
        rounds.wait(.seconds(1))
        #expect(rounds.words() == ["1: prune for 60"])
    }

    @Test func onlyTheOwnerPublishes() {
        var rounds = rounds()
        _ = rounds.words()
        rounds.call { $0.publish([7], on: votes, owner: 5, &$1) }
        rounds.call { $0.publish([7], on: Topic("other"), owner: 4, &$1) }
        rounds.call { $0.publish([UInt8](repeating: 0, count: 1 << 20 + 1), on: votes, owner: 4, &$1) }
        #expect(rounds.words().isEmpty)
        rounds.call { $0.publish([7], on: votes, owner: 4, &$1) }
        #expect(rounds.words() == ["1: publish 1 on 0", "2: publish 1 on 0"])
        rounds.call { $0.publish([7], on: votes, owner: 4, &$1) }
        rounds.receive(.publish(topic: 9, [7]), from: peers[0])
        #expect(rounds.words().isEmpty, "equal bytes are one message")
    }

    @Test func aTopicHasOneOwnerAndItsNumberIsUsedAgain() {
        var rounds = rounds()
        _ = rounds.words()
        rounds.call { $0.subscribe(to: votes, owner: 5, &$1) }
        rounds.call { $0.unsubscribe(from: votes, owner: 5, &$1) }
        #expect(rounds.take().isEmpty)
        rounds.receive(.publish(topic: 9, [1]), from: peers[0])
        #expect(rounds.host.capability.contents.count == 1)
        _ = rounds.words()
        rounds.call { $0.unsubscribe(from: votes, owner: 4, &$1) }
        let words = rounds.words()
        #expect(words.prefix(2) == ["1: prune for 10", "2: prune for 10"])
        #expect(words.dropFirst(2).sorted() == (1...3).map { "\($0): unsubscribe" })
        #expect(rounds.host.capability.contents.isEmpty)
        rounds.receive(.publish(topic: 9, [2]), from: peers[0])
        #expect(rounds.words().isEmpty)
        rounds.call { $0.subscribe(to: Topic("next"), owner: 6, &$1) }
        #expect(rounds.host.capability.subscriptions.map(\.number) == [0])
        rounds.receive(.unsubscribe([9]), from: peers[0])
        rounds.receive(.publish(topic: 9, [3]), from: peers[0])
        #expect(rounds.words().isEmpty, "what was sent before a number was closed may come after")
        rounds.receive(.publish(topic: 8, [3]), from: peers[0])
        #expect(rounds.words() == ["1! protocolBreach"])
    }

    @Test("a number that a peer never gave a meaning, or that has one already, is a breach of its")
    func breaches() {
        var rounds = rounds()
        _ = rounds.words()
        for message in [
            .graft([6]), .prune(topic: 6, MeshPrune(seconds: 1)), .have(topic: 6, []), .publish(topic: 6, []),
        ] as [TopicsMessage] {
            rounds.receive(message, from: peers[0])
            #expect(rounds.words() == ["1! protocolBreach"])
        }
        for subscription in [(9, "other"), (64, "other"), (6, "toy/votes")] as [(UInt64, String)] {
            let topic = TopicSubscription(number: subscription.0, topic: Topic(subscription.1))
            rounds.receive(.subscribe([topic]), from: peers[0])
            #expect(rounds.words() == ["1! protocolBreach"])
        }
    }

    @Test("a node whose capabilities have no topics isn't woken, except to forget what peers have done")
    func rest() {
        var rounds = TopicsRounds()
        rounds.join(peers[0])
        #expect(rounds.words().isEmpty && rounds.host.deadline == nil, "nothing to say either")
        rounds.receive(.dontWant([TopicMessageID(1, 1)]), from: peers[0])
        #expect(rounds.host.deadline != nil)
        rounds.wait(.seconds(20))
        #expect(rounds.host.deadline == nil)
        rounds.call { $0.subscribe(to: votes, owner: 4, &$1) }
        #expect(rounds.host.deadline != nil)
        rounds.call { $0.unsubscribe(from: votes, owner: 4, &$1) }
        rounds.wait(.seconds(2))
        #expect(rounds.host.deadline == nil)
    }

    @Test func topicsAreBounded() {
        var rounds = TopicsRounds()
        for number in 0..<100 { rounds.call { $0.subscribe(to: Topic("t\(number)"), owner: 3, &$1) } }
        #expect(rounds.host.capability.subscriptions.count == 64)
    }

    @Test func tooManyBytesAreSpamAndTooLargeOnesAnOffence() {
        var rounds = rounds()
        _ = rounds.words()
        rounds.receive(.publish(topic: 9, [UInt8](repeating: 0, count: 1 << 20 + 1)[...]), from: peers[0])
        #expect(rounds.words() == ["1! oversizedMessage"])
        var words: [String] = []
        for number in UInt8(0)..<17 {
            rounds.receive(.publish(topic: 9, [UInt8](repeating: number, count: 1 << 20)[...]), from: peers[1])
            words += rounds.words()
        }
        #expect(words.filter { $0.hasPrefix("message") }.count == 15 && words.filter { $0 == "2! spam" }.count == 2)
        #expect(words.filter { $0.hasSuffix("dontWant 1") }.count == 15)
    }

    @Test func contactsOfDialedPeersAreSuggestedAndTakenFromFriends() throws {
        var rounds = rounds()
        for number in UInt64(10)..<30 {
            let peer = makePeer(number)
            rounds.join(peer)
            rounds.receive(.subscribe([.init(number: 9, topic: votes)]), from: peer)
        }
        for number in UInt64(10)..<30 { rounds.receive(.graft([9]), from: makePeer(number)) }
        _ = rounds.words()
        // All are dialed, so all get in; then the mesh is cut.
        rounds.wait(.seconds(1))
        let prunes = sent(&rounds).compactMap { entry in
            if case .prune(topic: 0, let prune) = entry.message { prune } else { nil }
        }
        #expect(prunes.count == 14 && prunes.allSatisfy { $0.contacts.count == 8 })
        let contacts = Array(try #require(prunes.first).contacts)
        rounds.receive(.prune(topic: 9, MeshPrune(seconds: 1, contacts: contacts)), from: peers[0])
        #expect(rounds.words().isEmpty, "from a stranger")
        for number in UInt8(0)..<6 {
            rounds.receive(.publish(topic: 9, [number]), from: peers[0])
            let message = try #require(handed(&rounds))
            rounds.call { $0.judge(message.id, .accept, owner: 4, &$1) }
        }
        _ = rounds.words()
        rounds.receive(.prune(topic: 9, MeshPrune(seconds: 1, contacts: contacts)), from: peers[0])
        #expect(rounds.words() == ["contacts 8"])
    }

    @Test func prunesThatNameNodesHaveARate() {
        var rounds = rounds()
        _ = rounds.words()
        let contact = MeshContact(endpoint: peers[2].endpoint, publicKey: peers[2].publicKey)
        let prune = TopicsMessage.prune(topic: 9, MeshPrune(seconds: 1, contacts: [contact]))
        for _ in 0..<64 { rounds.receive(prune, from: peers[0]) }
        #expect(rounds.words().isEmpty)
        rounds.receive(prune, from: peers[0])
        #expect(rounds.words() == ["1! spam"])
        rounds.receive(.prune(topic: 9, MeshPrune(seconds: 1)), from: peers[0])
        #expect(rounds.words().isEmpty, "one that names nobody costs nothing")
        rounds.wait(.seconds(2))
        _ = rounds.words()
        rounds.receive(prune, from: peers[0])
        #expect(rounds.words().isEmpty)
    }
}
