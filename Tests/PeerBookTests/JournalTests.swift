import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

@Suite("Every dial, refusal, drop and score change has a reason")
struct JournalTests {
    /// What was noted in one story, as the log has it, without node ids.
    private func story(_ body: (inout Rounds) -> Void) -> [String] {
        var rounds = Rounds()
        body(&rounds)
        rounds.collect()
        return rounds.events.map { "\($0.kind): \($0.reason)\($0.score.map { ", score \($0)" } ?? "")" }
    }

    @Test func dials() {
        let story = story { rounds in
            rounds.book.addCandidate(Node(1).contact, now: rounds.now)
            rounds.book.addStatic(Node(2).contact, now: rounds.now)
            let targets = rounds.dials()
            rounds.book.dialFailed(targets[0].connection, now: rounds.now)
            rounds.book.disconnected(targets[1].connection, .timeout(.handshake), now: rounds.now)
        }
        #expect(
            story == [
                "candidateAdded: worth a dial", "candidateAdded: worth a dial", "dialing: it is a static peer",
                "dialing: a slot is free, and it is a candidate", "dialFailed: it can't be reached",
                "backedOff: it can't be reached", "handshakeEnded: timeout: no key exchange",
                "backedOff: the handshake failed",
            ])
    }

    @Test func refusalsAndDrops() {
        let story = story { rounds in
            let first = rounds.accept(Node(1))
            _ = rounds.accept(Node(1))
            let silent = rounds.nextConnection()
            _ = rounds.book.admitInbound(silent, from: Endpoint(ip: Node(2).contact.ip, port: 7), now: rounds.now)
            rounds.book.disconnected(silent, .network, now: rounds.now)
            rounds.book.disconnected(first.connection, .remote(.quitting), now: rounds.now)
        }
        #expect(
            story == [
                "connected: it dialed us", "inboundRefused: its address connected a moment ago",
                "handshakeEnded: network: connection closed", "disconnected: peer said: client quitting",
            ])
    }

    @Test func scores() {
        let story = story { rounds in
            let peer = rounds.accept(Node(1))
            _ = rounds.book.report(.uselessResponse, by: peer.connection, now: rounds.now)
            _ = rounds.book.report(.malformedMessage, by: peer.connection, now: rounds.now)
            rounds.book.addTrusted(Node(1).id, now: rounds.now)
        }
        #expect(
            story == [
                "connected: it dialed us", "offence: useless response, score 5",
                "offence: malformed message, score 105",
                "disconnected: we said: breach of protocol", "backedOff: this node ended the session for what it did",
                "pardoned: the operator wants it, score was 105, score 0",
            ])
    }

    @Test func ofEachKindTheNewestAreKept() {
        var journal = PeerJournal()
        let endpoint = Endpoint(ip: .loopback, port: 1)
        journal.note(.connected(Node(1).id, isInbound: true), at: .start)
        for _ in 0..<100_000 { journal.note(.inboundRefused(endpoint, .tooManyPending), at: .start) }
        for _ in 0..<100 { journal.note(.candidateAdded(Node(2).id), at: .start) }
        // A flood of one kind doesn't hide another.
        let all = journal.newest(.max)
        #expect(all.count == 1 + PeerJournal.capacityPerKind)
        #expect(all.first?.event == .connected(Node(1).id, isInbound: true))
        #expect(all.last?.number == 100_001)
        #expect(journal.count(of: .inboundRefused) == 100_000 && journal.count(of: .candidateAdded) == 100)
        #expect(journal.newest(3).map(\.number) == [99_999, 100_000, 100_001])
        #expect(journal.newest(0).isEmpty && journal.newest(-1).isEmpty)
    }

    @Test func decisionsAreCountedByReason() {
        var journal = PeerJournal()
        let endpoint = Endpoint(ip: .loopback, port: 1)
        let id = Node(1).id
        for failures in 1...3 { journal.note(.candidateDropped(id, .givenUp(failures: failures)), at: .start) }
        journal.note(.inboundRefused(endpoint, .throttled), at: .start)
        journal.note(.offence(id, .spam, score: 7), at: .start)
        journal.note(.offence(id, .spam, score: 9), at: .start)
        journal.note(.disconnected(id, .remote(.tooManyPeers)), at: .start)
        journal.note(.sessionRefused(id, label: "wrongNetwork", reason: "its network id is 8"), at: .start)
        #expect(
            journal.countsByReason.map { "\($0.reason.kind.rawValue) \($0.reason.label) \($0.count)" } == [
                "candidateDropped givenUp 3", "disconnected remote: too many peers 1", "inboundRefused throttled 1",
                "offence spam 2", "sessionRefused wrongNetwork 1",
            ])
        #expect(journal.count(of: .offence) == 2)
    }

    @Test func aLineOfTheLogSaysWhoWhereAndWhy() {
        let endpoint = Endpoint(ip: .loopback, port: 1)
        #expect(
            "\(PeerEvent.evicted(endpoint, nil, for: .tooManyPending))"
                == "evicted 127.0.0.1:1: idle, for a newcomer: too many handshakes are under way")
        let line = "\(PeerEvent.offence(Node(1).id, .spam, score: 100))"
        #expect(line.hasPrefix("offence ") && line.hasSuffix(": spam, score 100"))
        #expect(
            "\(PeerEvent.handshakeEnded(endpoint, nil, isInbound: true, .network))".hasPrefix("handshake ended 127"))
    }

    /// People read words; counters and programs go by tokens, which hold no spaces and don't follow the words.
    @Test func reasonsAreWordsAndLabelsAreTokens() {
        let endpoint = Endpoint(ip: .loopback, port: 1)
        let id = Node(1).id
        var events: [PeerEvent] = CandidateRefusal.allCases.map { .candidateRefused(id, $0) }
        events += [CandidateLoss.pushedOut, .givenUp(failures: 3), .removed].map { .candidateDropped(id, $0) }
        events += DialReason.allCases.map { .dialing(id, endpoint, $0) }
        events += InboundRefusal.allCases.flatMap {
            [.inboundRefused(endpoint, $0), .evicted(endpoint, id, for: $0)]
        }
        events += PeerRefusal.allCases.map { .refused(id, $0) }
        events += Setback.allCases.map { .backedOff(id, $0, until: .start) }
        for offence in Offence.allCases {
            events += [.offence(id, offence, score: 1), .banned(id, for: offence, until: .start)]
            events.append(.spared(id, offence, score: 1))
        }
        for event in events {
            #expect(!event.reason.hasCaseName, "\(event)")
            #expect(!"\(event)".hasCaseName, "\(event)")
            #expect(event.label.allSatisfy { $0.isLetter }, "\(event.label)")
        }
        #expect(PeerEvent.refused(id, .unexpectedIdentity).label == "unexpectedIdentity")
    }
}

extension String {
    /// Whether a word goes on with a capital letter, as the names of Swift's cases do.
    fileprivate var hasCaseName: Bool { zip(self, dropFirst()).contains { $0.isLowercase && $1.isUppercase } }
}
