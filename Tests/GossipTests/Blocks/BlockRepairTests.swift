import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import SansIO
import Testing

@testable import Gossip

@Suite("Repair: transactions that a node lacks of a compact block, worked out from sums")
struct BlockRepairTests {
    static let wallet = Wallet(1)
    /// Of one part, of several, of some that are filled up and some that aren't.
    static let transactions = (0..<60).map { nonce in
        wallet.transfer(
            UInt64(nonce), gas: 100_000, data: [UInt8](repeating: UInt8(nonce), count: nonce % 7 * nonce))
    }
    static let block = makeBlock(1, transactions)
    let transactions = Self.transactions
    let block = Self.block
    let peers = (1...5).map { makePeer(UInt64($0)) }

    static func parts(_ transactions: some Sequence<Transaction>) -> Int {
        transactions.reduce(0) { $0 + BlockRepair.partCount($1.size) }
    }

    /// As a node would have it that has lacked these.
    func demand(_ lacking: some Collection<Int>) -> RepairDemand {
        var demand = RepairDemand(limits: BlockGossipLimits())
        demand.note(
            RepairSize(transactions: lacking.count, parts: Self.parts(lacking.map { transactions[$0] })))
        return demand
    }

    @Test func sumsGiveBackAsManyAsTheyAreButForAFew() {
        var random = NodeRandom(seed: 1)
        var solved = 0
        for seed in 0..<200 {
            let code = RepairCode(seed: UInt64(seed), sums: 75, symbols: 300)
            let symbols = (0..<300).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
            var sums = [UInt32](repeating: .zero, count: 75)
            for (index, symbol) in symbols.enumerated() { code.add(symbol, index, to: &sums) }
            let lacking = Set((0..<70).map { _ in Int.random(in: 0..<300, using: &random) }).sorted()
            for (index, symbol) in symbols.enumerated() where !lacking.contains(index) {
                code.add(symbol, index, to: &sums)
            }
            guard let found = code.solve(sums, for: lacking) else { continue }
            solved += 1
            #expect(found == lacking.map { symbols[$0] })
        }
        // Five more than needed, or rather more, as some indices were drawn twice: 1 of 32 fails.
        #expect(solved >= 190)
    }

    @Test(
        "each is found again, whatever its length and index", arguments: [[0], [59], [1, 2, 3], [0, 13, 27, 58, 59]])
    func found(lacking: [Int]) throws {
        let size = RepairSize(
            transactions: lacking.count + 12, parts: Self.parts(lacking.map { transactions[$0] }) + 12)
        let repair = BlockRepair(transactions, size: size, seed: 7)
        var known = transactions.map(Optional.some)
        for index in lacking { known[index] = nil }
        #expect(repair.missing(of: known, seed: 7) == lacking.map { transactions[$0] })
        #expect(repair.missing(of: known, seed: 8) == nil, "sums of something else")
        let decoded = try BlockRepair(rlp: encoded(repair)[...])
        #expect(decoded.missing(of: known, seed: 7)?.count == lacking.count)
    }

    @Test func tooFewSumsGiveNothing() {
        let lacking = [5, 6, 40]
        let parts = Self.parts(lacking.map { transactions[$0] })
        var known = transactions.map(Optional.some)
        for index in lacking { known[index] = nil }
        for size in [
            RepairSize(transactions: 2, parts: parts + 12), RepairSize(transactions: 12, parts: parts - 1),
            RepairSize(transactions: 0, parts: 0),
        ] {
            #expect(BlockRepair(transactions, size: size, seed: 7).missing(of: known, seed: 7) == nil, "\(size)")
        }
    }

    func encoded(_ repair: BlockRepair) -> [UInt8] {
        var writer = RLPWriter()
        writer.write(repair)
        return writer.bytes
    }

    @Test func onTheWireSumsAreWholeAndFew() {
        func decodes(_ lengths: Int, _ parts: Int) -> Bool {
            var writer = RLPWriter()
            writer.list { list in
                list.write([UInt8](repeating: 1, count: lengths))
                list.write([UInt8](repeating: 1, count: parts))
            }
            return (try? BlockRepair(rlp: writer.bytes[...])) != nil
        }
        #expect(decodes(0, 0) && decodes(4, 64) && decodes(4 * 4_096, 64 * 4_096))
        #expect(!decodes(3, 64) && !decodes(4, 63) && !decodes(4 * 4_097, 64) && !decodes(4, 64 * 4_097))
    }

