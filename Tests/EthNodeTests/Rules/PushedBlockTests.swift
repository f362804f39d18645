import Chain
import DevP2P
import EthCrypto
import EthNode
import EthWire
import NodeCore
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Storage
import Testing

/// What a node does about blocks that peers push to it by `eth`.
@Suite("Rules: pushed blocks")
struct PushedBlockTests {
    private func push(_ block: Block, by peer: Int, _ stage: inout Stage, difficulty: UInt256? = nil) {
        let total = difficulty ?? UInt256(1 + 2 * block.number)
        stage.say(.newBlock(block, totalDifficulty: total), by: peer)
    }

    @Test("who brings a valid block first gets credit for it")
    func credit() throws {
        let forge = try Forge(Forge.genesis(), blocks: 1)
        var stage = try Stage(forge.genesis)
        for peer in 1...2 { try stage.join(peer, sharing: [Stage.eth68]) }
        push(forge.blocks[0], by: 1, &stage)
        #expect(stage.head == 1)
        #expect(stage.blockPoints(of: 1) > 0 && stage.blockPoints(of: 2) == 0)
        let heads = stage.events.compactMap {
            if case .newHead(let head, let dropped)? = $0.ofChain { (head.number, dropped) } else { nil }
        }
        #expect(heads.count == 1 && heads[0] == (1, 0))
    }

