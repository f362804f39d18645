import Chain
import Consensus
import DevP2P
import EthCrypto
import EthNode
import EthWire
import Execution
import Gossip
import KeyValue
import NodeCore
import Primitives
import RLP
import SansIO
import Storage
import Testing

/// What a node does with blocks that are pushed to it by `eth`: who is believed, what it costs, what is kept.
@Suite("Blocks that are pushed")
struct BlockIntakeTests {
    private static let eth68 = 0
    private static let sender = 2

    /// A signer that is connected to nobody, and a node with two peers: one in whose name a test speaks, and another one.
    private struct Stage {
        var wire: HandWire
        let key: PrivateKey
        /// The signer's blocks, by number.
        private(set) var blocks: [Block] = []

        /// - Parameter sharing: what the node and its peers have in common.
        init(blocks count: Int, sharing: [Int] = [BlockIntakeTests.eth68]) throws {
            let now = Instant(unixSeconds: 1_760_000_000)
            let keys = try (1...4).map { try PrivateKey([UInt8](repeating: $0, count: 32)) }
            key = keys[0]
            var genesis = Genesis.devnet(signers: [key.publicKey.address], period: 1, chainID: 7)
            genesis.timestamp = now.unixSeconds
            let funds = GenesisAccount(balance: 1_000_000_000_000_000_000)
            genesis.setAlloc([GenesisAllocation(address: key.publicKey.address, account: funds)])
            let nodes = try keys.indices.map { index in
                var configuration = ChainNodeConfiguration(
                    key: keys[index], clientID: "test", genesis: genesis, networkID: 7,
                    engine: try #require(CliqueEngine(chainConfig: genesis.config)), executor: TransferExecutor(),
                    advertisedIP: .loopback, udpPort: 30303, tcpPort: 30303)
                configuration.node.discoveryEnabled = false
                configuration.chain.sealingKey = index == 0 ? keys[0] : nil
                return try NodeCore(
                    configuration, store: MemoryStore(), random: NodeRandom(seed: UInt64(index)),
                    now: now)
            }
            wire = try HandWire(nodes, keys: keys, now: now)
            wire.mayClose = true
            try wire.connect(1, 2, sharing: sharing)
            try wire.connect(1, 3, sharing: sharing)
            let transaction = LegacyTransaction(
                nonce: 0, gasPrice: 10_000_000_000, gasLimit: 21_000, to: Address(), value: 1
            ).signed(by: key, chainID: 7)
            try wire.submit(transaction, ticket: 0, at: 0)
            try wire.run(for: .seconds(count + 1))
            let store = wire.nodes[0].ethNode.chainStore
            for number in 0...UInt64(count) {
                let hash = try #require(try store.canonicalHash(number))
                blocks.append(try #require(try store.block(hash)))
            }
        }

        mutating func push(_ block: Block, from sender: Int = BlockIntakeTests.sender) throws {
            let message = EthMessage.newBlock(block, totalDifficulty: UInt256(1 + 2 * block.number))
            try wire.inject(
                OutboundMessage(message, version: .eth68, capability: BlockIntakeTests.eth68), from: sender, to: 1)
        }

        /// Gives the node the signer's blocks up to a number.
        mutating func feed(_ numbers: ClosedRange<Int>) throws {
            for number in numbers { try push(blocks[number], from: 3) }
        }

        /// A block after another one, by the signer or by somebody else.
        func child(of parent: Block, by key: PrivateKey? = nil, _ change: (inout Header) -> Void = { _ in }) throws
            -> Block
        {
            var header = blocks[2].header
            header.parentHash = parent.hash
            header.number = parent.number + 1
            header.timestamp = parent.header.timestamp + 1
            header.stateRoot = parent.header.stateRoot
            header.gasLimit = parent.header.gasLimit
            header.gasUsed = 0
            header.transactionsRoot = .emptyTrieRoot
            header.receiptsRoot = .emptyTrieRoot
            header.baseFeePerGas = GasRules.nextBaseFee(
                parent: parent.header, config: wire.nodes[1].ethNode.configuration.genesis.config)
            header.extraData = CliqueHeader.extraData(vanity: [])
            change(&header)
            return Block(header: try CliqueHeader.sealed(header, with: key ?? self.key), body: BlockBody())
        }

        var head: UInt64 { wire.nodes[1].ethNode.status.head.number }

        func has(_ block: Block) throws -> Bool { try wire.nodes[1].ethNode.chainStore.contains(block.hash) }
    }

