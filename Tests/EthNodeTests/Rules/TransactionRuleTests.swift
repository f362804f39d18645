import Chain
import DevP2P
import EthCrypto
import EthNode
import EthWire
import Gossip
import NodeCore
import Primitives
import SansIO
import Testing

/// What a node does about transactions of its peers and of its user.
@Suite("Rules: transactions")
struct TransactionRuleTests {
    private func stage() throws -> Stage {
        var stage = try Stage(Forge.genesis())
        for peer in 1...2 { try stage.join(peer, sharing: [Stage.eth69]) }
        return stage
    }

    @Test("a peer's transaction is checked, kept, credited once and passed on")
    func taken() throws {
        var stage = try stage()
        for peer in 1...2 { stage.say(.transactions(EncodedList([try Forge.transfer(0)])), by: peer) }
        stage.run(for: .seconds(1))
        #expect(stage.node.ethNode.status.pendingCount == 1)
        #expect(stage.transactionPoints(of: 1) > 0 && stage.transactionPoints(of: 2) == 0)
        #expect(stage.jobs == ["check transactions"])
        #expect(!stage.ids(to: 1).contains(.transactions))
        // A third peer that joins later is told of what is in the pool.
        try stage.join(3, sharing: [Stage.eth69])
        stage.run(for: .seconds(1))
        #expect(stage.ids(to: 3).contains(.newPooledTransactionHashes))
    }

    @Test("a transaction that can never be valid is its sender's offence, in the same call; one without funds isn't")
    func refused() throws {
        var stage = try stage()
        stage.say(.transactions(EncodedList([try Forge.transfer(0, chainID: 99)])), by: 1)
        #expect(stage.offences(of: 1) == [.invalidTransaction])
        let poor = LegacyTransaction(nonce: 0, gasPrice: 10_000_000_000, gasLimit: 21_000, to: Address(), value: 1)
            .signed(by: try Stage.key(50), chainID: 7)
        stage.say(.transactions(EncodedList([poor])), by: 2)
        #expect(stage.offences(of: 2).isEmpty && stage.node.ethNode.status.pendingCount == 0)
        #expect(stage.transactionPoints(of: 1) == 0 && stage.transactionPoints(of: 2) == 0)
    }

    @Test("a user is told what became of a transaction: taken, known already, invalid")
    func submitted() throws {
        var stage = try stage()
        let transfer = try Forge.transfer(0)
        stage.submit(transfer, ticket: 1)
        stage.submit(transfer, ticket: 2)
        stage.submit(try Forge.transfer(1, chainID: 99), ticket: 3)
        #expect(try stage.answers[1]?.get() == transfer.hash)
        #expect(stage.answers[2] == .failure(.alreadyKnown))
        #expect(throws: PoolError.self) { try stage.answers[3]?.get() }
        #expect(stage.jobs == ["check transactions"], "only what can't be told at once costs a job")
    }

    @Test("a check against an older head is made again, and only then answered")
    func olderHead() throws {
        let forge = try Forge(Forge.genesis(), blocks: 1, transfers: 1)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth68])
        stage.holdsJobs = true
        // The block holds it already.
        stage.submit(try Forge.transfer(0), ticket: 1)
        stage.say(.newBlock(forge.blocks[0], totalDifficulty: 3), by: 1)
        while stage.head == 0 {
            let name = try #require(stage.held.map { "\($0.job.name)" }.first { $0 != "check transactions" })
            try stage.complete(name)
        }
        try stage.complete("check transactions")
        #expect(stage.answers.isEmpty)
        try stage.completeAll()
        #expect(throws: PoolError.self) { try stage.answers[1]?.get() }
        #expect(stage.answers.count == 1 && stage.node.ethNode.status.pendingCount == 0)
    }
}
