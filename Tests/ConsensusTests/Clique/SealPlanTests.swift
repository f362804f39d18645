import Chain
import Consensus
import EthCrypto
import Primitives
import SansIO
import Storage
import Testing

struct SealPlanTests {
    private static let turns = "ABCDE".sorted { CliqueFixture.address($0) < CliqueFixture.address($1) }

    private func plan(
        _ node: CliqueFixture, _ signer: Character, at now: Instant, seed: UInt64 = 1, vanity: [UInt8] = []
    ) throws -> SealPlan? {
        var random = NodeRandom(seed: seed)
        return try node.engine.plan(
            after: try node.head(), chain: node.chain, signer: CliqueFixture.address(signer), vanity: vanity, now: now,
            random: &random)
    }

    @Test("in turn on the second; out of turn up to half a second for each of a majority later")
    func times() throws {
        let node = try CliqueFixture(signers: "ABCDE", period: 5)
        let due = Instant(unixSeconds: CliqueFixture.genesisTime + 5)
        let early = due + .milliseconds(-4321)
        let inTurn = try #require(try plan(node, Self.turns[1], at: early))
        #expect(inTurn.inTurn && inTurn.difficulty == 2 && inTurn.when == due)
        #expect(inTurn.timestamp == CliqueFixture.genesisTime + 5 && inTurn.number == 1)
        #expect(inTurn.author == CliqueFixture.address(Self.turns[1]) && inTurn.allowsEmptyBlock)
        var delays: [Duration] = []
        for seed in 0..<200 as Range<UInt64> {
            let other = try #require(try plan(node, Self.turns[2], at: early, seed: seed))
            #expect(!other.inTurn && other.difficulty == 1 && other.timestamp == inTurn.timestamp)
            delays.append(other.when - due)
        }
        let least = try #require(delays.min())
        let most = try #require(delays.max())
        #expect(least >= .zero && least < .milliseconds(100))
        #expect(most < .milliseconds(1500) && most > .milliseconds(1400))
        // Late: at once, with the time that it is.
        let late = due + .milliseconds(12_300)
        let now = try #require(try plan(node, Self.turns[1], at: late))
        #expect(now.when == late && now.timestamp == CliqueFixture.genesisTime + 17)
    }

    @Test("of n signers, those of the last n/2 blocks and strangers have no plan")
    func mayNot() throws {
        let node = try CliqueFixture(signers: "ABCDE")
        #expect(try plan(node, "X", at: node.now) == nil)
        for letter in "ABCDEABCDE" {
            try node.grow(by: letter)
            let snapshot = try node.engine.snapshot(at: try node.head(), chain: node.chain)
            let may = try "ABCDE".filter { try plan(node, $0, at: node.now) != nil }
            let expected = "ABCDE".filter { signer in
                !snapshot.recents.suffix(2).contains { $0.signer == CliqueFixture.address(signer) }
            }
            #expect(may == expected)
            // Whoever has a plan makes a valid block.
            for signer in may {
                let block = try node.built(on: try node.head(), by: signer).block
                try node.engine.verify(block.header, parent: try node.head(), chain: node.chain, now: node.now)
            }
        }
    }

    @Test("votes for what would change something, but in no checkpoint; which lists the signers")
    func votes() throws {
        let proposals = [
            CliqueProposal(subject: CliqueFixture.address("A"), authorizes: true),
            CliqueProposal(subject: CliqueFixture.address("B"), authorizes: false),
            CliqueProposal(subject: CliqueFixture.address("D"), authorizes: true),
            CliqueProposal(subject: CliqueFixture.address("E"), authorizes: false),
        ]
        let node = try CliqueFixture(signers: "ABC", epoch: 3, proposals: proposals)
        var seen: Set<CliqueProposal> = []
        for seed in 0..<50 as Range<UInt64> {
            let made = try #require(try plan(node, "A", at: node.now, seed: seed, vanity: Array("hello".utf8)))
            seen.insert(CliqueProposal(subject: made.beneficiary, authorizes: made.nonce == .max))
            #expect(made.extraData.count == 97 && made.extraData.starts(with: "hello".utf8))
        }
        #expect(seen == [proposals[1], proposals[2]])
        try node.grow(by: "A")
        try node.grow(by: "C")
        // The signers as they are by then, D among them.
        let signers = try node.engine.snapshot(at: try node.head(), chain: node.chain).signers
        let checkpoint = try #require(try plan(node, "B", at: node.now, vanity: [UInt8](repeating: 9, count: 40)))
        #expect(checkpoint.beneficiary.isZero && checkpoint.nonce == 0)
        #expect(checkpoint.extraData.prefix(32).allSatisfy { $0 == 9 })
        #expect(CliqueHeader.signers(checkpoint.extraData) == signers)
        try node.grow(by: "B")
        #expect(try node.head().number == 3)
    }

    /// Five nodes that make blocks whenever their plans say, and hear of each other's after a delay.
    @Test("five signers make one chain, mostly in turn", arguments: [10, 300])
    func together(milliseconds: Int) throws {
        var nodes: [Character: CliqueFixture] = [:]
        for letter in "ABCDE" { nodes[letter] = try CliqueFixture(signers: "ABCDE", period: 2) }
        var now = Instant(unixSeconds: CliqueFixture.genesisTime + 2)
        var plans: [Character: SealPlan] = [:]
        var inbox: [(at: Instant, to: Character, block: Block)] = []
        var seed: UInt64 = 0
        func replan(_ letter: Character) throws {
            guard let node = nodes[letter] else { return }
            seed += 1
            plans[letter] = try plan(node, letter, at: now, seed: seed)
        }
        for letter in "ABCDE" { try replan(letter) }
        while try (nodes["A"]?.head().number ?? 0) < 40 {
            let nextPlan = plans.min { ($0.value.when, $0.key) < ($1.value.when, $1.key) }
            let nextMail = inbox.indices.min { (inbox[$0].at, inbox[$0].to) < (inbox[$1].at, inbox[$1].to) }
            if let nextMail, inbox[nextMail].at <= nextPlan?.value.when ?? .distantFuture {
                let mail = inbox.remove(at: nextMail)
                now = max(now, mail.at)
                let outcome = try #require(nodes[mail.to]).importer.importBlocks([mail.block], now: now)
                #expect(outcome.failure == nil)
                if outcome.newHead != nil { try replan(mail.to) }
            } else if let (letter, plan) = nextPlan {
                now = max(now, plan.when)
                plans[letter] = nil
                let node = try #require(nodes[letter])
                let built = try node.builder.build(
                    on: try node.head(), transactions: [], plan: plan, key: CliqueFixture.key(letter))
                #expect(node.importer.importBlocks([built.block], now: now).newHead?.hash == built.block.hash)
                try replan(letter)
                for other in "ABCDE" where other != letter {
                    inbox.append((now + .milliseconds(milliseconds), other, built.block))
                }
            } else {
                Issue.record("nobody may sign")
                return
            }
        }
        // Let the last ones arrive.
        for mail in inbox.sorted(by: { $0.at < $1.at }) {
            _ = nodes[mail.to]?.importer.importBlocks([mail.block], now: mail.at + .seconds(1))
        }
        let heads = try nodes.values.map { try $0.head() }
        #expect(Set(heads.map(\.hash)).count == 1)
        let head = heads[0]
        // In turn counts two: a perfect chain of n blocks would have 2n + 1.
        #expect(head.totalDifficulty >= UInt256(head.number * 2 * 9 / 10))
        #expect(head.timestamp < CliqueFixture.genesisTime + 2 * head.number + 10)
    }
}
