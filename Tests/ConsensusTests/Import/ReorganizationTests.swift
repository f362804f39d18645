import Chain
import Consensus
import Execution
import Primitives
import SansIO
import Storage
import Testing

struct ReorganizationTests {
    /// A chain of blocks on `base`, made on a node of its own.
    private func branch(
        _ letters: String, on base: [Block], from: Character, nonce: UInt64 = 0, vanity: [UInt8] = []
    ) throws -> [Block] {
        let node = try CliqueFixture(signers: "ABC")
        try node.add(base)
        var blocks: [Block] = []
        for (index, letter) in letters.enumerated() {
            let transfer = CliqueFixture.transfer(from, nonce: nonce + UInt64(index))
            let block = try node.built(on: try node.head(), by: letter, [transfer], vanity: vanity).block
            try node.add(block)
            blocks.append(block)
        }
        return blocks
    }

    private func expectConsistent(_ node: CliqueFixture, _ chain: [Block]) throws {
        #expect(try node.head().hash == chain.last?.hash)
        for block in chain {
            #expect(try node.chain.canonicalHash(block.number) == block.hash)
            for (index, transaction) in block.transactions.enumerated() {
                let location = try node.chain.transactionLocation(transaction.hash)
                #expect(location == TransactionLocation(blockHash: block.hash, number: block.number, index: index))
            }
        }
        #expect(try node.chain.canonicalHash(UInt64(chain.count + 1)) == nil)
    }

    /// Signers in ascending order of address: block n is in turn for the one at n mod 3.
    private static let turns = "ABC".sorted { CliqueFixture.address($0) < CliqueFixture.address($1) }

    /// `count` letters for blocks from `number` on, all in turn, or all out of turn.
    private static func letters(from number: Int, _ count: Int, inTurn: Bool) -> String {
        String((0..<count).map { turns[(number + $0 + (inTurn ? 0 : 1)) % 3] })
    }

    /// `count` letters for blocks from `number` on that follow one out of turn: one more, then all in turn.
    private static func lettersBack(from number: Int, _ count: Int) -> String {
        String(turns[(number + 2) % 3]) + letters(from: number + 1, count - 1, inTurn: true)
    }

