import Chain
import Primitives
import RLP
import TestVectors
import Testing

@testable import NodeRPC

/// Mainnet blocks from their RLP, beside what a mainnet node answered for them.
@Suite("Blocks as mainnet nodes show them", .enabled(if: TestVectors.isPresent, "no vectors"))
struct MainnetSampleTests {
    static let folder = "05-mainnet-samples"

    /// Blocks of which there is both.
    static let samples = [
        ("Paris-15537394", "15537394"), ("Shanghai-17034870", "17034870"), ("Cancun-19426587", "19426587"),
        ("Prague-22431084", "22431084"),
    ]

    static let config: ChainConfig = {
        var config = ChainConfig(chainID: 1)
        config.homesteadBlock = 1_150_000
        config.eip155Block = 2_675_000
        config.eip158Block = 2_675_000
        config.byzantiumBlock = 4_370_000
        config.londonBlock = 12_965_000
        config.shanghaiTime = 1_681_338_455
        config.cancunTime = 1_710_338_135
        config.pragueTime = 1_746_612_311
        return config
    }()

    @Test(arguments: samples)
    func wholeBlock(_ answer: String, _ number: String) throws {
        let expected = try TestVectors.json("\(Self.folder)/rpc-json/\(answer).json.gz")
        let block = try Self.block(number)
        let total = expected["totalDifficulty"]?.string.flatMap { UInt256($0) }
        let json = JSON.block(block, isFull: true, totalDifficulty: total, config: Self.config)
        let found = try JSONValue(parsing: json.encoded)
        let transactions = try #require(expected["transactions"]?.array)
        #expect(transactions.count == block.transactions.count)
        try Self.compare(found, expected)
    }

    @Test(arguments: samples)
    func blockWithHashes(_ answer: String, _ number: String) throws {
        let expected = try TestVectors.json("\(Self.folder)/rpc-json/\(answer).json.gz")
        let json = JSON.block(try Self.block(number), isFull: false, totalDifficulty: nil, config: Self.config)
        let found = try JSONValue(parsing: json.encoded)
        let hashes = try #require(expected["transactions"]?.array).map { $0["hash"] ?? .null }
        #expect(found["transactions"]?.array == hashes)
    }

    /// Headers of all forks since Frontier, made from the answer; that the hash is right shows that they are whole.
    @Test(arguments: try TestVectors.isPresent ? TestVectors.files(in: "05-mainnet-samples/rpc-json") : [])
    func header(_ path: String) throws {
        let expected = try TestVectors.json(path)
        let header = try Header(answer: expected)
        #expect(header.hash.description == expected["hash"]?.string)
        let json = JSON.block(
            Block(header: header, body: BlockBody()), isFull: false, totalDifficulty: nil, config: Self.config)
        let found = try #require(try JSONValue(parsing: json.encoded).object)
        for (name, value) in found where !["size", "transactions", "uncles"].contains(name) {
            #expect(value == expected[name], "\(name)")
        }
        let missing = Set(try #require(expected.object).keys).subtracting(found.keys)
        #expect(missing.isSubset(of: ["totalDifficulty", "withdrawals"]))
    }

    static func block(_ number: String) throws -> Block {
        let folder = "\(Self.folder)/blocks"
        let vector = try TestVectors.json("\(folder)/\(number).json.gz")
        let header = try Header(rlp: try #require(vector["header"]?.bytes))
        return Block(header: header, body: try BlockBody(rlp: try #require(vector["body"]?.bytes)))
    }

    /// Every member that the node gave must be the same; of ours, only those may be more that newer nodes have too.
    static func compare(_ found: JSONValue, _ expected: JSONValue, _ path: String = "") throws {
        switch (found, expected) {
        case (.object(let ours), .object(let theirs)):
            for (name, value) in theirs {
                let other = try #require(ours[name], "\(path).\(name) is missing")
                try compare(other, value, "\(path).\(name)")
            }
            let more = Set(ours.keys).subtracting(theirs.keys)
            // go-ethereum 1.16; and a legacy transaction's chain id, which go-ethereum shows since 1.11.
            #expect(more.isSubset(of: ["blockTimestamp", "chainId"]), "\(path): \(more)")
        case (.array(let ours), .array(let theirs)):
            #expect(ours.count == theirs.count, "\(path)")
            for (index, pair) in zip(ours, theirs).enumerated() { try compare(pair.0, pair.1, "\(path)[\(index)]") }
        default: #expect(found == expected, "\(path)")
        }
    }
}

extension Header {
    /// The header that an answer of eth_getBlockByNumber shows.
    fileprivate init(answer: JSONValue) throws {
        func value<Value: LosslessStringConvertible>(_ name: String) throws -> Value {
            try #require(answer[name]?.string.flatMap { Value($0) }, "\(name)")
        }
        func number(_ name: String) throws -> UInt64 { try #require(answer[name]?.uint64, "\(name)") }
        self.init()
        parentHash = try value("parentHash")
        ommersHash = try value("sha3Uncles")
        beneficiary = try value("miner")
        stateRoot = try value("stateRoot")
        transactionsRoot = try value("transactionsRoot")
        receiptsRoot = try value("receiptsRoot")
        logsBloom = try value("logsBloom")
        difficulty = try value("difficulty")
        self.number = try number("number")
        gasLimit = try number("gasLimit")
        gasUsed = try number("gasUsed")
        timestamp = try number("timestamp")
        extraData = try #require(answer["extraData"]?.bytes)
        mixHash = try value("mixHash")
        nonce = try number("nonce")
        baseFeePerGas = answer["baseFeePerGas"]?.string.flatMap { UInt256($0) }
        withdrawalsRoot = answer["withdrawalsRoot"]?.string.flatMap { Hash32($0) }
        blobGasUsed = answer["blobGasUsed"]?.uint64
        excessBlobGas = answer["excessBlobGas"]?.uint64
        parentBeaconBlockRoot = answer["parentBeaconBlockRoot"]?.string.flatMap { Hash32($0) }
        requestsHash = answer["requestsHash"]?.string.flatMap { Hash32($0) }
    }
}
