import Chain
import DevP2P
import EthWire
import Primitives
import SansIO
import Testing

@testable import Gossip

@Suite("Forms of a block side by side: whom to ask, what a response is judged by, whose lie it is")
struct BlockFormTests {
    let peers = (1...5).map { makePeer(UInt64($0)) }
    static let wallet = Wallet(1)
    static let transactions = (0..<8).map { wallet.transfer($0) }
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

    func form(_ nonce: UInt64 = 1, prefilled: [Int] = []) -> CompactBlock {
        CompactBlock(block, totalDifficulty: 9, nonce: nonce, prefilled: prefilled)
    }

    /// The true header with the first id for each position.
    func ambiguous(_ nonce: UInt64 = 1) -> CompactBlock {
        let plain = form(nonce)
        let ids = (0..<plain.idCount).flatMap { _ in plain.ids.prefix(6) }
        return plain.with(ids: ids[...])
    }

    func response(_ id: UInt64, _ indices: [Int]) -> BlocksMessage {
        .blockTransactions(requestID: id, EncodedList(indices.map { transactions[$0] }))
    }

    // MARK: Whom to ask

    @Test(
        "nobody is asked by the form of somebody else: who has only announced the block is asked for a form of its own")
    func aFormIsItsSendersOwn() {
        var rounds = rounds(pooled: 8)
        rounds.receive(.newBlockHashes([BlockAnnouncement(hash: block.hash, number: 1)]), from: peers[1])
        // More positions than the block has.
        let other = makeBlock(1, (10..<30).map { Self.wallet.transfer($0) })
        let lie = CompactBlock(other, totalDifficulty: 9, nonce: 1).with(header: block.header)
        rounds.receive(.compactBlock(lie), from: peers[0])
        #expect(rounds.words() == ["1: get #1 indices \(Array(0..<20))"])
        rounds.wait(.milliseconds(150))
        #expect(rounds.words() == ["2: want 1"], "the liar's form doesn't keep the announcement back")
        rounds.receive(.compactBlock(form(2)), from: peers[1])
        #expect(rounds.words() == ["block 1 td 9 from 2"])
        rounds.call { $0.verified(block.hash, &$1) }
        #expect(rounds.words().filter { $0.contains("!") } == ["1! falseCompactBlock"])
        rounds.wait(.seconds(2))
        #expect(!rounds.words().contains { $0.hasPrefix("2!") })
    }

    @Test("a form that lacks much less is asked for at once, whoever was first")
    func theFirstFormDoesNotOwnABlock() {
        var rounds = rounds(pooled: 7)
        rounds.receive(.compactBlock(ambiguous()), from: peers[0])
        #expect(rounds.words() == ["1: get #1 indices \(Array(0..<8))"])
        rounds.receive(.compactBlock(form(2)), from: peers[1])
        #expect(rounds.words() == ["2: get #2 indices [7]"])
        rounds.receive(response(2, [7]), from: peers[1])
        #expect(rounds.words().last == "block 1 td 9 from 2")
        rounds.call { $0.verified(block.hash, &$1) }
        #expect(rounds.words().first == "1! falseCompactBlock")
        // What was lacking by the lie isn't offered to others as sums.
        #expect(rounds.host.capability.demand.size(transactions: 1_000, parts: 3_000)?.transactions == 6)
    }

    @Test("a complete form is taken, whatever others lack")
    func aCompleteFormWins() {
        var rounds = rounds(pooled: 8)
        rounds.receive(.compactBlock(ambiguous()), from: peers[0])
        _ = rounds.words()
        rounds.receive(.compactBlock(form(2)), from: peers[1])
        #expect(rounds.words() == ["block 1 td 9 from 2"])
    }

    @Test("of the forms that are left the one that lacks least is next")
    func theLeastIsNext() {
        var rounds = rounds(pooled: 4)
        rounds.receive(.compactBlock(form(1)), from: peers[0])
        rounds.receive(.compactBlock(form(2)), from: peers[1])
        rounds.receive(.compactBlock(form(3, prefilled: [6])), from: peers[2])
        #expect(rounds.words() == ["1: get #1 indices [4, 5, 6, 7]"])
        rounds.wait(.milliseconds(150))
        #expect(rounds.words() == ["3: get #2 indices [4, 5, 7]"])
        rounds.receive(.compactBlock(form(4, prefilled: [5, 6, 7])), from: peers[3])
        #expect(rounds.words() == ["4: get #3 indices [4]"], "less than half")
    }