    @Test("the heavier branch replaces the lighter one, whatever its length", arguments: [1, 2, 5, 20])
    func heavier(depth: Int) throws {
        let base = try branch(Self.letters(from: 1, 4, inTurn: true), on: [], from: "X")
        let light = try branch(Self.letters(from: 5, depth, inTurn: false), on: base, from: "Y")
        let heavy = try branch(Self.letters(from: 5, depth, inTurn: true), on: base, from: "Z")
        let node = try CliqueFixture(signers: "ABC")
        try node.add(base + light)
        try expectConsistent(node, base + light)
        let outcome = try node.add(heavy)
        #expect(outcome.droppedBlocks == depth)
        #expect(outcome.droppedTransactions == light.flatMap(\.transactions))
        #expect(outcome.addedTransactions == heavy.flatMap(\.transactions))
        #expect(outcome.newHead?.hash == heavy.last?.hash)
        try expectConsistent(node, base + heavy)
        for block in light { #expect(try node.chain.transactionLocation(block.transactions[0].hash) == nil) }
        // What is not canonical is still there.
        for block in light { #expect(try node.chain.block(block.hash) == block) }
        #expect(try node.balance("Q") == UInt256(UInt64(4 + depth) * 1000))
        // The other way round: the lighter one is stored, and changes nothing.
        let other = try CliqueFixture(signers: "ABC")
        try other.add(base + heavy)
        let ignored = try other.add(light)
        #expect(ignored.imported.count == depth && ignored.newHead == nil && ignored.droppedBlocks == 0)
        try expectConsistent(other, base + heavy)
    }

    @Test("a heavier branch that is shorter: the numbers above it are canonical no more")
    func shorter() throws {
        let base = try branch(Self.letters(from: 1, 3, inTurn: true), on: [], from: "X")
        let long = try branch(Self.letters(from: 4, 5, inTurn: false), on: base, from: "Y")
        let short = try branch(Self.letters(from: 4, 3, inTurn: true), on: base, from: "Z")
        let node = try CliqueFixture(signers: "ABC")
        try node.add(base + long)
        #expect(try node.head().number == 8)
        let outcome = try node.add(short)
        #expect(outcome.newHead?.number == 6)
        #expect(outcome.droppedBlocks == 5)
        try expectConsistent(node, base + short)
        for number in 7...8 as ClosedRange<UInt64> { #expect(try node.chain.canonicalHash(number) == nil) }
        // And back, when the long one grows on.
        let longer = try branch(Self.lettersBack(from: 9, 3), on: base + long, from: "X", nonce: 3)
        let back = try node.add(longer)
        #expect(back.droppedBlocks == 3)
        #expect(back.addedTransactions == (long + longer).flatMap(\.transactions))
        try expectConsistent(node, base + long + longer)
    }

    @Test("transactions that are in both branches are not handed back")
    func sharedTransactions() throws {
        let base = try branch(Self.letters(from: 1, 2, inTurn: true), on: [], from: "X")
        let light = try branch(Self.letters(from: 3, 3, inTurn: false), on: base, from: "X", nonce: 2)
        // The first two of the same transactions, a block later.
        let node = try CliqueFixture(signers: "ABC")
        try node.add(base)
        var heavy: [Block] = []
        let turns = Array(Self.letters(from: 3, 3, inTurn: true))
        for (index, transactions) in [[], light[0].transactions, light[1].transactions].enumerated() {
            heavy.append(try node.grow(by: turns[index], transactions))
        }
        let other = try CliqueFixture(signers: "ABC")
        try other.add(base + light)
        let outcome = try other.add(heavy)
        #expect(outcome.droppedTransactions == light[2].transactions)
        #expect(outcome.addedTransactions == light[0].transactions + light[1].transactions)
        try expectConsistent(other, base + heavy)
    }

    @Test("in one call over and back: the outcome says what has changed from its beginning to its end")
    func overAndBack() throws {
        let base = try branch(Self.letters(from: 1, 2, inTurn: true), on: [], from: "X")
        let first = try branch(Self.letters(from: 3, 2, inTurn: false), on: base, from: "Y")
        let second = try branch(Self.letters(from: 3, 2, inTurn: true), on: base, from: "Z")
        let more = try branch(Self.lettersBack(from: 5, 4), on: base + first, from: "X", nonce: 2)
        let node = try CliqueFixture(signers: "ABC")
        try node.add(base + first)
        let outcome = try node.add(second + more)
        try expectConsistent(node, base + first + more)
        #expect(outcome.droppedTransactions == second.flatMap(\.transactions))
        // Those of `first` were canonical before and are again.
        #expect(outcome.addedTransactions == (first + more).flatMap(\.transactions))
    }

    @Test("equal total difficulty: fewer blocks win, then the lower hash, in whichever order they come")
    func ties() throws {
        let base = try branch(Self.letters(from: 1, 2, inTurn: true), on: [], from: "X")
        // One block in turn weighs as much as two out of turn.
        let two = try branch(Self.letters(from: 3, 2, inTurn: false), on: base, from: "Y")
        let one = try branch(Self.letters(from: 3, 1, inTurn: true), on: base, from: "Z")
        let rivals = try (0..<4).map {
            try branch(Self.letters(from: 3, 1, inTurn: true), on: base, from: "Z", vanity: [$0])
        }
        let lowest = try #require((rivals + [one]).map { $0[0] }.min { $0.hash < $1.hash })
        for order in [[two, one] + rivals, rivals + [one, two], [one] + rivals.reversed() + [two]] {
            let node = try CliqueFixture(signers: "ABC")
            try node.add(base)
            for blocks in order { try node.add(blocks) }
            try expectConsistent(node, base + [lowest])
        }
    }

    @Test("nodes that have seen the same blocks agree, whatever the order", arguments: 1...8 as ClosedRange<UInt64>)
    func convergence(seed: UInt64) throws {
        var random = NodeRandom(seed: seed)
        func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        // A tree: each block on a random one of the last few, by whoever may sign.
        let maker = try CliqueFixture(signers: "ABC")
        var tree = [try #require(try maker.chain.block(try maker.head().hash))]
        while tree.count < 40 {
            let parent = try maker.head(tree[max(0, tree.count - 1 - below(5))].hash)
            let snapshot = try maker.engine.snapshot(at: parent, chain: maker.chain)
            let may = "ABC".filter { snapshot.maySign(CliqueFixture.address($0)) }
            let letter = Array(may)[below(may.count)]
            let block = try maker.built(on: parent, by: letter, vanity: [UInt8(tree.count)]).block
            try maker.add(block)
            tree.append(block)
        }
        let best = try maker.head()
        for _ in 0..<4 {
            let node = try CliqueFixture(signers: "ABC")
            var waiting = Array(tree.dropFirst())
            while !waiting.isEmpty {
                // Any block whose parent is known.
                let ready = try waiting.indices.filter { try node.chain.contains(waiting[$0].header.parentHash) }
                try node.add(waiting.remove(at: ready[below(ready.count)]))
            }
            #expect(try node.head() == best)
            // The index leads from the head to genesis.
            var hash = best.hash
            while let header = try node.chain.header(hash) {
                #expect(try node.chain.canonicalHash(header.number) == hash)
                hash = header.parentHash
            }
        }
        // The order is strict: of two heads one is better, never both.
        let heads = try tree.map { try maker.head($0.hash) }
        for a in heads {
            for b in heads {
                let better = [maker.engine.isBetter(a, than: b), maker.engine.isBetter(b, than: a)]
                #expect(better.filter { $0 }.count == (a == b ? 0 : 1))
            }
        }
    }
}
