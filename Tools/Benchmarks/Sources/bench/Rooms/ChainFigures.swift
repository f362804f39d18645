import Chain
import Consensus
import EthCrypto
import Execution
import KeyValue
import Primitives
import RLP
import SansIO
import Storage

/// Headers, transactions, blocks.
enum ChainFigures {
    static let group = "chain"
    private static let transactionCount = 1_000

    static func all() throws -> [Figure] {
        let genesis = Genesis.devnet()
        let transactions = (0..<transactionCount).map { index in
            DynamicFeeTransaction(
                chainID: genesis.config.chainID, nonce: UInt64(index), maxPriorityFeePerGas: 1_000_000_000,
                maxFeePerGas: 100_000_000_000, gasLimit: 21_000, to: DevAccounts.address(1 + index % 9), value: 1
            ).signed(by: DevAccounts.key(0))
        }
        return try words(transactions) + importing(transactions, genesis)
    }

    private static func words(_ transactions: [Transaction]) throws -> [Figure] {
        var header = Header()
        header.difficulty = UInt256(10_000_000_000)
        header.number = 1_000
        (header.gasLimit, header.gasUsed, header.timestamp) = (8_000_000, 8_000_000, 555)
        header.extraData = [UInt8](repeating: 0, count: 32)
        header.baseFeePerGas = UInt256(10_000_000_000)
        let encodedHeader = header.rlp
        let encodedTransaction = transactions[0].encoded
        let body = BlockBody(transactions: transactions).rlp
        let rows: [(String, String, Double, (Int) -> Void)] = [
            ("header encoded", "ns", 1, { count in for _ in 0..<count { keep(header.rlp) } }),
            ("header decoded", "ns", 1, { count in for _ in 0..<count { keep(try? Header(rlp: encodedHeader)) } }),
            ("header hashed", "ns", 1, { count in for _ in 0..<count { keep(header.hash) } }),
            (
                "transfer decoded and hashed", "ns", 1,
                { count in for _ in 0..<count { keep(try? Transaction(encoded: encodedTransaction)) } }
            ),
            (
                "transfer's sender recovered", "us", 1,
                { count in for index in 0..<count { keep(try? transactions[index % transactions.count].sender()) } }
            ),
            (
                "body of 1,000 transfers decoded: each", "ns", Double(transactions.count),
                { count in for _ in 0..<count { keep(try? BlockBody(rlp: body)) } }
            ),
        ]
        return rows.map { name, unit, divisor, work in Figure(group, name, time(work), per: divisor, unit: unit) }
    }

    /// A block of 1,000 transfers, sealed by Clique, imported into a store in memory.
    private static func importing(_ transactions: [Transaction], _ genesis: Genesis) throws -> [Figure] {
        let chain = ChainStore(MemoryStore())
        try GenesisState.commit(genesis, into: chain)
        guard let engine = CliqueEngine(chainConfig: genesis.config), let head = try chain.head() else {
            throw BenchFailure.unexpected("a devnet without Clique")
        }
        var random = NodeRandom(seed: 31)
        let now = Instant(unixSeconds: 1_800_000_000)
        let senders = try transactions.map { RecoveredTransaction($0, sender: try $0.sender()) }
        let plan = try engine.plan(
            after: head, chain: chain, signer: DevAccounts.signer(0), vanity: [], now: now, random: &random)
        guard let plan else { throw BenchFailure.unexpected("a signer who may not sign") }
        let builder = BlockBuilder(
            chain: chain, config: genesis.config, engine: engine, executor: TransferExecutor())
        let build = { try builder.build(on: head, transactions: senders, plan: plan, key: DevAccounts.signerKey(0)) }
        let block = try build().block
        guard block.transactions.count == transactions.count else {
            throw BenchFailure.unexpected("a block of \(block.transactions.count) transfers")
        }
        let known = Dictionary(uniqueKeysWithValues: senders.map { ($0.transaction.hash, $0.sender) })
        let fresh = {
            let chain = ChainStore(MemoryStore())
            _ = try? GenesisState.commit(genesis, into: chain)
            return ChainImporter(
                chain: chain, config: genesis.config, engine: engine, executor: TransferExecutor())
        }
        guard fresh().importBlocks([block], now: now).failure == nil else {
            throw BenchFailure.unexpected("a block that is refused")
        }
        let building = time(rounds: 15, preparing: {}) { _ in keep(try? build()) }
        let importing = time(rounds: 15, preparing: fresh) { keep($0.importBlocks([block], senders: known, now: now)) }
        let recovering = time(rounds: 9, preparing: fresh) { keep($0.importBlocks([block], now: now)) }
        let each = Double(transactions.count)
        return [
            Figure(group, "block of 1,000 transfers built: each", building, per: each, unit: "us"),
            Figure(group, "block of 1,000 imported, senders known: each", importing, per: each, unit: "us"),
            Figure(group, "block of 1,000 imported: each", recovering, per: each, unit: "us"),
        ]
    }
}