    private static func stranger() throws -> PrivateKey { try PrivateKey([UInt8](repeating: 0x77, count: 32)) }

    /// The same header with a body that isn't its own.
    private func falseBody(_ block: Block) -> Block {
        let other = LegacyTransaction(nonce: 9, gasPrice: 1, gasLimit: 21_000, to: Address(), value: 1)
        let transaction = try? PrivateKey([UInt8](repeating: 9, count: 32))
        return Block(
            header: block.header,
            body: BlockBody(transactions: transaction.map { [other.signed(by: $0, chainID: 7)] } ?? []))
    }

    @Test("a known header vouches for no other body: nobody gets it, and its sender is cut off")
    func knownHeader() throws {
        var stage = try Stage(blocks: 4)
        try stage.feed(1...4)
        #expect(stage.head == 4 && stage.wire.offences.isEmpty)
        var relayed = 0
        stage.wire.arrives = { from, _, _ in
            if from == 1 { relayed += 1 }
            return true
        }
        for block in stage.blocks[1...4] { try stage.push(block) }
        #expect(relayed == 0 && stage.wire.offences.isEmpty, "the true ones again are nobody's offence")
        try stage.push(falseBody(stage.blocks[3]))
        #expect(relayed == 0 && stage.wire.offences == [.protocolBreach])
        #expect(stage.wire.closed.count == 1)
    }

    @Test("a new header with another body costs whoever sends it, and doesn't keep the true block away")
    func newHeader() throws {
        var stage = try Stage(blocks: 2)
        try stage.push(falseBody(stage.blocks[1]))
        #expect(stage.head == 0 && stage.wire.offences == [.protocolBreach] && stage.wire.closed.count == 1)
        try stage.push(stage.blocks[1], from: 3)
        #expect(stage.head == 1 && stage.wire.offences.count == 1)
    }

    @Test("an invalid block by eth costs its sender the session, whatever else the peer speaks")
    func invalidBesidesGossip() throws {
        var stage = try Stage(blocks: 2, sharing: [0, 2])
        try stage.push(try stage.child(of: stage.blocks[0], by: Self.stranger()))
        #expect(stage.wire.offences == [.invalidBlock] && stage.wire.closed.count == 1)
    }

    @Test("a block that failed once isn't executed again, and costs the next one who pushes it, too")
    func rejected() throws {
        var stage = try Stage(blocks: 2)
        let bad = try stage.child(of: stage.blocks[0]) { $0.stateRoot = .emptyListHash }
        try stage.push(bad)
        #expect(stage.wire.offences == [.invalidBlock] && stage.head == 0)
        let jobs = stage.wire.jobCount
        try stage.push(bad, from: 3)
        #expect(stage.wire.offences == [.invalidBlock, .invalidBlock] && stage.wire.jobCount == jobs)
    }

    @Test("blocks more than seven below the head, and more than 64 above it, cost no work")
    func farFromTheHead() throws {
        var stage = try Stage(blocks: 10)
        try stage.feed(1...10)
        #expect(stage.head == 10)
        let jobs = stage.wire.jobCount
        try stage.push(try stage.child(of: stage.blocks[1], by: Self.stranger()))
        try stage.push(try stage.child(of: stage.blocks[10], by: Self.stranger()) { $0.number = 75 })
        #expect(stage.wire.jobCount == jobs && stage.wire.offences.isEmpty)
        try stage.push(try stage.child(of: stage.blocks[2], by: Self.stranger()))
        #expect(stage.wire.jobCount > jobs && stage.wire.offences == [.invalidBlock])
    }

    @Test("of a block before its time only what a signer has sealed is kept, and not for long")
    func future() throws {
        var stage = try Stage(blocks: 2)
        try stage.feed(1...2)
        let ahead = stage.wire.now.unixSeconds
        let soon = try stage.child(of: stage.blocks[2]) { $0.timestamp = ahead + 5 }
        let late = try stage.child(of: stage.blocks[2]) { $0.timestamp = ahead + 60 }
        try stage.push(late, from: 3)
        try stage.push(soon, from: 3)
        #expect(stage.head == 2 && stage.wire.offences.isEmpty, "a clock is nobody's offence")
        try stage.wire.run(for: .seconds(5))
        #expect(stage.head == 3)
        #expect(try stage.has(soon))
        try stage.wire.run(for: .seconds(60))
        #expect(try !stage.has(late), "it wasn't kept")
        #expect(!stage.wire.offences.contains(.invalidBlock))
        let never = try stage.child(of: stage.blocks[2], by: Self.stranger()) { $0.timestamp = 1 << 62 }
        try stage.push(never)
        #expect(stage.wire.offences.last == .invalidBlock)
    }

