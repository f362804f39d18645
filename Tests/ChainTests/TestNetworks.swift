import Chain
import Primitives
import RLP
import TestVectors
import Testing

/// The public networks' facts, from the test vectors.
enum TestNetworks {
    static let names = ["mainnet", "sepolia", "holesky", "hoodi"]

    static func facts(_ name: String) throws -> JSONValue {
        try #require(try TestVectors.json("03-networks/networks.json")["networks"]?[name])
    }

    /// The config with the forks of go-ethereum's `params/config.go`.
    static func config(_ name: String) throws -> ChainConfig {
        let facts = try facts(name)
        var config = ChainConfig(chainID: try #require(facts["chainId"]?.uint64))
        let forks = try #require(facts["forks"]?.members)
        for (key, value) in forks {
            let field = (ChainConfig.blockForks + ChainConfig.timeForks).first {
                $0.key.lowercased() == key.lowercased()
            }
            let number = try #require(value.uint64)
            config[keyPath: try #require(field, "\(key)").path] = number
        }
        return config
    }

    static func genesisHeader(_ name: String) throws -> Header {
        try Header(rlp: #require(try facts(name)["genesisHeaderRlp"]?.bytes))
    }

    static func schedule(_ name: String, config: ChainConfig) throws -> ForkSchedule {
        let genesis = try genesisHeader(name)
        return ForkSchedule(config: config, genesisHash: genesis.hash, genesisTime: genesis.timestamp)
    }
}

/// Real blocks from the test vectors: header, body and the roots' inputs.
struct SampleBlock {
    let header: Header
    let body: BlockBody
    let headerBytes: [UInt8]
    let bodyBytes: [UInt8]
    let hash: Hash32
    let json: JSONValue

    init(_ json: JSONValue) throws {
        self.json = json
        headerBytes = try #require(json["header"]?.bytes)
        bodyBytes = try #require(json["body"]?.bytes)
        header = try Header(rlp: headerBytes)
        body = try BlockBody(rlp: bodyBytes)
        let hash = try #require(json["hash"]?.string)
        self.hash = try #require(Hash32(hash))
    }

    static func mainnet() throws -> [SampleBlock] {
        try TestVectors.files(in: "05-mainnet-samples/blocks").map { try SampleBlock(try TestVectors.json($0)) }
    }

    static func sepolia() throws -> [SampleBlock] {
        let names = ["sepolia-172032-174079-blocks-with-tx", "sepolia-more-blocks-with-tx"]
        return try names.flatMap { name in
            try #require(try TestVectors.json("05-mainnet-samples/\(name).json.gz").array).map(SampleBlock.init)
        }
    }
}

let noVectors: Comment = "no test vectors beside the repository"
