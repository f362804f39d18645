import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import SansIO
import Testing

@testable import Gossip

@Suite("Compact blocks: put together from the pool, completed, disputed")
struct CompactBlockTests {
    let peers = (1...5).map { makePeer(UInt64($0)) }
    static let wallet = Wallet(1)
    static let transactions = (0..<6).map { wallet.transfer($0) }
    static let block = makeBlock(1, transactions)
    let transactions = Self.transactions
    let block = Self.block

    /// A node whose pool has the first `pooled` transactions.
    func rounds(pooled: Int, limits: BlockGossipLimits = BlockGossipLimits()) -> BlockRounds {
        var rounds = BlockRounds(limits: limits)
        for transaction in transactions.prefix(pooled) {
            #expect(rounds.pool.attempt(Self.wallet, transaction) == nil)
        }
        for peer in peers { rounds.join(peer) }
        _ = rounds.words()
        return rounds
    }

    func compact(_ block: Block, nonce: UInt64 = 1, prefilled: [Int] = []) -> BlocksMessage {
        .compactBlock(CompactBlock(block, totalDifficulty: 9, nonce: nonce, prefilled: prefilled))
    }

    func response(_ id: UInt64, _ indices: [Int]) -> BlocksMessage {
        .blockTransactions(requestID: id, EncodedList(indices.map { transactions[$0] }))
    }

    /// The block that came out.
    func blocks(_ rounds: inout BlockRounds) -> [Block] {
        rounds.take().compactMap { effect in
            if case .event(let event) = effect, case .block(let block, _, _) = event {
                block
            } else {
                nil
            }
        }
    }

    @Test func aBlockOfPooledTransactionsNeedsNoRequest() {
        var rounds = rounds(pooled: 6)
        rounds.receive(compact(block), from: peers[0])
        #expect(blocks(&rounds) == [block])
    }

    @Test func whatIsMissingIsFetchedFromTheSender() {
        var rounds = rounds(pooled: 3)
        rounds.receive(compact(block, prefilled: [4]), from: peers[0])
        #expect(rounds.words() == ["1: get #1 indices [3, 5]"])
        rounds.receive(response(1, [3, 5]), from: peers[0])
        #expect(blocks(&rounds) == [block])
        // Those that were missing here go on whole.
        rounds.call { $0.verified(block.hash, &$1) }
        #expect(rounds.words().first == "2: compact 1 of 6, 3 given")
    }

    @Test func whoAnswersIsCreditedForIt() {
        var rounds = rounds(pooled: 5)
        rounds.receive(compact(block), from: peers[0])
        _ = rounds.words()
        rounds.wait(.milliseconds(300))
        let size = EncodedList([transactions[5]]).payload.count
        rounds.receive(response(1, [5]), from: peers[0])
        #expect(rounds.words() == ["1+ usefulResponse, \(size) bytes after 0.3 s", "block 1 td 9 from 1"])
        // For nothing there is nothing.
        rounds.receive(compact(makeBlock(2, transactions)), from: peers[0])
        _ = rounds.words()
        rounds.receive(.blockTransactions(requestID: 2, EncodedList([Transaction]())), from: peers[0])
        #expect(rounds.words() == ["1! uselessResponse"])
    }

    @Test func whatIsNewIsSentAlong() {
        var rounds = rounds(pooled: 0)
        rounds.host.capability.noteFresh([transactions[1].hash, transactions[5].hash], now: rounds.now)
        rounds.call { $0.publish(block, totalDifficulty: 9, &$1) }
        #expect(rounds.words().first == "1: compact 1 of 6, 2 given")
        var limits = BlockGossipLimits()
        limits.maxPrefilledBytes = transactions[1].size
        rounds = self.rounds(pooled: 0, limits: limits)
        rounds.host.capability.noteFresh(transactions.map(\.hash), now: rounds.now)
        rounds.call { $0.publish(block, totalDifficulty: 9, &$1) }
        #expect(rounds.words().first == "1: compact 1 of 6, 1 given")
    }

    @Test func whatThePoolHadIsNotSentOnWhole() {
        var rounds = rounds(pooled: 4)
        rounds.receive(compact(block, prefilled: [2, 3, 4, 5]), from: peers[0])
        #expect(blocks(&rounds) == [block])
        rounds.call { $0.verified(block.hash, &$1) }
        #expect(rounds.words().first == "2: compact 1 of 6, 2 given")
    }

