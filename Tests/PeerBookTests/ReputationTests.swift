import DevP2P
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

@Suite struct ReputationTests {
    /// Each row: an offence, how often it takes to be disconnected, and to be banned (0: never within ten).
    @Test(
        arguments: [
            (.malformedMessage, 1, 2), (.unknownMessageID, 1, 2), (.oversizedMessage, 1, 2), (.protocolBreach, 1, 2),
            (.unsolicitedResponse, 4, 8), (.uselessResponse, 20, 40), (.invalidResponse, 1, 1),
            (.requestTimeout, 13, 25),
            (.invalidHeader, 1, 1), (.invalidBlock, 1, 1), (.invalidTransaction, 50, 100), (.spam, 1, 2),
            (.wrongFork, 1, 2), (.badHandshake, 10, 20), (.badFrame, 1, 2), (.unreachable, 0, 0),
            (.handshakeTimeout, 20, 40), (.connectionTimeout, 20, 40), (.slowReader, 10, 20),
        ] as [(Offence, Int, Int)])
    func weights(offence: Offence, disconnectAfter: Int, banAfter: Int) {
        var rounds = Rounds()
        let id = Node(1).id
        var disconnected: Int?
        var banned: Int?
        for count in 1...120 where banned == nil {
            if case .disconnect = rounds.book.report(offence, by: id, now: rounds.now), disconnected == nil {
                disconnected = count
            }
            if rounds.book.ban(of: id, now: rounds.now) != nil { banned = count }
        }
        #expect(disconnected == (disconnectAfter == 0 ? nil : disconnectAfter))
        #expect(banned == (banAfter == 0 ? nil : banAfter))
    }

