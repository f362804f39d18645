import Chain
import EthCrypto
import EthNode
import Execution
import Foundation
import KeyValue
import NodeCore
import NodeNIO
import NodeRPC
import NodeRecord
import PeerBook
import Primitives
import RLP
import SansIO
import Storage
import TestVectors
import Testing

/// The execution API's test chain as a node would have it, made of what the tests give: the blocks, the state at the
/// head, and the receipts of the blocks that a test asks for.
struct ConformanceNode: NodeAccess {
    let profile: NodeProfile
    let chain: ChainStore

    /// Where the tests are; nil where nobody said so.
    static let folder = ProcessInfo.processInfo.environment["STARLING_RPC_TESTS"]

    /// - Parameter folder: the tests.
    init(_ folder: URL) throws {
        let vectors = "02b-execution-apis-chain"
        let genesis = try TestVectors.json("\(vectors)/genesis.json")
        let state = try TestVectors.json("\(vectors)/headstate.json")
        chain = ChainStore(MemoryStore())
        var batch = WriteBatch()

        // The state.
        var world = WorldState(chain: chain)
        for (_, account) in try #require(state["accounts"]?.members) {
            let address = try #require(account["address"]?.string.flatMap { Address($0) })
            let balance = try #require(account["balance"]?.string.flatMap { UInt256($0) })
            let nonce = try #require(account["nonce"]?.uint64)
            try world.setAccount(Account(nonce: nonce, balance: balance), at: address)
            if let code = account["code"]?.bytes { try world.setCode(code, of: address) }
            for (key, value) in account["storage"]?.members ?? [] {
                let number = try #require(value.bytes.flatMap { UInt256(bigEndian: $0) })
                let slot = try #require(Hash32(key))
                try world.setSlot(slot, of: address, to: number)
            }
        }
        world.finishTransaction(removingEmpty: false)
        let root = try world.commit(into: &batch)