    @Test func transactionsOfARivalBlockNeedNoRequest() {
        var rounds = rounds(pooled: 0)
        rounds.call { $0.publish(makeBlock(1, transactions, extra: 7), totalDifficulty: 9, &$1) }
        _ = rounds.words()
        rounds.receive(compact(block), from: peers[0])
        #expect(blocks(&rounds) == [block])
    }

    @Test func whenTheSenderIsSlowAnotherOneIsAsked() {
        var rounds = rounds(pooled: 5)
        rounds.receive(compact(block), from: peers[0])
        rounds.receive(compact(block, nonce: 2), from: peers[1])
        rounds.receive(compact(block, nonce: 3), from: peers[2])
        rounds.wait(.milliseconds(149))
        #expect(rounds.words() == ["1: get #1 indices [5]"])
        rounds.wait(.milliseconds(1))
        #expect(rounds.words() == ["2: get #2 indices [5]"])
        rounds.leave(peers[1])
        #expect(rounds.words().isEmpty, "the first may still respond")
        rounds.wait(.milliseconds(150))
        #expect(rounds.words() == ["3: get #3 indices [5]"])
        rounds.wait(.milliseconds(700))
        #expect(rounds.words() == ["1! requestTimeout"])
        rounds.receive(.blockTransactions(requestID: 3, EncodedList([Transaction]())), from: peers[2])
        #expect(rounds.words() == ["3! uselessResponse"])
        #expect(rounds.host.capability.assembly.partials.count == 0)
        // It may come again.
        rounds.receive(compact(block), from: peers[3])
        #expect(rounds.words() == ["4: get #4 indices [5]"])
        rounds.receive(response(1, [5]), from: peers[0])
        #expect(rounds.words().isEmpty, "late, and for a form that is gone")
        rounds.receive(response(4, [5]), from: peers[3])
        #expect(blocks(&rounds) == [block])
    }

    @Test("wrong ids: the sender's own transactions don't have them, but fit another form")
    func wrongIDs() {
        var rounds = rounds(pooled: 0)
        let other = makeBlock(1, (10..<16).map { Self.wallet.transfer($0) })
        let lie = CompactBlock(other, totalDifficulty: 9, nonce: 1).with(header: block.header)
        rounds.receive(.compactBlock(lie), from: peers[0])
        rounds.receive(compact(block), from: peers[1])
        #expect(rounds.words() == ["1: get #1 indices [0, 1, 2, 3, 4, 5]"])
        rounds.receive(response(1, Array(0..<6)), from: peers[0])
        #expect(rounds.words() == ["1! invalidResponse", "block 1 td 9 from 2"])
        rounds.call { $0.verified(block.hash, &$1) }
        #expect(rounds.words().first == "1! falseCompactBlock", "known by the true block")
    }

    @Test("wrong ids that the pool happens to have: found out by the body's root, and blamed on nobody else")
    func misleadingIDs() {
        var rounds = rounds(pooled: 6)
        let swapped = makeBlock(1, transactions.reversed())
        let lie = CompactBlock(swapped, totalDifficulty: 9, nonce: 1).with(header: block.header)
        rounds.receive(.compactBlock(lie), from: peers[0])
        #expect(blocks(&rounds).map(\.transactions) == [transactions.reversed()])
        // One that comes while it is checked is taken next.
        rounds.receive(compact(block), from: peers[1])
        #expect(blocks(&rounds).isEmpty)
        rounds.call { $0.bodyMismatched(block.hash, &$1) }
        #expect(rounds.words() == ["block 1 td 9 from 2"])
        rounds.call { $0.verified(block.hash, &$1) }
        #expect(rounds.words() == ["1! falseCompactBlock"] + (3...5).map { "\($0): compact 1 of 6, 0 given" })
    }

    @Test("where only a false form is there, the whole block is asked for; a liar may lie again")
    func theWholeBlock() {
        var rounds = rounds(pooled: 6)
        let swapped = makeBlock(1, transactions.reversed())
        let lie = CompactBlock(swapped, totalDifficulty: 9, nonce: 1).with(header: block.header)
        rounds.receive(.compactBlock(lie), from: peers[0])
        _ = rounds.words()
        rounds.call { $0.bodyMismatched(block.hash, &$1) }
        #expect(rounds.words() == ["1: get #1 whole 1"])
        let false1 = Block(header: block.header, body: swapped.body)
        rounds.receive(
            .blocks(requestID: 1, EncodedList([GossipBlock(block: false1, totalDifficulty: 9)])), from: peers[0])
        _ = rounds.words()
        rounds.call { $0.bodyMismatched(block.hash, &$1) }
        #expect(rounds.words() == ["1! invalidResponse"])
        // Who sends the same header later gives the true block, and blame stays where it belongs.
        rounds.receive(compact(block), from: peers[1])
        #expect(blocks(&rounds) == [block])
        rounds.call { $0.verified(block.hash, &$1) }
        #expect(rounds.words().filter { $0.contains("!") } == ["1! falseCompactBlock"])
    }

