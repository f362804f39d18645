import Chain
import DevP2P
import EthWire
import Primitives
import SansIO
import Testing
import Topics

@testable import Gossip

@Suite("Blocks in blocks/1: pushed compact, announced, fetched")
struct BlockGossipTests {
    let peers = (1...12).map { makePeer(UInt64($0)) }

    func rounds(_ count: Int = 5, limits: BlockGossipLimits = BlockGossipLimits()) -> BlockRounds {
        var rounds = BlockRounds(limits: limits)
        for peer in peers.prefix(count) { rounds.join(peer) }
        _ = rounds.words()
        return rounds
    }

    func compact(_ block: Block, nonce: UInt64 = 1, prefilled: [Int] = []) -> BlocksMessage {
        .compactBlock(CompactBlock(block, totalDifficulty: 9, nonce: nonce, prefilled: prefilled))
    }

    func hashes(_ blocks: Block...) -> BlocksMessage {
        .newBlockHashes(blocks.map { BlockAnnouncement(hash: $0.hash, number: $0.number) })
    }

    @Test func aBlockOfOursGoesToAll() {
        var rounds = rounds()
        rounds.call { $0.publish(makeBlock(1), totalDifficulty: 2, &$1) }
        #expect(rounds.words() == (1...5).map { "\($0): compact 1 of 0, 0 given" })
        rounds.call { $0.publish(makeBlock(1), totalDifficulty: 2, &$1) }
        #expect(rounds.words().isEmpty, "once")
    }

    @Test("a block from a peer is pushed once header and body are right, and announced once it is imported")
    func twoSteps() {
        var rounds = rounds(12)
        let block = makeBlock(1)
        rounds.receive(compact(block), from: peers[0])
        #expect(rounds.words() == ["block 1 td 9 from 1"])
        rounds.receive(compact(block, nonce: 2), from: peers[1])
        #expect(rounds.words().isEmpty, "an event once")
        rounds.wait(.seconds(2))
        #expect(rounds.words().isEmpty)
        let mesh = rounds.host.capability.mesh.neighbours(in: 0).map(\.rawValue)
        #expect(mesh.count == 8)
        rounds.call { $0.verified(block.hash, &$1) }
        #expect(rounds.words() == mesh.filter { $0 > 2 }.map { "\($0): compact 1 of 0, 0 given" })
        rounds.wait(.seconds(2))
        #expect(rounds.words().isEmpty)
        rounds.call { $0.accepted(block.hash, &$1) }
        rounds.wait(.seconds(2))
        let told = (1...12).filter { $0 > 2 && !mesh.contains($0) }
        #expect(rounds.words().sorted() == told.map { "\($0): hashes [1]" }.sorted())
        rounds.call { $0.accepted(block.hash, &$1) }
        #expect(rounds.words().isEmpty)
    }

    @Test func acceptedAloneDoesBoth() {
        var rounds = rounds()
        rounds.receive(compact(makeBlock(1)), from: peers[0])
        _ = rounds.words()
        rounds.call { $0.accepted(makeBlock(1).hash, &$1) }
        #expect(rounds.words().filter { $0.contains("compact 1") }.count == 4)
    }

    @Test("a block that came by eth, or from the downloader, goes to the mesh as well")
    func foreignBlocks() {
        var rounds = rounds(12)
        rounds.call { $0.publish(makeBlock(1), totalDifficulty: 2, isOwn: false, &$1) }
        #expect(rounds.words().filter { $0.contains("compact 1") }.count == 8)
    }