        // The blocks; the file begins after genesis, whose header is among the answers.
        var blocks = [try Self.genesisBlock(genesis, folder)]
        var reader = RLPReader(try TestVectors.data("\(vectors)/chain.rlp")[...])
        while !reader.isAtEnd { blocks.append(try Block(from: &reader)) }
        #expect(blocks.last?.header.stateRoot == root)
        let receipts = try Self.receipts(folder, blocks)
        var total = UInt256.zero
        for block in blocks {
            total = total &+ block.header.difficulty
            batch.put(header: block.header, hash: block.hash, totalDifficulty: total)
            batch.put(body: block.body, number: block.number, hash: block.hash)
            if let known = receipts[block.number] {
                batch.put(receipts: known, number: block.number, hash: block.hash)
            }
            batch.putCanonical(block)
        }
        batch.putHead(try #require(blocks.last).hash)
        try chain.store.write(batch, durable: false)

        var config = ChainConfig(chainID: try #require(genesis["config"]?["chainId"]?.uint64))
        for fork in ChainConfig.blockForks + ChainConfig.timeForks {
            config[keyPath: fork.path] = genesis["config"]?[fork.key]?.uint64
        }
        for (name, parameters) in genesis["config"]?["blobSchedule"]?.members ?? [] {
            config.blobSchedule[name] = BlobParameters(
                target: try #require(parameters["target"]?.uint64), max: try #require(parameters["max"]?.uint64),
                baseFeeUpdateFraction: try #require(parameters["baseFeeUpdateFraction"]?.uint64))
        }
        profile = NodeProfile(
            clientID: "starling/test", config: config, networkID: config.chainID, genesisHash: blocks[0].hash,
            executor: TransferExecutor(), isSealing: false, startedAt: Instant(nanoseconds: 0))
    }

    private static func genesisBlock(_ genesis: JSONValue, _ folder: URL) throws -> Block {
        let text = try String(
            contentsOf: folder.appendingPathComponent("debug_getRawBlock/get-genesis.io"), encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("<< ") })
        let answer = try JSONValue(parsing: Array(line.dropFirst(3).utf8))
        return try Block(rlp: try #require(answer["result"]?.bytes))
    }

    /// Receipts by block number: those of the blocks that eth_getBlockReceipts shows, and of others the one that
    /// eth_getTransactionReceipt shows, between others that only have the gas that it says was used before.
    private static func receipts(_ folder: URL, _ blocks: [Block]) throws -> [UInt64: [Receipt]] {
        var found: [UInt64: [Receipt]] = [0: []]
        for answer in try answers(folder.path + "/eth_getBlockReceipts") {
            guard let number = answer[0]?["blockNumber"]?.uint64 else { continue }
            found[number] = try #require(answer.array).map { try Receipt(answer: $0) }
        }
        for answer in try answers(folder.path + "/eth_getTransactionReceipt") where answer.object != nil {
            let number = try #require(answer["blockNumber"]?.uint64)
            guard found[number] == nil else { continue }
            let receipt = try Receipt(answer: answer)
            let before = receipt.cumulativeGasUsed - (try #require(answer["gasUsed"]?.uint64))
            let block = try #require(blocks.first { $0.number == number })
            found[number] = block.transactions.map { transaction in
                transaction.hash.description == answer["transactionHash"]?.string
                    ? receipt : Receipt(type: 0, status: .succeeded, cumulativeGasUsed: before)
            }
        }
        return found
    }

    /// The results in the files of a folder.
    private static func answers(_ folder: String) throws -> [JSONValue] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().flatMap { name in
            try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(separator: "\n")
                .filter { $0.hasPrefix("<< ") }
                .compactMap { try JSONValue(parsing: Array($0.dropFirst(3).utf8))["result"] }
        }
    }

    func identity() async -> NodeIdentity {
        NodeIdentity(
            contact: NodeContact(
                publicKey: DevAccounts.nodeKey(0).publicKey, ip: .loopback, udpPort: 0, tcpPort: 0),
            record: nil, listenAddress: nil)
    }
    func activity() async -> NodeActivity {
        NodeActivity(peerCount: 0, pendingCount: 0, queuedCount: 0, sync: nil)
    }
    func peers() async -> [PeerDescription] { [] }
    func peerSources() async -> [PeerSource] { [] }
    func chainActivity() async -> ChainActivity { ChainActivity() }
    func peerBans() async -> [PeerBan] { [] }
    func peerDecisions(limit: Int) async -> [PeerDecision] { [] }
    func capabilities() async -> [CapabilityStatus] { [] }
    func bandwidth() async -> NodeBandwidth { NodeBandwidth() }
    func decisionCounts() async -> [DecisionCount] { [] }
    func submit(_ transaction: Transaction) async throws(RPCError) -> Hash32 { transaction.hash }
    func pooledTransaction(_ hash: Hash32) async -> Transaction? { nil }
    func nextNonce(of address: Address) async -> UInt64? { nil }
    func pool(limit: Int) async -> PoolContent { PoolContent(pending: [], queued: []) }
    func blockArrivals(limit: Int) async -> [ArrivedBlock] { [] }
    func addPeer(_ node: NodeReference) async throws(RPCError) {}
    func removePeer(_ id: NodeID) async throws(RPCError) {}
}

extension Receipt {
    fileprivate init(answer: JSONValue) throws {
        let status: Status =
            if let root = answer["root"]?.string.flatMap({ Hash32($0) }) {
                .root(root)
            } else {
                answer["status"]?.string == "0x1" ? .succeeded : .failed
            }
        self.init(
            type: UInt8(try #require(answer["type"]?.uint64)), status: status,
            cumulativeGasUsed: try #require(answer["cumulativeGasUsed"]?.uint64),
            logs: try #require(answer["logs"]?.array).map { log in
                Log(
                    address: try #require(log["address"]?.string.flatMap { Address($0) }),
                    topics: try #require(log["topics"]?.array).map {
                        try #require($0.string.flatMap { Hash32($0) })
                    }, data: try #require(log["data"]?.bytes))
            })
    }
}