    /// Whoever gives the lengths gives the work as well: what they add up to is checked first.
    @Test func falseSumsAreOnlyUseless() throws {
        var random = NodeRandom(seed: 3)
        var known = transactions.map(Optional.some)
        known[8] = nil
        for count in [1, 4, 512] {
            for fill in [UInt8(0), 255] {
                var writer = RLPWriter()
                writer.list { list in
                    list.write([UInt8](repeating: fill, count: 4 * count))
                    list.write(random.bytes(64 * count))
                }
                #expect(try BlockRepair(rlp: writer.bytes[...]).missing(of: known, seed: 7) == nil)
            }
        }
    }

    @Test func blocksOfMuchWorkHaveNone() {
        let demand = RepairDemand(limits: BlockGossipLimits())
        #expect(demand.size(transactions: 1_000, parts: 3_000) == RepairSize(transactions: 6, parts: 10))
        #expect(demand.size(transactions: 3, parts: 9) == nil, "as well all of them")
        #expect(demand.size(transactions: 0, parts: 0) == nil)
        #expect(demand.size(transactions: 2, parts: 5_000_000) == nil)
    }

    @Test func asMuchIsOfferedAsWasLackingOfTheLatestBlocks() {
        var demand = RepairDemand(limits: BlockGossipLimits())
        demand.note(RepairSize(transactions: 20, parts: 60))
        for _ in 0..<7 { demand.note(RepairSize(transactions: 0, parts: 0)) }
        #expect(demand.size(transactions: 1_000, parts: 3_000) == RepairSize(transactions: 29, parts: 79))
        demand.note(RepairSize(transactions: 0, parts: 0))
        #expect(demand.size(transactions: 1_000, parts: 3_000) == RepairSize(transactions: 6, parts: 10))
        demand.note(RepairSize(transactions: 500, parts: 10_000))
        let most = demand.size(transactions: 1_000, parts: 3_000)
        #expect(most == RepairSize(transactions: 6, parts: 10), "the caps can't cover the demand: the fewest")
    }

    @Test("blocks of 600 kB and nodes that lack a fifth are no cliff: demand is covered up to two fifths of a block")
    func noCliff() throws {
        for (count, share) in [(1_000, 0.02), (1_000, 0.2), (1_000, 0.35), (4_000, 0.02), (4_000, 0.03), (4_000, 0.2)] {
            let lacked = Int(Double(count) * share)
            var demand = RepairDemand(limits: BlockGossipLimits())
            demand.note(RepairSize(transactions: lacked, parts: 3 * lacked))
            let size = try #require(demand.size(transactions: count, parts: 3 * count))
            #expect(size.transactions > lacked && size.parts > 3 * lacked, "\(share) of \(count)")
            let bands = RepairBands(sums: size.parts, symbols: 3 * count)
            #expect(bands.work <= BlockRepair.maxWork)
        }
        var demand = RepairDemand(limits: BlockGossipLimits())
        demand.note(RepairSize(transactions: 500, parts: 1_500))
        #expect(demand.size(transactions: 1_000, parts: 3_000) == RepairSize(transactions: 6, parts: 10))
    }

    @Test("many sums are in bands, and give back what is lacking, whichever it is")
    func bands() {
        var random = NodeRandom(seed: 2)
        for (symbols, lacking, sums) in [(3_000, 600, 754), (12_000, 240, 304), (12_000, 2_400, 3_004)] {
            let code = RepairCode(seed: 9, sums: sums, symbols: symbols)
            #expect(code.bands.count > 1)
            #expect((0..<code.bands.count).map { code.bands.range($0).count }.reduce(0, +) == sums)
            let source = (0..<symbols).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
            var left = [UInt32](repeating: .zero, count: sums)
            for (index, symbol) in source.enumerated() { code.add(symbol, index, to: &left) }
            // Whole transactions of three parts.
            let indices = Array(0..<symbols / 3).shuffled(using: &random).prefix(lacking / 3).sorted()
                .flatMap { 3 * $0..<3 * $0 + 3 }
            let missing = Set(indices)
            for (index, symbol) in source.enumerated() where !missing.contains(index) {
                code.add(symbol, index, to: &left)
            }
            #expect(code.solve(left, for: indices) == indices.map { source[$0] })
        }
        // As all blocks were before there were bands.
        #expect(RepairBands(sums: 512, symbols: 4_096).count == 1)
    }

