import Chain
import Consensus
import DevP2P
import EthCrypto
import EthNode
import Execution
import Gossip
import KeyValue
import NodeCore
import Primitives
import SansIO
import Storage
import Testing

/// Blocks in blocks/1 between whole nodes: who passes on what, and whose fault a bad block is.
@Suite("Relaying of blocks by blocks/1")
struct BlockRelayTests {
    private static let blocks = 2

    /// A signer that is connected to nobody, and three nodes in a line that share eth/69 and blocks/1.
    private struct Chain {
        var wire: HandWire
        let key: PrivateKey
        /// A block of the signer with five transactions, which no other node has.
        let block: Block

        init() throws {
            let now = Instant(unixSeconds: 1_760_000_000)
            let keys = try (1...4).map { try PrivateKey([UInt8](repeating: $0, count: 32)) }
            key = keys[0]
            var genesis = Genesis.devnet(signers: [key.publicKey.address], period: 0, chainID: 7)
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
            var wire = try HandWire(nodes, keys: keys, now: now)
            try wire.connect(1, 2, sharing: [1, BlockRelayTests.blocks])
            try wire.connect(2, 3, sharing: [1, BlockRelayTests.blocks])
            try wire.run(for: .seconds(2))
            for nonce in UInt64(0)..<5 {
                let transaction = LegacyTransaction(
                    nonce: nonce, gasPrice: 10_000_000_000, gasLimit: 21_000, to: Address(), value: 1
                ).signed(by: keys[0], chainID: 7)
                try wire.submit(transaction, ticket: nonce, at: 0)
            }
            try wire.run(for: .seconds(3))
            let head = wire.nodes[0].ethNode.status.head
            block = try #require(try wire.nodes[0].ethNode.chainStore.block(head.hash))
            self.wire = wire
        }

        /// The block as if it came from the first node of the line.
        mutating func push(_ block: Block, given: [Int] = []) throws {
            let compact = CompactBlock(block, totalDifficulty: 3, nonce: 5, prefilled: given)
            try wire.inject(OutboundMessage(BlocksMessage.compactBlock(compact), capability: 2), from: 1, to: 2)
        }

        var heads: [UInt64] { wire.nodes.dropFirst().map(\.ethNode.status.head.number) }

        /// The block with another header, sealed by its signer.
        func changed(_ change: (inout Header) -> Void) throws -> Block {
            var header = block.header
            change(&header)
            return Block(header: try CliqueHeader.sealed(header, with: key), body: block.body)
        }
    }

    @Test("a block crosses whole nodes as a compact one, and is imported by those behind")
    func crossing() throws {
        var chain = try Chain()
        let count = chain.block.transactions.count
        #expect(count > 0 && chain.heads == [0, 0, 0])
        var ids: [UInt8] = []
        chain.wire.arrives = { _, _, message in
            if message.capability == Self.blocks { ids.append(message.id) }
            return true
        }
        try chain.push(chain.block, given: Array(0..<count))
        #expect(chain.heads == [0, 1, 1])
        // As a compact block, to which nothing was missing; and no whole one.
        let others: [BlocksMessageID] = [.getBlockTransactions, .blocks]
        #expect(ids.contains(BlocksMessageID.compactBlock.rawValue) && !others.contains { ids.contains($0.rawValue) })
        #expect(chain.wire.offences.isEmpty)
        let arrivals = chain.wire.nodes[3].ethNode.blockArrivals
        #expect(arrivals.count == 1 && arrivals[0].copies == 1 && arrivals[0].accepted != nil)
    }

    @Test("what is missing is asked for")
    func missing() throws {
        var chain = try Chain()
        var asked: [(Int, Int)] = []
        chain.wire.arrives = { from, to, message in
            if message.capability == Self.blocks, message.id == BlocksMessageID.getBlockTransactions.rawValue {
                asked.append((from, to))
            }
            return true
        }
        try chain.push(chain.block)
        #expect(asked.count == 1 && asked[0] == (2, 1))
        #expect(chain.heads == [0, 0, 0], "the first node doesn't have it")
        try chain.wire.run(for: .seconds(1))
        try chain.push(chain.block, given: Array(chain.block.transactions.indices))
        #expect(chain.heads == [0, 1, 1])
    }

    @Test("a block that fails in execution goes on, and is nobody's offence")
    func badState() throws {
        var chain = try Chain()
        let bad = try chain.changed { $0.stateRoot = .emptyListHash }
        try chain.push(bad, given: Array(bad.transactions.indices))
        #expect(chain.heads == [0, 0, 0] && chain.wire.offences.isEmpty)
        #expect(chain.wire.nodes[3].ethNode.blockArrivals.map(\.hash) == [bad.hash])
        // The true one is taken from the same peer.
        try chain.push(chain.block, given: Array(chain.block.transactions.indices))
        #expect(chain.heads == [0, 1, 1])
    }

    @Test("a block whose header is wrong ends where it comes from, and costs its sender the connection")
    func badHeader() throws {
        var chain = try Chain()
        chain.wire.mayClose = true
        let bad = try chain.changed { $0.gasLimit = 1 }
        try chain.push(bad, given: Array(bad.transactions.indices))
        #expect(chain.wire.offences == [.invalidHeader] && chain.wire.closed.count == 1)
        #expect(chain.wire.nodes[3].ethNode.blockArrivals.isEmpty)
    }

    @Test("a body that isn't the header's is asked for whole, and keeps the true one from nobody")
    func otherBody() throws {
        var chain = try Chain()
        let lie = Block(header: chain.block.header, body: BlockBody(transactions: []))
        try chain.push(lie)
        // The first node has nothing to answer with.
        #expect(chain.wire.offences == [.uselessResponse] && chain.heads == [0, 0, 0])
        chain.wire.mayClose = true
        try chain.push(chain.block, given: Array(chain.block.transactions.indices))
        #expect(chain.heads == [0, 1, 1])
        #expect(chain.wire.offences == [.uselessResponse, .falseCompactBlock], "the block tells who has lied")
    }
}