    @Test("a block has a bounded number of forms, one of each peer; the worst gives way")
    func aBlockHasSoManyForms() {
        var limits = BlockGossipLimits()
        limits.maxForms = 2
        var rounds = rounds(pooled: 4, limits: limits)
        rounds.receive(.compactBlock(form(1)), from: peers[0])
        rounds.receive(.compactBlock(ambiguous(2)), from: peers[1])
        rounds.receive(.compactBlock(form(3)), from: peers[0])
        func senders() -> [Peer]? { rounds.host.capability.assembly.partials[block.hash]?.forms.map(\.sender) }
        #expect(senders() == Array(peers.prefix(2)))
        rounds.receive(.compactBlock(form(4)), from: peers[2])
        #expect(senders() == [peers[0], peers[2]])
    }

    // MARK: What a response is judged by

    @Test("a response is judged by its request, whatever has come since")
    func crossingForms() {
        var rounds = rounds(pooled: 0)
        rounds.receive(.compactBlock(form(1, prefilled: [3, 4, 5, 6, 7])), from: peers[0])
        #expect(rounds.words() == ["1: get #1 indices [0, 1, 2]"])
        rounds.receive(.compactBlock(form(2, prefilled: [0, 4, 5, 6, 7])), from: peers[1])
        rounds.wait(.milliseconds(150))
        #expect(rounds.words() == ["2: get #2 indices [1, 2, 3]"])
        rounds.receive(response(1, [0, 1, 2]), from: peers[0])
        #expect(rounds.words().last == "block 1 td 9 from 1")
        // Now nothing is lacking any more; and still it is what was asked for.
        rounds.receive(response(2, [1, 2, 3]), from: peers[1])
        #expect(rounds.words().isEmpty)
    }

    @Test("a response that fits what is missing now, but not the request, is an offence")
    func notWhatWasAskedFor() {
        var rounds = rounds(pooled: 5)
        rounds.receive(.compactBlock(form(1)), from: peers[0])
        rounds.receive(.compactBlock(form(2, prefilled: [6])), from: peers[1])
        rounds.wait(.milliseconds(150))
        #expect(rounds.words() == ["1: get #1 indices [5, 6, 7]", "2: get #2 indices [5, 7]"])
        rounds.receive(.blockTransactions(requestID: 2, EncodedList([transactions[5]])), from: peers[1])
        #expect(rounds.words() == ["2! protocolBreach"])
        rounds.receive(response(1, [5, 6, 7]), from: peers[0])
        #expect(rounds.words().last == "block 1 td 9 from 1")
    }

    @Test func aLateResponseStillHelps() {
        var rounds = rounds(pooled: 7)
        rounds.receive(.compactBlock(form(1)), from: peers[0])
        rounds.wait(.milliseconds(900))
        rounds.receive(.compactBlock(form(2)), from: peers[1])
        rounds.wait(.milliseconds(200))
        #expect(rounds.words() == ["1: get #1 indices [7]", "2: get #2 indices [7]", "1! requestTimeout"])
        rounds.receive(response(1, [7]), from: peers[0])
        #expect(rounds.words() == ["block 1 td 9 from 1"])
        rounds.receive(response(2, [7]), from: peers[1])
        #expect(rounds.words().isEmpty)
    }

    @Test(
        "a peer that was asked for an announced block and sends a form has kept its promise, though the form lacks something"
    )
    func aFormKeepsAPromise() {
        var rounds = rounds(pooled: 7)
        rounds.receive(.newBlockHashes([BlockAnnouncement(hash: block.hash, number: 1)]), from: peers[1])
        rounds.wait(.milliseconds(150))
        rounds.receive(.compactBlock(form(1)), from: peers[1])
        #expect(rounds.words() == ["2: want 1", "2: get #1 indices [7]"])
        rounds.wait(.seconds(3))
        #expect(rounds.words() == ["2! requestTimeout"])
    }

    @Test("ids at ambiguous positions are checked as all others: true transactions don't have them")
    func ambiguousIDsAreChecked() {
        var rounds = rounds(pooled: 8)
        rounds.receive(.compactBlock(ambiguous()), from: peers[0])
        rounds.wait(.milliseconds(550))
        _ = rounds.words()
        rounds.receive(response(1, Array(0..<8)), from: peers[0])
        #expect(rounds.words() == ["1! invalidResponse", "1: get #2 whole 1"])
    }

    // MARK: Whose lie it is