    @Test func theTableNamesEveryOffence() {
        #expect(Offence.allCases.count == 23)
        for offence in Offence.allCases { #expect(ReputationTable.standard[offence].points >= 0) }
    }

    @Test func scoresDecay() {
        var rounds = Rounds()
        let id = Node(1).id
        for _ in 0..<5 { _ = rounds.book.report(.requestTimeout, by: id, now: rounds.now) }
        #expect(rounds.book.score(of: id, now: rounds.now) == 40)
        #expect(rounds.book.score(of: id, now: rounds.now + .seconds(60)) == 30)
        #expect(rounds.book.score(of: id, now: rounds.now + .seconds(239)) == 0)
        // A slow peer with a time-out each minute stays.
        for _ in 0..<500 {
            rounds.now = rounds.now + .seconds(60)
            #expect(rounds.book.report(.requestTimeout, by: id, now: rounds.now) == .keep)
        }
    }

    @Test func aBannedNodeIsKeptOut() throws {
        var rounds = Rounds()
        _ = rounds.fill(1)
        let node = Node(1)
        rounds.book.addCandidate(node.contact, now: rounds.now)
        let target = rounds.dials()[0]
        #expect(rounds.complete(target) == nil)
        let verdict = rounds.book.report(.invalidBlock, by: target.connection, now: rounds.now)
        #expect(verdict == .disconnect(.subprotocolError))
        #expect(rounds.book.peerCount == 1)
        let end = try #require(rounds.book.ban(of: node.id, now: rounds.now))
        #expect(end == rounds.now + .seconds(1800))
        #expect(rounds.dials(after: .seconds(1790)).isEmpty)
        #expect(rounds.book.addCandidate(node.contact, now: rounds.now) == .banned)
        #expect(rounds.accept(node).reason == .uselessPeer)
        rounds.now = end
        #expect(rounds.accept(node).reason == nil)
        // The second ban is four times as long.
        _ = rounds.book.report(.invalidBlock, by: node.id, now: rounds.now)
        #expect(rounds.book.ban(of: node.id, now: rounds.now) == rounds.now + .seconds(7200))
    }

    @Test func threeBannedNodesBanTheirAddress() {
        var rounds = Rounds(PeerLimits(maxPeers: 60))
        _ = rounds.fill(1)
        for number in 1...3 {
            let node = Node(UInt64(number), ip: "34.9.9.9")
            let peer = rounds.accept(node)
            #expect(peer.refusal == nil && peer.reason == nil)
            _ = rounds.book.report(.invalidBlock, by: peer.connection, now: rounds.now)
            rounds.now = rounds.now + .seconds(31)
        }
        #expect(rounds.accept(Node(4, ip: "34.9.9.9")).refusal == .addressBanned)
        #expect(rounds.book.addCandidate(Node(5, ip: "34.9.9.9").contact, now: rounds.now) == .banned)
        #expect(rounds.accept(Node(6, ip: "34.9.9.8")).refusal == nil)
        rounds.now = rounds.now + .seconds(1801)
        #expect(rounds.accept(Node(4, ip: "34.9.9.9")).refusal == nil)
    }

    @Test func aLocalAddressIsNotBanned() {
        var rounds = Rounds(PeerLimits(maxPeers: 60))
        for number in 1...5 {
            let peer = rounds.accept(Node(UInt64(number), ip: "127.0.0.1"))
            _ = rounds.book.report(.invalidBlock, by: peer.connection, now: rounds.now)
        }
        #expect(rounds.accept(Node(6, ip: "127.0.0.1")).refusal == nil)
    }

    @Test func staticAndTrustedPeersGetMorePatience() {
        var rounds = Rounds()
        rounds.book.addStatic(Node(1).contact, now: rounds.now)
        rounds.book.addTrusted(Node(2).id, now: rounds.now)
        for _ in 0..<9 { #expect(rounds.book.report(.invalidBlock, by: Node(1).id, now: rounds.now) == .keep) }
        #expect(rounds.book.report(.invalidBlock, by: Node(1).id, now: rounds.now) == .disconnect(.subprotocolError))
        for _ in 0..<100 { #expect(rounds.book.report(.invalidBlock, by: Node(2).id, now: rounds.now) == .keep) }
        #expect(rounds.book.ban(of: Node(1).id, now: rounds.now) == nil)
        #expect(rounds.book.ban(of: Node(2).id, now: rounds.now) == nil)
    }

    @Test func aBrokenFrameCounts() {
        var rounds = Rounds()
        let peer = rounds.accept(Node(1))
        rounds.book.disconnected(peer.connection, .protocolError(.corruptCompression), now: rounds.now)
        #expect(rounds.book.score(of: Node(1).id, now: rounds.now) == 100)
    }

    @Test func standingsAreBounded() {
        var limits = PeerLimits()
        limits.maxStandings = 10
        var rounds = Rounds(limits)
        let banned = Node(1).id
        _ = rounds.book.report(.invalidBlock, by: banned, now: rounds.now)
        for number in 2...60 { _ = rounds.book.report(.requestTimeout, by: Node(UInt64(number)).id, now: rounds.now) }
        #expect(rounds.book.ban(of: banned, now: rounds.now) != nil, "a flood of others doesn't lift a ban")
        #expect(rounds.book.score(of: Node(2).id, now: rounds.now) == 0)
        #expect(rounds.book.score(of: Node(60).id, now: rounds.now) == 8)
    }

    @Test func onePeerOfAFullKindIsRotated() throws {
        var rounds = Rounds(PeerLimits(maxPeers: 15))
        var peers: [ConnectionID] = []
        for number in 1...10 { peers.append(rounds.accept(Node(UInt64(number))).connection) }
        #expect(rounds.book.inboundCount == 10)
        for _ in 0..<50 { rounds.book.credit(.firstBlock, to: peers[4], now: rounds.now) }
        rounds.book.addTrusted(Node(1).id, now: rounds.now)
        // The first rotation comes before anyone is old enough.
        var deadline = try #require(rounds.book.deadline)
        #expect((Duration.seconds(180)...Duration.seconds(420)).contains(deadline - rounds.now))
        var rotated: [PeerEvent] = []
        for _ in 0..<30 {
            rounds.book.deadlineReached(now: deadline)
            rounds.now = deadline
            rounds.collect()
            let events = rounds.events.filter { if case .rotated = $0 { true } else { false } }
            if rotated.count < events.count {
                rotated = events
                #expect(rounds.now - .start >= .seconds(600))
                // The slot is taken again, so that the pool is full.
                let place = UInt64(rotated.count)
                #expect(rounds.accept(Node(100 + place)).reason == nil)
            }
            deadline = try #require(rounds.book.deadline)
        }
        #expect(rotated.count > 5)
        #expect(!rotated.contains(.rotated(Node(1).id)), "trusted")
        #expect(rounds.disconnects.allSatisfy { $0.1 == .uselessPeer })
    }

    @Test func nobodyIsRotatedWhileThereIsRoomOrSync() throws {
        var rounds = Rounds(PeerLimits(maxPeers: 15))
        for number in 1...9 { _ = rounds.accept(Node(UInt64(number))) }
        for _ in 0..<20 {
            rounds.now = try #require(rounds.book.deadline)
            rounds.book.deadlineReached(now: rounds.now)
        }
        _ = rounds.accept(Node(10))
        rounds.book.isSyncing = true
        for _ in 0..<20 {
            rounds.now = try #require(rounds.book.deadline)
            rounds.book.deadlineReached(now: rounds.now)
        }
        rounds.collect()
        #expect(rounds.book.peerCount == 10 && rounds.disconnects.isEmpty)
    }
}
