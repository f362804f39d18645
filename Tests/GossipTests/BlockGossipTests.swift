import Chain
import DevP2P
import EthWire
import Primitives
import SansIO
import Testing

@testable import DevP2P
@testable import Gossip

/// One node's block gossip with its host and a clock.
struct BlockRounds {
    var host: CapabilityHost<BlockGossip>
    var random: NodeRandom
    var now = Instant.start
    private(set) var effects: [HostEffect] = []

    init(limits: BlockGossipLimits = BlockGossipLimits(), seed: UInt64 = 1) {
        host = CapabilityHost(BlockGossip(limits: limits), index: 0)
        random = NodeRandom(seed: seed)
        host.started(now: now, random: &random, effects: &effects)
    }

    mutating func join(_ peer: Peer) { host.peerJoined(peer, now: now, random: &random, effects: &effects) }

    mutating func leave(_ peer: Peer) { host.peerLeft(peer.connection, now: now, random: &random, effects: &effects) }

    mutating func receive(_ message: BlockGossipMessage, from peer: Peer) {
        host.received(
            id: message.id, payload: message.payload, from: peer.connection, now: now, random: &random,
            effects: &effects)
    }

    mutating func receive(_ outbound: OutboundMessage, from peer: Peer) {
        guard let payload = outbound.uncompressed else {
            Issue.record("not snappy")
            return
        }
        host.received(
            id: outbound.id, payload: payload, from: peer.connection, now: now, random: &random, effects: &effects)
    }

    mutating func call(_ body: (inout BlockGossip, inout CapabilityContext<BlockGossip>) -> Void) {
        host.withContext(now: now, random: &random, effects: &effects) { body(&$0, &$1) }
    }

    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let deadline = host.deadline, deadline <= end {
            now = max(now, deadline)
            host.deadlineReached(now: now, random: &random, effects: &effects)
        }
        now = end
    }

    mutating func take() -> [HostEffect] {
        defer { effects = [] }
        return effects
    }

    /// The effects as words, for instance `3: newBlock 7`.
    mutating func words() -> [String] {
        take().map { effect in
            switch effect {
            case .send(let connection, let outbound): "\(connection.rawValue): \(Self.describe(outbound))"
            case .offence(let connection, let offence): "\(connection.rawValue)! \(offence)"
            case .credit(let connection, let merit, _, let latency):
                "\(connection.rawValue)+ \(merit) after \(latency ?? .zero)"
            case .disconnect(let connection, _): "\(connection.rawValue)! disconnect"
            case .event(let event as BlockGossip.Event):
                switch event {
                case .block(let block, let totalDifficulty, let peer):
                    "block \(block.number) td \(totalDifficulty) from \(peer.connection.rawValue)"
                case .announced(_, let number, let peer): "announced \(number) from \(peer.connection.rawValue)"
                }
            case .event, .run, .serve: "?"
            }
        }
    }

    private static func describe(_ outbound: OutboundMessage) -> String {
        guard let payload = outbound.uncompressed,
            let message = try? BlockGossipMessage(id: outbound.id, payload: payload[...])
        else { return "undecodable" }
        return switch message {
        case .newBlockHashes(let blocks): "hashes \(blocks.map(\.number))"
        case .newBlock(let block): "push \(block.block.number)"
        case .getBlocks(let id, let hashes): "get #\(id) \(hashes.count)"
        case .blocks(let id, let list): "blocks #\(id) \((try? list.decoded().map(\.block.number)) ?? [])"
        }
    }
}

extension OutboundMessage {
    var uncompressed: [UInt8]? { payload.withUnsafeBytes { try? Snappy.decompress($0, limit: 10 << 20) } }
}

@Suite struct BlockGossipTests {
    let peers = (1...5).map { makePeer(UInt64($0)) }

    func rounds(_ count: Int = 5, limits: BlockGossipLimits = BlockGossipLimits()) -> BlockRounds {
        var rounds = BlockRounds(limits: limits)
        for peer in peers.prefix(count) { rounds.join(peer) }
        return rounds
    }

    func push(_ block: Block) -> BlockGossipMessage { .newBlock(GossipBlock(block: block, totalDifficulty: 9)) }

    func hashes(_ blocks: Block...) -> BlockGossipMessage {
        .newBlockHashes(blocks.map { BlockAnnouncement(hash: $0.hash, number: $0.number) })
    }

    @Test func aBlockOfOursIsPushedToSomeAndAnnouncedToTheRest() {
        var rounds = rounds()
        rounds.call { $0.publish(makeBlock(1), totalDifficulty: 2, &$1) }
        let words = rounds.words()
        #expect(words.filter { $0.hasSuffix("push 1") }.count == 3)
        #expect(words.filter { $0.hasSuffix("hashes [1]") }.count == 2)
        #expect(Set(words.compactMap(\.first)).count == 5, "each peer hears of it once")
        rounds.call { $0.publish(makeBlock(1), totalDifficulty: 2, &$1) }
        #expect(rounds.words().isEmpty, "once")
    }

