import Chain
import DevP2P
import EthCrypto
import EthWire
import Gossip
import PeerBook
import Primitives
import SansIO
import Storage
import Testing

@testable import EthNode
@testable import NodeCore

/// What a node makes of what peers say of their chains, and what it does while it catches up.
@Suite("Rules: downloads")
struct SyncRuleTests {
    @Test("a peer that is ahead by its Status is asked for headers, and so is one that says so later")
    func ahead() throws {
        let forge = try Forge(Forge.genesis(), blocks: 20)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth69], head: forge.heads[19])
        #expect(stage.ids(to: 1) == [.status, .getBlockHeaders])

        stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth69])
        #expect(stage.ids(to: 1) == [.status])
        let range = BlockRange(earliest: 0, latest: 20, latestHash: forge.heads[19].hash)
        stage.say(.blockRangeUpdate(range), by: 1)
        #expect(stage.ids(to: 1) == [.status, .getBlockHeaders])
    }

    @Test("what is downloaded becomes the chain, and a single new block of it goes on to others")
    func relay() throws {
        let forge = try Forge(Forge.genesis(), blocks: 1)
        var stage = try Stage(forge.genesis)
        stage.servers = [1: (forge.store, 100)]
        try stage.join(1, sharing: [Stage.eth69])
        try stage.join(2, sharing: [Stage.eth68])
        let range = BlockRange(earliest: 0, latest: 1, latestHash: forge.heads[0].hash)
        stage.say(.blockRangeUpdate(range), by: 1)
        stage.run(for: .seconds(3))
        #expect(stage.head == 1)
        #expect(stage.ids(to: 2).contains(.newBlock))
        #expect(stage.usefulness(of: 1)?.reputation?.usefulness.bytes ?? 0 > 0, "answers are to its credit")
    }

    @Test("the rest is asked of others when the peer that was followed leaves")
    func left() throws {
        let forge = try Forge(Forge.genesis(), blocks: 20)
        var stage = try Stage(forge.genesis)
        for peer in 1...2 { try stage.join(peer, sharing: [Stage.eth69], head: forge.heads[19]) }
        #expect(stage.ids(to: 1).contains(.getBlockHeaders) && !stage.ids(to: 2).contains(.getBlockHeaders))
        stage.leave(1)
        #expect(stage.ids(to: 2).contains(.getBlockHeaders))
    }

    @Test("a node is held up while peers that promise blocks come to nothing and its head stays the same")
    func heldUp() throws {
        let forge = try Forge(Forge.genesis(), blocks: 20)
        for promises in [false, true] {
            var stage = try Stage(forge.genesis)
            try stage.join(1, sharing: [Stage.eth69], head: promises ? forge.heads[19] : nil)
            stage.run(for: .milliseconds(4_900))
            #expect(!stage.node.peers.isHeldUp, "it still may answer")
            stage.run(for: .milliseconds(200))
            #expect(stage.node.peers.isHeldUp == promises)
            stage.servers = [1: (forge.store, 100)]
            stage.run(for: .seconds(6))
            #expect(!stage.node.peers.isHeldUp && stage.head == (promises ? 20 : 0))
        }
    }

    /// A node in the middle of a download: the first blocks are imported, jobs for more are held.
    private func inTheMiddle(_ forge: Forge, sealingWith key: PrivateKey? = nil) throws -> Stage {
        var stage = try Stage(forge.genesis) { $0.chain.sealingKey = key }
        stage.servers = [1: (forge.store, 1_000)]
        try stage.join(2, sharing: [Stage.eth68])
        stage.holdsJobs = true
        try stage.join(1, sharing: [Stage.eth69], head: forge.heads.last)
        while stage.node.ethNode.status.sync == nil { try stage.completeFirst() }
        return stage
    }

    @Test("while it catches up a node relays no blocks and takes no transactions; then it does again")
    func catchingUp() throws {
        let forge = try Forge(Forge.genesis(), blocks: 200)
        var stage = try inTheMiddle(forge)
        #expect(stage.head > 0 && stage.head < 200)
        #expect(stage.events.contains { if case .syncStarted(200)? = $0.ofChain { true } else { false } })
        let transaction = EncodedList([try Forge.transfer(0)])
        stage.say(.transactions(transaction), by: 2)
        #expect(!stage.jobs.contains("check transactions"))

        try stage.completeAll()
        stage.run(for: .seconds(10))
        #expect(stage.head == 200 && stage.node.ethNode.status.sync == nil)
        #expect(stage.events.contains { if case .syncFinished(200)? = $0.ofChain { true } else { false } })
        let relayed = stage.eth(to: 2).compactMap { if case .newBlock(let block, _) = $0 { block.number } else { nil } }
        #expect(relayed.allSatisfy { $0 == 200 }, "old blocks are no news")
        stage.say(.transactions(transaction), by: 2)
        #expect(stage.jobs.contains("check transactions") && stage.node.ethNode.status.pendingCount == 1)
    }

    @Test("a signer that is behind seals nothing until it has caught up, and then on top of that")
    func noSealing() throws {
        let forge = try Forge(Forge.genesis(), blocks: 200)
        var stage = try inTheMiddle(forge, sealingWith: Forge.signer())
        stage.run(for: .seconds(1))
        #expect(stage.node.ethNode.status.sync != nil && !stage.jobs.contains("seal a block"))
        try stage.completeAll()
        stage.run(for: .seconds(3))
        #expect(stage.jobs.contains("seal a block") && stage.head > 200)
    }

    @Test("receipts, which a node never asks for, are an offence")
    func receipts() throws {
        let forge = try Forge(Forge.genesis(), blocks: 1)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth68])
        stage.say(.receipts(requestID: 1, EncodedReceipts([], form: .withBloom)), by: 1)
        #expect(stage.offences(of: 1) == [.unsolicitedResponse])
    }
}