    @Test("where the upload has no room for all, the rest is told of the block, and may ask")
    func littleRoom() {
        var rounds = rounds()
        rounds.host.capability.uploadRoom = 1_300
        rounds.call { $0.publish(makeBlock(1), totalDifficulty: 2, &$1) }
        #expect(
            rounds.words()
                == ["1: compact 1 of 0, 0 given", "2: compact 1 of 0, 0 given"] + (3...5).map { "\($0): hashes [1]" })
        #expect(rounds.host.capability.announcedOnly == 1)
        rounds.wait(.seconds(2))
        #expect(rounds.words().isEmpty)
        rounds.host.capability.uploadRoom = 0
        for peer in peers[1...2] { rounds.receive(.want([TopicMessageID(prefixOf: makeBlock(1).hash)]), from: peer) }
        #expect(rounds.words() == ["3: compact 1 of 0, 0 given"], "the second has it")
    }

    @Test func anAnnouncedBlockIsAskedForUnlessItComes() {
        var rounds = rounds()
        let block = makeBlock(1)
        rounds.receive(hashes(block), from: peers[0])
        rounds.wait(.milliseconds(149))
        #expect(rounds.words().isEmpty)
        rounds.wait(.milliseconds(1))
        #expect(rounds.words() == ["1: want 1"])
        rounds.receive(compact(block), from: peers[0])
        #expect(rounds.words() == ["block 1 td 9 from 1"])
        let other = makeBlock(2)
        rounds.receive(hashes(other), from: peers[0])
        rounds.receive(compact(other), from: peers[1])
        rounds.wait(.seconds(10))
        #expect(rounds.words() == ["block 2 td 9 from 2"])
    }

    @Test func whoAnnouncesAndDoesNotDeliverIsReported() {
        var rounds = rounds()
        rounds.receive(hashes(makeBlock(1)), from: peers[0])
        rounds.wait(.milliseconds(150))
        #expect(rounds.words() == ["1: want 1"])
        rounds.receive(hashes(makeBlock(1)), from: peers[1])
        rounds.wait(TopicLimits().wantTimeout)
        #expect(rounds.words().filter { !$0.contains("prune") } == ["2: want 1", "1! brokenPromise"])
        rounds.leave(peers[1])
        rounds.wait(.seconds(30))
        #expect(!rounds.words().contains { $0.contains("want") || $0.contains("!") })
    }

    @Test func farBlocksAreForTheDownloader() {
        var rounds = rounds()
        rounds.host.capability.headNumber = 100
        for (number, isFetched) in [(92, false), (93, true), (132, true), (133, false)] as [(UInt64, Bool)] {
            rounds.receive(hashes(makeBlock(number)), from: peers[0])
            rounds.receive(hashes(makeBlock(number)), from: peers[0])
            rounds.wait(.milliseconds(150))
            #expect(rounds.words() == [isFetched ? "1: want 1" : "announced \(number) from 1"])
            rounds.receive(compact(makeBlock(number)), from: peers[1])
            #expect(rounds.words() == (isFetched ? ["block \(number) td 9 from 2"] : []))
        }
        rounds.receive(compact(makeBlock(200)), from: peers[1])
        #expect(rounds.words() == ["announced 200 from 2"])
    }

    @Test func requestsAreAnsweredFromWhatIsHeld() {
        var rounds = rounds(2)
        let wallet = Wallet(1)
        let blocks = (1...3).map { makeBlock(UInt64($0), (0..<4).map { wallet.transfer($0) }) }
        for block in blocks { rounds.call { $0.publish(block, totalDifficulty: 2, &$1) } }
        rounds.receive(compact(makeBlock(4)), from: peers[0])
        _ = rounds.words()
        let asked = [blocks[2].hash, Hash32(), blocks[0].hash, makeBlock(4).hash]
        rounds.receive(.getBlocks(requestID: 8, asked), from: peers[1])
        #expect(rounds.words() == ["2: blocks #8 [3, 1]"], "what isn't checked yet isn't passed on")
        rounds.receive(.getBlockTransactions(requestID: 9, blocks[1].hash, TransactionIndices([1, 3])), from: peers[1])
        #expect(rounds.words() == ["2: transactions #9 2"])
        rounds.receive(.getBlockTransactions(requestID: 9, Hash32(), TransactionIndices([1, 3])), from: peers[1])
        #expect(rounds.words() == ["2: transactions #9 0"])
        rounds.receive(.getBlockTransactions(requestID: 9, blocks[1].hash, TransactionIndices([4])), from: peers[1])
        #expect(rounds.words() == ["2: transactions #9 0"], "somebody else may have made it ask")
        rounds.receive(.want([TopicMessageID(prefixOf: blocks[0].hash)]), from: peers[1])
        #expect(rounds.words().isEmpty, "it has been sent already")
    }

    @Test func aBadBlockIsReported() {
        var rounds = rounds()
        let block = makeBlock(1)
        rounds.receive(compact(block), from: peers[0])
        rounds.receive(compact(block), from: peers[3])
        _ = rounds.words()
        rounds.call { $0.blockRejected(block.hash, offence: .invalidHeader, from: peers[0], &$1) }
        #expect(rounds.words() == ["1! invalidHeader", "4! invalidHeader"])
        rounds.call { $0.accepted(block.hash, &$1) }
        rounds.receive(compact(block), from: peers[1])
        #expect(rounds.words().isEmpty, "it is neither passed on nor looked at again")
        rounds.wait(.seconds(1))
        #expect(rounds.words() == ["1: prune for 60"], "out of the mesh")
        let other = makeBlock(2)
        rounds.receive(compact(other), from: peers[1])
        rounds.call { $0.blockRejected(other.hash, offence: nil, from: peers[1], &$1) }
        #expect(rounds.words() == ["block 2 td 9 from 2"])
    }

    @Test("the sender of a bad block is reported even where the block isn't held any more")
    func aBadBlockThatIsGone() {
        var rounds = rounds()
        rounds.receive(compact(makeBlock(1)), from: peers[0])
        rounds.call { $0.forget(makeBlock(1).hash, isForGood: false, &$1) }
        _ = rounds.words()
        rounds.call { $0.blockRejected(makeBlock(1).hash, offence: .invalidHeader, from: peers[0], &$1) }
        #expect(rounds.words() == ["1! invalidHeader"])
    }

    @Test("a block that was imported goes out with its own body, whatever came under its header before")
    func uncheckedBody() {
        var rounds = rounds(2)
        let (block, other) = (makeBlock(1, [Wallet(1).transfer(0)]), makeBlock(1))
        let lie = CompactBlock(other, totalDifficulty: 9, nonce: 1).with(header: block.header)
        rounds.receive(.compactBlock(lie), from: peers[0])
        #expect(rounds.words() == ["block 1 td 9 from 1"])
        rounds.call { $0.publish(block, totalDifficulty: 2, isOwn: false, &$1) }
        #expect(rounds.words() == ["1! falseCompactBlock", "2: compact 1 of 1, 0 given"])
        // What the check of the false one brings comes too late to change anything.
        rounds.call { $0.bodyMismatched(block.hash, &$1) }
        rounds.call { $0.forget(block.hash, isForGood: true, &$1) }
        #expect(rounds.host.capability.held[block.hash]?.block.block.transactions == block.transactions)
    }

    @Test("a block that is forgotten is neither served nor relayed, and is looked at again unless it is for good")
    func forgotten() {
        for isForGood in [false, true] {
            var rounds = rounds(2)
            let block = makeBlock(1)
            rounds.receive(compact(block), from: peers[0])
            _ = rounds.words()
            rounds.call { $0.forget(block.hash, isForGood: isForGood, &$1) }
            rounds.call { $0.accepted(block.hash, &$1) }
            rounds.receive(.getBlocks(requestID: 8, [block.hash]), from: peers[1])
            #expect(rounds.words() == ["2: blocks #8 []"])
            rounds.receive(compact(block), from: peers[1])
            #expect(rounds.words() == (isForGood ? [] : ["block 1 td 9 from 2"]))
        }
    }

    @Test func breaches() {
        var rounds = rounds()
        rounds.receive(.blocks(requestID: 4, EncodedList([GossipBlock]())), from: peers[0])
        rounds.receive(.blockTransactions(requestID: 4, EncodedList([Transaction]())), from: peers[1])
        #expect(rounds.words() == ["1! unsolicitedResponse", "2! unsolicitedResponse"])
    }

    @Test("a peer is in the mesh as soon as it shares the capability, and is told of what it may have missed")
    func joining() {
        var rounds = BlockRounds()
        rounds.join(peers[0])
        #expect(rounds.words(all: true) == ["1: blocks wanted", "1: graft"])
        rounds.receive(.graft, from: peers[0])
        #expect(rounds.words(all: true).isEmpty, "both have grafted")
        rounds.receive(.prune(MeshPrune(seconds: 60)), from: peers[0])
        #expect(rounds.host.capability.mesh.neighbours(in: 0).isEmpty)
        rounds.call { $0.publish(makeBlock(1), totalDifficulty: 2, &$1) }
        #expect(rounds.words() == ["1: compact 1 of 0, 0 given"], "one of ours goes to all")
    }

    @Test("a peer beyond those that the mesh takes isn't in it, and is told so when it grafts")
    func fullMesh() {
        var rounds = BlockRounds()
        for number in 1...512 as ClosedRange<UInt64> { rounds.join(makePeer(number)) }
        _ = rounds.words()
        let last = makePeer(513)
        rounds.join(last)
        rounds.receive(.graft, from: last)
        #expect(rounds.words(all: true) == ["513: prune for 60"])
    }

    @Test func aFloodIsSpam() {
        var rounds = rounds()
        var spam = 0
        for number in 1...100 {
            rounds.receive(compact(makeBlock(UInt64(number))), from: peers[0])
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
        var rounds = rounds(8, limits: limits)
        for number in 1...40 { rounds.call { $0.publish(makeBlock(UInt64(number)), totalDifficulty: 2, &$1) } }
        #expect(rounds.host.capability.arrivals.map(\.number) == Array(31...40))
        #expect(rounds.host.capability.held.count == 8)
        rounds.host.capability.headNumber = 50
        let wallet = Wallet(1)
        for peer in 0..<8 {
            for number in 0..<4 {
                let block = makeBlock(50 + UInt64(number), [wallet.transfer(1)], extra: UInt8(peer))
                rounds.receive(compact(block), from: peers[peer])
            }
        }
        #expect(rounds.host.capability.assembly.partials.count == 16)
        #expect(rounds.host.capability.assembly.partials.count(of: peers[0]) == 2)
        for peer in peers.prefix(8) { rounds.leave(peer) }
        rounds.wait(.seconds(30))
        #expect(rounds.host.capability.assembly.partials.count == 0 && rounds.host.deadline == nil)
    }

    @Test func arrivalsTellTheWay() throws {
        var rounds = rounds()
        let block = makeBlock(6)
        rounds.receive(hashes(block), from: peers[2])
        rounds.wait(.milliseconds(30))
        rounds.receive(compact(block), from: peers[0])
        rounds.receive(compact(block), from: peers[1])
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