    @Test func aBlockFromAPeerGoesOnInTwoSteps() {
        var rounds = rounds()
        let block = makeBlock(1)
        rounds.receive(push(block), from: peers[0])
        #expect(rounds.words() == ["block 1 td 9 from 1"])
        rounds.receive(push(block), from: peers[1])
        #expect(rounds.words().isEmpty, "an event once")
        rounds.call { $0.verified(block.hash, &$1) }
        let pushes = rounds.words()
        #expect(pushes.count == 2 && pushes.allSatisfy { $0.hasSuffix("push 1") }, "of three who don't have it")
        rounds.call { $0.accepted(block.hash, &$1) }
        let announcements = rounds.words()
        #expect(announcements.count == 1 && announcements.allSatisfy { $0.hasSuffix("hashes [1]") })
        #expect(Set((pushes + announcements).compactMap(\.first)) == ["3", "4", "5"])
        rounds.call { $0.accepted(block.hash, &$1) }
        #expect(rounds.words().isEmpty)
    }

    @Test func acceptedAloneDoesBoth() {
        var rounds = rounds()
        rounds.receive(push(makeBlock(1)), from: peers[0])
        _ = rounds.words()
        rounds.call { $0.accepted(makeBlock(1).hash, &$1) }
        let words = rounds.words()
        #expect(words.filter { $0.hasSuffix("push 1") }.count == 2 && words.count == 4)
    }

    @Test func anAnnouncedBlockIsFetchedUnlessItComes() {
        var rounds = rounds()
        let block = makeBlock(1)
        rounds.receive(hashes(block), from: peers[0])
        rounds.wait(.milliseconds(199))
        #expect(rounds.words().isEmpty)
        rounds.wait(.milliseconds(1))
        #expect(rounds.words() == ["1: get #1 1"])
        let answer = BlockGossipMessage.blocks(
            requestID: 1, EncodedList([GossipBlock(block: block, totalDifficulty: 5)]))
        rounds.now = rounds.now + .milliseconds(40)
        rounds.receive(answer, from: peers[0])
        #expect(rounds.words() == ["block 1 td 5 from 1", "1+ usefulResponse after 0.04 seconds"])
        let other = makeBlock(2)
        rounds.receive(hashes(other), from: peers[0])
        rounds.receive(push(other), from: peers[1])
        rounds.wait(.seconds(10))
        #expect(rounds.words() == ["block 2 td 9 from 2"])
        #expect(rounds.host.deadline == nil)
    }

    @Test func whenThePeerIsSlowOrGoneAnotherOneIsAsked() {
        var rounds = rounds()
        let block = makeBlock(1)
        for peer in peers[0...2] { rounds.receive(hashes(block), from: peer) }
        rounds.wait(.milliseconds(200))
        #expect(rounds.words() == ["1: get #1 1"])
        rounds.wait(.seconds(3))
        #expect(rounds.words() == ["1! requestTimeout", "2: get #2 1"])
        rounds.leave(peers[1])
        #expect(rounds.words() == ["3: get #3 1"])
        rounds.receive(.blocks(requestID: 3, EncodedList([GossipBlock]())), from: peers[2])
        rounds.wait(.seconds(30))
        #expect(rounds.words().isEmpty, "nobody is left who has it")
        #expect(rounds.host.deadline == nil)
        // A late answer is harmless.
        rounds.receive(.blocks(requestID: 1, EncodedList([GossipBlock]())), from: peers[0])
        #expect(rounds.words().isEmpty)
    }

    @Test func farBlocksAreForTheDownloader() {
        var rounds = rounds()
        rounds.host.capability.headNumber = 100
        for (number, isFetched) in [(92, false), (93, true), (132, true), (133, false)] as [(UInt64, Bool)] {
            rounds.receive(hashes(makeBlock(number)), from: peers[0])
            rounds.receive(hashes(makeBlock(number)), from: peers[1])
            rounds.wait(.milliseconds(200))
            let words = rounds.words()
            #expect(words.count == 1)
            #expect(words.first?.contains("get") == isFetched)
            #expect((words.first == "announced \(number) from 1") == !isFetched, "once")
        }
    }

    @Test func requestsAreAnsweredFromWhatIsHeld() {
        var rounds = rounds(2)
        let blocks = (1...3).map { makeBlock(UInt64($0)) }
        for block in blocks { rounds.call { $0.publish(block, totalDifficulty: 2, &$1) } }
        rounds.receive(push(makeBlock(4)), from: peers[0])
        _ = rounds.words()
        let asked = [blocks[2].hash, Hash32(), blocks[0].hash, makeBlock(4).hash]
        rounds.receive(.getBlocks(requestID: 8, asked), from: peers[1])
        #expect(rounds.words() == ["2: blocks #8 [3, 1]"], "what isn't checked yet isn't passed on")
    }