    @Test("forms that come later are judged as well: while the block is checked, and after")
    func lateForms() {
        var rounds = rounds(pooled: 8)
        rounds.receive(.compactBlock(form(1)), from: peers[0])
        rounds.receive(.compactBlock(ambiguous(2)), from: peers[1])
        rounds.receive(.compactBlock(form(3)), from: peers[2])
        #expect(rounds.words() == ["block 1 td 9 from 1"], "nothing is known of the block yet")
        rounds.call { $0.verified(block.hash, &$1) }
        #expect(rounds.words().filter { $0.contains("!") } == ["2! falseCompactBlock"])
        let swapped = makeBlock(1, transactions.reversed())
        let lie = CompactBlock(swapped, totalDifficulty: 9, nonce: 4, prefilled: [2]).with(header: block.header)
        rounds.receive(.compactBlock(lie), from: peers[3])
        #expect(rounds.words() == ["4! falseCompactBlock"])
        rounds.receive(.compactBlock(form(5, prefilled: [1, 7])), from: peers[4])
        #expect(rounds.words().isEmpty)
    }

    @Test func aBlockThatComesAnotherWayJudgesFormsToo() {
        var rounds = rounds(pooled: 0)
        rounds.receive(.compactBlock(ambiguous()), from: peers[0])
        rounds.receive(.compactBlock(form(2)), from: peers[1])
        _ = rounds.words()
        rounds.call { $0.publish(block, totalDifficulty: 9, isOwn: false, &$1) }
        #expect(rounds.words().filter { $0.contains("!") } == ["1! falseCompactBlock"])
        rounds.receive(response(1, Array(0..<8)), from: peers[0])
        #expect(!rounds.words().contains { $0.contains("!") })
    }

    @Test func whetherAFormIsOfABlock() {
        #expect(form(1).matches(block) && form(2, prefilled: [0, 3, 7]).matches(block))
        #expect(form(3, prefilled: Array(0..<8)).matches(block))
        let longer = makeBlock(1, transactions + [Self.wallet.transfer(9)])
        let swapped = makeBlock(1, transactions.reversed())
        for lie in [longer, swapped, makeBlock(1, Array(transactions.dropLast())), makeBlock(1)] {
            for prefilled in [[], [2], Array(0..<lie.transactions.count)] {
                let form = CompactBlock(lie, totalDifficulty: 9, nonce: 1, prefilled: prefilled)
                #expect(!form.with(header: block.header).matches(block))
            }
        }
        let withOmmer = Block(
            header: block.header, body: BlockBody(transactions: transactions, ommers: [makeBlock(7).header]))
        #expect(!CompactBlock(withOmmer, totalDifficulty: 9, nonce: 1).matches(block))
    }

    // MARK: Memory

    @Test("the bytes of forms are counted, and the peer with most gives way")
    func formsHaveTheirShare() {
        var limits = BlockGossipLimits()
        limits.maxPartialBytes = 1 << 20
        var rounds = rounds(pooled: 0, limits: limits)
        rounds.receive(.compactBlock(form(1)), from: peers[0])
        for number in UInt64(2)..<12 {
            let large = form(number).with(
                header: makeBlock(1, extra: UInt8(number)).header, ids: [UInt8](repeating: 7, count: 6 * 30_000)[...])
            rounds.receive(.compactBlock(large), from: peers[Int(number % 4) + 1])
            #expect(rounds.host.capability.assembly.partials.bytes <= limits.maxPartialBytes)
        }
        #expect(rounds.host.capability.assembly.partials[block.hash]?.forms.count == 1)
        _ = rounds.words()
        rounds.receive(response(1, Array(0..<8)), from: peers[0])
        #expect(rounds.words().last == "block 1 td 9 from 1")
    }

    @Test("a form holds its message, ten bytes a transaction, and what was found")
    func memory() throws {
        for count in [1_000, 65_536] {
            let ids = (0..<count).flatMap { index in (0..<6).map { UInt8(truncatingIfNeeded: index >> (8 * $0)) } }
            let compact = form().with(ids: ids[...])
            var form = try CompactForm(compact, hash: block.hash, from: peers[0], isPulled: false)
            form.match(CompactForm.Source(pool: .standard(), rivals: []))
            form.request = FormRequest(id: 1, indices: TransactionIndices(form.missing))
            #expect(form.missingCount == count)
            #expect(form.byteCount <= compact.byteCount + 10 * count, "\(count): \(form.byteCount)")
        }
        // Of transactions that came along or were requested all bytes count.
        let whole = CompactBlock(block, totalDifficulty: 9, nonce: 1, prefilled: Array(0..<8))
        let form = try CompactForm(whole, hash: block.hash, from: peers[0], isPulled: false)
        let sizes = transactions.reduce(0) { $0 + $1.size + MemoryLayout<Transaction>.stride }
        #expect(form.byteCount > whole.byteCount + sizes)
    }
}