    @Test("who brings an invalid block is blamed for it, and gets no credit", arguments: [true, false])
    func invalid(headerIsWrong: Bool) throws {
        let forge = try Forge(Forge.genesis(), blocks: 1)
        var stage = try Stage(forge.genesis)
        for peer in 1...2 { try stage.join(peer, sharing: [Stage.eth68]) }
        let stranger = try PrivateKey([UInt8](repeating: 9, count: 32))
        let bad =
            try headerIsWrong
            ? Forge.changed(forge.blocks[0], by: stranger)
            : Forge.changed(forge.blocks[0]) { $0.stateRoot = .emptyListHash }
        push(bad, by: 1, &stage)
        #expect(stage.head == 0 && stage.blockPoints(of: 1) == 0)
        #expect(stage.offences(of: 1).count == 1 && stage.offences(of: 2).isEmpty)
        #expect([.invalidBlock, .invalidHeader].contains(stage.offences(of: 1).first))
        #expect(
            stage.events.contains { if case .blockRejected(1, bad.hash, _)? = $0.ofChain { true } else { false } },
            "the operator is told why")
        #expect(!stage.ids(to: 2).contains(.newBlock) && !stage.ids(to: 2).contains(.newBlockHashes))
    }

    @Test(
        "the chain of a block whose parent is unknown is asked for, even if it promises less than the node has")
    func unknownParent() throws {
        let genesis = try Forge.genesis()
        let (ours, theirs) = (try Forge(genesis, blocks: 3), try Forge(genesis, blocks: 3, vanity: "other"))
        var stage = try Stage(genesis)
        for peer in 1...2 { try stage.join(peer, sharing: [Stage.eth68]) }
        for block in ours.blocks { push(block, by: 1, &stage) }
        #expect(stage.head == 3)
        stage.clear()
        push(theirs.blocks[2], by: 2, &stage, difficulty: 5)
        stage.run(for: .seconds(3))
        #expect(stage.ids(to: 2).contains(.getBlockHeaders) && stage.offences(of: 2).isEmpty)
    }

    /// go-ethereum's limit is 32; anything further is fetched in order.
    @Test("a block more than 64 ahead is only a sign of where to sync to", arguments: [64, 65])
    func farAhead(distance: UInt64) throws {
        let forge = try Forge(Forge.genesis(), blocks: 1)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth68])
        stage.clear()
        push(try Forge.changed(forge.blocks[0]) { $0.number = distance }, by: 1, &stage)
        #expect(stage.jobs.contains { $0.contains("a block") } == (distance == 64), "\(stage.jobs)")
        #expect(stage.ids(to: 1) == [.getBlockHeaders])
    }

    @Test("a block that is early by seconds is imported when its time has come, and is nobody's offence")
    func early() throws {
        // Blocks up to three seconds ahead of the stage.
        let forge = try Forge(Forge.genesis(), blocks: 4, from: 1)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth68])
        let ahead = forge.blocks.map { Int($0.header.timestamp) - Int(Stage.start.unixSeconds) }
        let last = try #require(ahead.last)
        #expect(last >= 2)
        for block in forge.blocks { push(block, by: 1, &stage) }
        let before = stage.head
        #expect(before < 4)
        stage.servers = [:]
        stage.run(for: .seconds(last))
        #expect(stage.head == 4 && stage.offences(of: 1).isEmpty)
        #expect(stage.blockPoints(of: 1) > 0)
    }

    @Test("a pushed block goes to a share of the older clients, to the others as a hash, and not back")
    func relay() throws {
        let forge = try Forge(Forge.genesis(), blocks: 1)
        var stage = try Stage(forge.genesis)
        for peer in 1...5 { try stage.join(peer, sharing: [Stage.eth68]) }
        try stage.join(6, sharing: [Stage.eth69])
        stage.clear()
        push(forge.blocks[0], by: 3, &stage)
        let told = (1...6).map { stage.ids(to: $0) }
        #expect(told.count { $0 == [.newBlock] } == 2)
        #expect(told.count { $0 == [.newBlockHashes] } == 2)
        #expect(told[2].isEmpty && told[5].isEmpty, "the sender, and eth/69")
    }

    @Test("peers on eth/69 are told of the range every 32 blocks")
    func range() throws {
        let forge = try Forge(Forge.genesis(), blocks: 64)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth68])
        try stage.join(2, sharing: [Stage.eth69])
        var updates: [UInt64] = []
        for block in forge.blocks {
            stage.clear()
            push(block, by: 1, &stage)
            for case .blockRangeUpdate(let range) in stage.eth(to: 2) {
                #expect(range.earliest == 0 && range.latest == block.number && range.latestHash == block.hash)
                updates.append(range.latest)
            }
        }
        #expect(updates == [32, 64])
    }

    @Test("whoever joins later is told of the head as it is then, and so is the record of the fork")
    func status() throws {
        var genesis = try Forge.genesis()
        genesis.config.arrowGlacierBlock = 2
        let forge = try Forge(genesis, blocks: 3)
        var stage = try Stage(genesis) { $0.node.discoveryEnabled = true }
        try stage.join(1, sharing: [Stage.eth68])
        let entry = stage.node.status.record.ethEntry.map { Array($0) }
        for block in forge.blocks { push(block, by: 1, &stage) }
        for (peer, place) in [(2, Stage.eth68), (3, Stage.eth69)] {
            try stage.join(peer, sharing: [place], head: forge.heads[2])
            guard case .status(let status)? = stage.eth(to: peer).first else {
                Issue.record("no Status for \(peer)")
                continue
            }
            #expect(status.head.hash == forge.heads[2].hash)
        }
        #expect(stage.node.status.record.ethEntry.map { Array($0) } != entry)
    }

    @Test("transactions of blocks that leave the chain go back to the pool, those of blocks that join it leave it")
    func reorganization() throws {
        let genesis = try Forge.genesis()
        let (ours, theirs) = (
            try Forge(genesis, blocks: 1, transfers: 3), try Forge(genesis, blocks: 2, vanity: "other")
        )
        #expect(ours.blocks[0].transactions.count == 3)
        var stage = try Stage(genesis)
        try stage.join(1, sharing: [Stage.eth68])
        stage.submit(try Forge.transfer(0), ticket: 1)
        #expect(stage.node.ethNode.status.pendingCount == 1)
        push(ours.blocks[0], by: 1, &stage)
        #expect(stage.head == 1 && stage.node.ethNode.status.pendingCount == 0)
        for block in theirs.blocks { push(block, by: 1, &stage) }
        #expect(stage.head == 2 && stage.node.ethNode.status.pendingCount == 3)
        let dropped = stage.events.compactMap {
            if case .newHead(_, let dropped)? = $0.ofChain { dropped } else { nil }
        }
        #expect(dropped.max() == 1)
    }

    @Test("where the disk fails, the operator is told, and the sender isn't to blame")
    func disk() throws {
        let forge = try Forge(Forge.genesis(), blocks: 1)
        let store = FailingStore()
        var stage = try Stage(forge.genesis, store: store)
        try stage.join(1, sharing: [Stage.eth68])
        store.fails = true
        push(forge.blocks[0], by: 1, &stage)
        #expect(stage.head == 0 && stage.offences(of: 1).isEmpty && stage.blockPoints(of: 1) == 0)
        #expect(stage.events.contains { if case .failed? = $0.ofChain { true } else { false } })
    }
}