    @Test func aBadBlockIsReported() {
        var rounds = rounds()
        let block = makeBlock(1)
        rounds.receive(push(block), from: peers[0])
        rounds.receive(push(block), from: peers[3])
        _ = rounds.words()
        rounds.call { $0.blockRejected(block.hash, offence: .invalidHeader, &$1) }
        #expect(rounds.words() == ["1! invalidHeader", "4! invalidHeader"])
        rounds.call { $0.accepted(block.hash, &$1) }
        rounds.receive(push(block), from: peers[1])
        #expect(rounds.words().isEmpty, "it is neither passed on nor looked at again")
        let other = makeBlock(2)
        rounds.receive(push(other), from: peers[0])
        rounds.call { $0.blockRejected(other.hash, offence: nil, &$1) }
        #expect(rounds.words() == ["block 2 td 9 from 1"])
    }

    @Test func breaches() {
        var rounds = rounds()
        rounds.receive(.blocks(requestID: 4, EncodedList([GossipBlock]())), from: peers[0])
        #expect(rounds.words() == ["1! unsolicitedResponse"])
        rounds.receive(hashes(makeBlock(1)), from: peers[0])
        rounds.wait(.milliseconds(200))
        _ = rounds.words()
        let other = GossipBlock(block: makeBlock(2), totalDifficulty: 1)
        rounds.receive(.blocks(requestID: 1, EncodedList([other])), from: peers[0])
        #expect(rounds.words() == ["1! protocolBreach"], "another block than asked for")
        rounds.receive(hashes(makeBlock(3)), from: peers[1])
        rounds.wait(.milliseconds(200))
        _ = rounds.words()
        rounds.receive(.blocks(requestID: 2, EncodedList(encoded: [[0xc1, 0x80]])), from: peers[1])
        #expect(rounds.words() == ["2! malformedMessage"])
    }

    @Test func aFloodIsSpam() {
        var rounds = rounds()
        var spam = 0
        for number in 1...100 {
            rounds.receive(push(makeBlock(UInt64(number))), from: peers[0])
            spam += rounds.words().filter { $0 == "1! spam" }.count
        }
        #expect(spam == 36, "64 at once")
        let many = (0..<256).map {
            BlockAnnouncement(hash: Hash32([UInt8](repeating: UInt8($0), count: 32)) ?? .zero, number: 1)
        }
        for _ in 0..<4 { rounds.receive(.newBlockHashes(many), from: peers[1]) }
        #expect(!rounds.words().contains("2! spam"))
        rounds.receive(.newBlockHashes(many), from: peers[1])
        #expect(rounds.words().contains("2! spam"))
    }

    @Test func memoryIsBounded() {
        var limits = BlockGossipLimits()
        limits.maxHeld = 8
        limits.maxArrivals = 10
        limits.maxSeen = 16
        limits.maxWanted = 5
        limits.maxWantedPerPeer = 3
        var rounds = rounds(limits: limits)
        for number in 1...40 { rounds.call { $0.publish(makeBlock(UInt64(number)), totalDifficulty: 2, &$1) } }
        #expect(rounds.host.capability.arrivals.map(\.number) == Array(31...40))
        #expect(rounds.host.capability.held.count == 8)
        rounds.host.capability.headNumber = 50
        let blocks = (50..<60).map { makeBlock(UInt64($0)) }
        for block in blocks { rounds.receive(hashes(block), from: peers[0]) }
        #expect(rounds.host.capability.wanted.count == 3)
        for block in blocks { rounds.receive(hashes(block), from: peers[1]) }
        #expect(rounds.host.capability.wanted.count == 3, "the second peer's share is taken by the same blocks")
        for block in blocks.reversed() { rounds.receive(hashes(block), from: peers[2]) }
        #expect(rounds.host.capability.wanted.count == 5)
        rounds.leave(peers[0])
        rounds.leave(peers[1])
        rounds.leave(peers[2])
        #expect(rounds.host.capability.wanted.isEmpty && rounds.host.capability.wantedOrder.isEmpty)
    }

    @Test func arrivalsTellTheWay() throws {
        var rounds = rounds()
        let block = makeBlock(6)
        rounds.receive(hashes(block), from: peers[2])
        rounds.wait(.milliseconds(30))
        rounds.receive(push(block), from: peers[0])
        rounds.receive(push(block), from: peers[1])
        rounds.wait(.milliseconds(50))
        rounds.call { $0.accepted(block.hash, &$1) }
        let arrival = try #require(rounds.host.capability.arrival(of: block.hash))
        #expect(arrival.number == 6 && arrival.copies == 2 && arrival.announcements == 1)
        #expect(arrival.source == peers[0].id)
        #expect(arrival.announced == .start)
        #expect(arrival.received == .start + .milliseconds(30))
        #expect(arrival.accepted == .start + .milliseconds(80))
    }
}
