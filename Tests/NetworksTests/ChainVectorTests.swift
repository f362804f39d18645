import Chain
import Execution
import Networks
import Primitives
import RLP
import TestVectors
import Testing
import Trie

/// Test chains of go-ethereum, hive, besu and the execution APIs: each genesis file leads to the first block's parent.
@Suite(.enabled(if: TestVectors.isPresent, noVectors))
struct ChainVectorTests {
    struct Chain: Sendable {
        let genesis: String
        let blocks: String
        let count: Int
    }

    static let chains = [
        Chain(genesis: "02-geth-ethtest/genesis.json", blocks: "02-geth-ethtest/chain.rlp", count: 600),
        Chain(
            genesis: "02b-execution-apis-chain/genesis.json", blocks: "02b-execution-apis-chain/chain.rlp", count: 54),
        Chain(genesis: "04b-chains/hive-sync/genesis.json", blocks: "04b-chains/hive-sync/chain.rlp.gz", count: 3_000),
        Chain(
            genesis: "04b-chains/hive-devp2p/genesis.json", blocks: "04b-chains/hive-devp2p/fullchain.rlp.gz",
            count: 3_000),
    ]

    @Test(arguments: chains) func everyHeaderFollowsItsParent(_ chain: Chain) throws {
        let genesis = try GenesisFile.parse(try TestVectors.data(chain.genesis), file: chain.genesis).genesis
        var parent = try GenesisState.block(of: genesis).header
        var reader = RLPReader(try TestVectors.data(chain.blocks))
        var count = 0
        while !reader.isAtEnd {
            let block = try Block(from: &reader)
            if block.number == 0 {
                #expect(block.header == parent)
                continue
            }
            try #require(block.header.parentHash == parent.hash)
            #expect(OrderedTrie.root(of: block.transactions.map(\.encoded)) == block.header.transactionsRoot)
            try GasRules.check(block.header, parent: parent, config: genesis.config)
            try checkTransactions(block, genesis.config)
            parent = block.header
            count += 1
        }
        #expect(count == chain.count)
    }

    private func checkTransactions(_ block: Block, _ config: ChainConfig) throws {
        let fork = config.fork(number: block.number, time: block.header.timestamp)
        for transaction in block.transactions {
            try transaction.check(at: fork, chainID: config.chainID)
            _ = try transaction.sender(allowsHighS: fork < .homestead)
        }
        #expect((block.header.withdrawalsRoot != nil) == (fork >= .shanghai))
        #expect((block.header.requestsHash != nil) == (fork >= .prague))
    }

    /// Files of other clients and of older go-ethereums: read, or refused with the reason.
    @Test func othersGenesisFiles() throws {
        let clique = "04b-chains/geth-clique/clique.json"
        let genesis = try GenesisFile.parse(try TestVectors.data(clique), file: clique).genesis
        #expect(genesis.config.clique == CliqueConfig(period: 5, epoch: 30_000))
        #expect(genesis.extraData.count == 117 && genesis.gasLimit == 8_000_000)
        // besu's name for Petersburg, which go-ethereum doesn't know either.
        let snap = "04b-chains/besu-snap/snapGenesis.json"
        let snapText = try TestVectors.data(snap)
        do throws(GenesisFileError) {
            _ = try GenesisFile.parse(snapText, file: snap)
            Issue.record("it is taken")
        } catch {
            #expect(
                "\(error)".hasSuffix("istanbulBlock is set, so config.petersburgBlock must be set and not be later."))
        }
        let upgraded = "04b-chains/besu-fork/genesis-upgraded.json"
        let upgradedText = try TestVectors.data(upgraded)
        do throws(GenesisFileError) {
            _ = try GenesisFile.parse(upgradedText, file: upgraded)
            Issue.record("it is taken")
        } catch {
            #expect("\(error)".hasSuffix("alloc.1000000000000000000000000000000000000000.balance is missing."))
        }
    }

    @Test func devnetOfManyForks() throws {
        let path = "03-networks/fusaka-devnet-2/genesis.json"
        let (genesis, notes) = try GenesisFile.parse(try TestVectors.data(path), file: path)
        #expect(notes.isEmpty)
        #expect(genesis.config.bpo5Time == 1_751_540_256)
        let block = try GenesisState.block(of: genesis)
        let schedule = ForkSchedule(config: genesis.config, genesisHash: block.hash, genesisTime: genesis.timestamp)
        #expect(schedule.forks.count == 6)
        #expect(block.header.requestsHash == .emptyRequestsHash)
    }
}