    @Test("a block before its time that a peer has brought stays when that leaves, and copies by others add nothing")
    func futureOfALeaver() throws {
        var stage = try Stage(blocks: 2)
        try stage.feed(1...2)
        let ahead = stage.wire.now.unixSeconds
        let soon = try stage.child(of: stage.blocks[2]) { $0.timestamp = ahead + 5 }
        for sender in [Self.sender, 3] { try stage.push(soon, from: sender) }
        try stage.wire.disconnect(1, Self.sender)
        try stage.wire.run(for: .seconds(10))
        #expect(try stage.has(soon))
    }

    @Test("of one signer's blocks of a number four are stored, whoever brings them")
    func siblings() throws {
        var stage = try Stage(blocks: 2)
        try stage.feed(1...2)
        let siblings = try (0..<8).map { index in
            try stage.child(of: stage.blocks[2]) { $0.extraData[0] = UInt8(index) }
        }
        for (index, block) in siblings.enumerated() { try stage.push(block, from: 2 + index % 2) }
        #expect(try siblings.count { try stage.has($0) } == 4)
        #expect(stage.wire.offences.isEmpty)
        // The chain goes on over one that was left out.
        let next = try stage.child(of: siblings[7])
        #expect(try !stage.has(siblings[7]) && !stage.has(next))
    }

    @Test("more blocks than anybody has are spam")
    func flood() throws {
        var stage = try Stage(blocks: 2)
        try stage.feed(1...2)
        for _ in 0..<64 { try stage.push(stage.blocks[1]) }
        #expect(stage.wire.offences.isEmpty)
        try stage.push(stage.blocks[1])
        #expect(stage.wire.offences == [.spam])
    }

    @Test("nothing of a body is decoded that no signer vouches for")
    func undecoded() throws {
        var stage = try Stage(blocks: 2)
        func push(_ header: Header, from sender: Int) throws {
            var writer = RLPWriter()
            writer.list { list in
                list.list { block in
                    block.write(header)
                    // Transactions that are none.
                    block.list { $0.writeRaw([0xc1, 0x80]) }
                    block.writeRaw([0xc0])
                }
                list.write(UInt64(5))
            }
            let message = try EthMessage(
                id: EthMessageID.newBlock.rawValue, payload: writer.bytes[...], version: .eth68)
            try stage.wire.inject(
                OutboundMessage(message, version: .eth68, capability: Self.eth68), from: sender, to: 1)
        }
        try push(try stage.child(of: stage.blocks[0], by: Self.stranger()).header, from: 2)
        #expect(stage.wire.offences == [.invalidBlock], "by its header")
        try push(stage.blocks[1].header, from: 3)
        #expect(stage.wire.offences == [.invalidBlock, .protocolBreach], "by the root of its body")
    }

    @Test("a block whose parent is unknown starts a download if a signer may have made it, and is kept in no case else")
    func orphans() throws {
        var stage = try Stage(blocks: 6)
        try stage.feed(1...3)
        var asked = 0
        stage.wire.arrives = { from, to, message in
            if from == 1, to == Self.sender, message.id == EthMessageID.getBlockHeaders.rawValue { asked += 1 }
            return true
        }
        var unknown = stage.blocks[5].header
        unknown.difficulty = 1
        let orphan = Block(header: try CliqueHeader.sealed(unknown, with: stage.key), body: stage.blocks[5].body)
        let stray = try stage.child(of: orphan, by: Self.stranger()) { $0.number = 3 }
        let message = EthMessage.newBlock(stray, totalDifficulty: 1)
        try stage.wire.inject(
            OutboundMessage(message, version: .eth68, capability: Self.eth68), from: Self.sender, to: 1)
        try stage.wire.run(for: .seconds(3))
        #expect(asked == 0 && stage.wire.offences.isEmpty)
        let sealed = EthMessage.newBlock(try stage.child(of: orphan) { $0.number = 3 }, totalDifficulty: 1)
        try stage.wire.inject(
            OutboundMessage(sealed, version: .eth68, capability: Self.eth68), from: Self.sender, to: 1)
        #expect(asked == 1 && stage.wire.offences.isEmpty)
    }
}