    @Test("a lie doesn't keep the true block away")
    func poison() {
        var rounds = rounds(pooled: 6)
        let lie = CompactBlock(makeBlock(1), totalDifficulty: 9, nonce: 1).with(header: block.header)
        rounds.receive(.compactBlock(lie), from: peers[0])
        #expect(blocks(&rounds).map(\.transactions) == [[]])
        rounds.call { $0.bodyMismatched(block.hash, &$1) }
        rounds.receive(.blocks(requestID: 1, EncodedList([GossipBlock]())), from: peers[0])
        _ = rounds.words()
        rounds.receive(compact(block), from: peers[1])
        #expect(blocks(&rounds) == [block])
        rounds.call { $0.verified(block.hash, &$1) }
        #expect(rounds.words().contains("3: compact 1 of 6, 0 given"))
    }

    @Test func whatDoesNotFitIsAnOffence() {
        var rounds = rounds(pooled: 0)
        rounds.receive(compact(block), from: peers[0])
        _ = rounds.words()
        rounds.receive(response(1, [0, 1]), from: peers[0])
        #expect(rounds.words() == ["1! protocolBreach"], "too few")
        rounds.receive(compact(makeBlock(2, transactions)), from: peers[1])
        _ = rounds.words()
        let broken = EncodedList<Transaction>(encoded: [[UInt8]](repeating: [0xc1, 0x80], count: 6))
        rounds.receive(.blockTransactions(requestID: 2, broken), from: peers[1])
        #expect(rounds.words() == ["2! malformedMessage"])
        rounds.receive(compact(makeBlock(3, transactions)), from: peers[2])
        _ = rounds.words()
        rounds.receive(.blocks(requestID: 3, EncodedList([GossipBlock]())), from: peers[2])
        #expect(rounds.words() == ["3! protocolBreach"], "another kind of response")
        // A transaction at an index beyond the block, and indices that don't ascend.
        let last = CompactBlock(makeBlock(4, transactions), totalDifficulty: 9, nonce: 1, prefilled: [5])
        rounds.receive(.compactBlock(last.with(ids: last.ids.dropLast(6))), from: peers[3])
        #expect(rounds.words() == ["4! protocolBreach"])
        let none = TransactionIndices([])
        let bytes = BlocksMessage.getBlockTransactions(requestID: 1, block.hash, none).payload
        #expect(throws: WireError.malformed(.invalidValue)) { try BlocksMessage(id: 6, payload: bytes[...]) }
        let twice = BlocksMessage.getBlockTransactions(requestID: 1, block.hash, TransactionIndices([3, 3])).payload
        #expect(throws: WireError.malformed(.invalidValue)) { try BlocksMessage(id: 6, payload: twice[...]) }
    }

    @Test func shortIDsDependOnBlockAndNonce() {
        let hash = transactions[0].hash
        let ids = Set([
            ShortIDHash(block: block.hash, nonce: 1).id(of: hash),
            ShortIDHash(block: block.hash, nonce: 2).id(of: hash),
            ShortIDHash(block: makeBlock(2).hash, nonce: 1).id(of: hash),
        ])
        #expect(ids.count == 3 && ids.allSatisfy { $0 < 1 << 48 })
        let compact = CompactBlock(block, totalDifficulty: 9, nonce: 7, prefilled: [0, 3])
        #expect(compact.matches(block) && !compact.matches(makeBlock(1)) && compact.transactionCount == 6)
        #expect(compact.idCount == 4)
    }
}

extension CompactBlock {
    /// The same under another header, or with other ids or sums: what a liar sends.
    func with(header: Header? = nil, ids: ArraySlice<UInt8>? = nil, repair: BlockRepair? = nil) -> CompactBlock {
        var writer = RLPWriter()
        writer.list { list in
            list.write(header ?? self.header)
            list.write(totalDifficulty)
            list.write(nonce)
            list.write(ids ?? self.ids)
            list.write(prefilled)
            list.writeRaw(rest)
            if let repair = repair ?? self.repair { list.write(repair) }
        }
        guard let result = try? CompactBlock(rlp: writer.bytes[...]) else {
            preconditionFailure("it has the form of a compact block")
        }
        return result
    }
}