    // MARK: In gossip

    /// A node whose pool has all but some of the transactions.
    func rounds(lacking: [Int]) -> BlockRounds {
        var rounds = BlockRounds()
        // Of wallets with a nonce each, the pool takes those that come in order: so the last ones.
        for (index, transaction) in transactions.enumerated() where !lacking.contains(index) {
            #expect(rounds.pool.attempt(Self.wallet, transaction, balance: 1000 * ether) == nil)
        }
        for peer in peers { rounds.join(peer) }
        _ = rounds.words()
        return rounds
    }

    @Test func aNodeThatLacksAFewAsksForNone() {
        var rounds = rounds(lacking: [58, 59])
        let compact = CompactBlock(block, totalDifficulty: 9, nonce: 3, demand: demand([57, 58, 59]))
        rounds.receive(.compactBlock(compact), from: peers[0])
        #expect(rounds.words() == ["block 1 td 9 from 1"])
        // And it offers at least as much to others, instead of sending them along.
        rounds.call { $0.verified(block.hash, &$1) }
        let sent = rounds.take().compactMap { effect -> CompactBlock? in
            guard case .send(_, let outbound) = effect, case .compactBlock(let block)? = outbound.blocks else {
                return nil
            }
            return block
        }
        #expect(sent.count == 4)
        for compact in sent {
            #expect(compact.prefilled.isEmpty && compact.nonce == sent[0].nonce)
            let parts = (compact.repair?.parts.count ?? 0) / BlockRepair.partBytes
            #expect(parts > Self.parts(transactions[58...]))
        }
    }

    @Test func aNodeThatLacksMoreAsksForThem() {
        var rounds = rounds(lacking: Array(40..<60))
        let compact = CompactBlock(block, totalDifficulty: 9, nonce: 3, demand: demand([59]))
        rounds.receive(.compactBlock(compact), from: peers[0])
        #expect(rounds.words() == ["1: get #1 indices \(Array(40..<60))"])
    }

    @Test("the next sender may have what the first one hasn't: nobody is waited for")
    func theNextSenderHelps() {
        var rounds = rounds(lacking: [57, 58, 59])
        rounds.receive(.compactBlock(CompactBlock(block, totalDifficulty: 9, nonce: 3)), from: peers[0])
        #expect(rounds.words() == ["1: get #1 indices [57, 58, 59]"])
        let second = CompactBlock(block, totalDifficulty: 9, nonce: 4, prefilled: [2, 58], demand: demand([58, 59]))
        rounds.receive(.compactBlock(second), from: peers[1])
        #expect(rounds.words() == ["block 1 td 9 from 2"])
        rounds.receive(
            .blockTransactions(requestID: 1, EncodedList(Array(transactions[57...]))), from: peers[0])
        #expect(rounds.words().isEmpty, "no longer needed, and no offence")
    }

    @Test(
        "sums that give other transactions than those with the ids: nobody is misled, and the missing ones are asked for"
    )
    func falseSums() {
        var rounds = rounds(lacking: [59])
        let other = makeBlock(1, transactions.dropLast() + [Self.wallet.transfer(59, tip: 2 * gwei)])
        let honest = CompactBlock(block, totalDifficulty: 9, nonce: 3, demand: demand([59]))
        let false1 = CompactBlock(other, totalDifficulty: 9, nonce: 3, demand: demand([59]))
        rounds.receive(.compactBlock(honest.with(repair: false1.repair)), from: peers[0])
        #expect(rounds.words() == ["1: get #1 indices [59]"])
    }

    @Test func whatALiarMadeUpIsNotOfferedToOthers() {
        // A block that never proves to be right: what was lacking of it says nothing.
        var rounds = rounds(lacking: Array(40..<60))
        rounds.receive(.compactBlock(CompactBlock(block, totalDifficulty: 9, nonce: 3)), from: peers[0])
        rounds.receive(
            .blockTransactions(requestID: 1, EncodedList(Array(transactions[40...]))), from: peers[0])
        let before = rounds.host.capability.demand.size(transactions: 1_000, parts: 3_000)
        #expect(before == RepairSize(transactions: 6, parts: 10))
        rounds.call { $0.verified(block.hash, &$1) }
        let after = rounds.host.capability.demand.size(transactions: 1_000, parts: 3_000)
        #expect(after?.transactions == 29)
    }
}
