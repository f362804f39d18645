import Chain
import EthCrypto
import EthNode
import EthWire
import NodeCore
import Primitives
import SansIO
import Storage
import Testing

@Suite("What a node counts of its chain")
struct ChainActivityTests {
    private func push(_ block: Block, _ stage: inout Stage) {
        stage.say(.newBlock(block, totalDifficulty: UInt256(1_000 + block.number)), by: 1)
    }

    @Test("pushed blocks: how long after their header's time; the first word of one by eth is the block itself")
    func delays() throws {
        // The block is 3 s old when the stage begins.
        let forge = try Forge(Forge.genesis(), blocks: 1, from: 4)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth68])
        let age = stage.now - Instant(unixSeconds: forge.heads[0].timestamp)
        stage.holdsJobs = true
        push(forge.blocks[0], &stage)
        stage.run(for: .milliseconds(400))
        try stage.completeAll()
        let activity = stage.node.ethNode.chainActivity
        #expect(stage.head == 1 && activity.importedBlocks == 1)
        #expect(activity.outOfTurnBlocks == 0 && activity.reorganisations == 0)
        #expect(activity.delaySinceTimestamp.count == 1 && activity.delaySinceHeard.count == 0)
        #expect(activity.delaySinceTimestamp.sum == age + .milliseconds(400))
        // A block that is known isn't counted again.
        push(forge.blocks[0], &stage)
        #expect(stage.node.ethNode.chainActivity == activity)
    }

    @Test("another branch that wins is a reorganisation of so many blocks")
    func reorganisation() throws {
        let genesis = try Forge.genesis()
        let short = try Forge(genesis, blocks: 2, vanity: "short")
        let long = try Forge(genesis, blocks: 3, vanity: "long")
        var stage = try Stage(genesis)
        try stage.join(1, sharing: [Stage.eth68])
        for block in short.blocks + long.blocks { push(block, &stage) }
        let activity = stage.node.ethNode.chainActivity
        #expect(stage.head == 3 && activity.importedBlocks == 5)
        #expect(activity.reorganisations == 1 && activity.undoneBlocks == 2 && activity.deepestReorganisation == 2)
    }

    @Test("a block of the signer whose turn it isn't is a missed slot")
    func outOfTurn() throws {
        let signer = try Forge.signer()
        let own = signer.publicKey.address
        // Block 1 is the second one's by address.
        let other = try #require(
            try (2...40).map { try PrivateKey([UInt8](repeating: $0, count: 32)) }.first {
                own.bytes.lexicographicallyPrecedes($0.publicKey.address.bytes)
            })
        let forge = try Forge(Forge.genesis(signers: [signer, other]), blocks: 1)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth68])
        push(forge.blocks[0], &stage)
        #expect(stage.head == 1 && stage.node.ethNode.chainActivity.outOfTurnBlocks == 1)
    }
}
