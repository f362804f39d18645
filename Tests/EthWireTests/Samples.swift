import Chain
import DevP2P
import EthWire
import Primitives
import RLP

/// Values that the tests of this room share.
enum Samples {
    static let deadc0de = hash("deadc0de")
    static let feedbeef = hash("feedbeef")

    /// The mainnet genesis block.
    static let genesis = full("d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3")

    /// The two transactions of go-ethereum's message tests.
    static let transactions = [
        """
        f867088504a817c8088302e2489435353535353535353535353535353535353535358202008025a064b1702d9298fee62dfeccc57d322a463ad\
        55ca201256d01f62b45b2e1c21c12a064b1702d9298fee62dfeccc57d322a463ad55ca201256d01f62b45b2e1c21c10
        """,
        """
        f867098504a817c809830334509435353535353535353535353535353535353535358202d98025a052f8f61201b2b11a78d6e866abc9c3db2ae\
        8631fa656bfe5cb53668255367afba052f8f61201b2b11a78d6e866abc9c3db2ae8631fa656bfe5cb53668255367afb
        """,
    ].map { bytes($0) }

    /// go-ethereum's typed transaction of its type 1 test, in its envelope.
    static let typed = bytes(
        """
        01f8630103018261a894b94f5374fce5edbc8e2a8697c15331677e6ebf0b0a825544c001a0c9519f4f2b30335884581971573fadf60c6204f59a\
        911df35ee8a540456b2660a032f1e8e2c5dd761f9e4f88f41c8310aeaba26a8bfcdacfedfa12ec3862d37521
        """)

    /// The header of go-ethereum's message tests.
    static let header: Header = {
        var header = Header()
        header.ommersHash = Hash32()
        header.stateRoot = Hash32()
        header.transactionsRoot = Hash32()
        header.receiptsRoot = Hash32()
        header.difficulty = 2222
        header.number = 3333
        header.gasLimit = 4444
        header.gasUsed = 5555
        header.timestamp = 6666
        header.extraData = [0x77, 0x88]
        return header
    }()

    static func transaction(_ index: Int) throws -> Transaction { try Transaction(encoded: transactions[index][...]) }

    static func body() throws -> BlockBody {
        BlockBody(transactions: [try transaction(0), try transaction(1)], ommers: [header])
    }

    /// The two receipts of go-ethereum's message tests, one legacy and failed, one of type 1.
    static func receipts() -> [Receipt] {
        func log(_ address: String, _ topics: [Hash32], _ data: String) -> Log {
            Log(address: Address(hex: address) ?? .zero, topics: topics, data: bytes(data))
        }
        return [
            Receipt(
                type: 0, status: .failed, cumulativeGasUsed: 333,
                logs: [log("0000000000000000000000000000000000000011", [hash("dead"), hash("beef")], "0100ff")]),
            Receipt(
                type: 1, status: .succeeded, cumulativeGasUsed: 444,
                logs: [log("0000000000000000000000000000000000000022", [hash("5668"), hash("9773")], "020f0f0f0608")]),
        ]
    }

    /// A hash that ends with these digits.
    static func hash(_ digits: String) -> Hash32 { full(String(repeating: "0", count: 64 - digits.count) + digits) }

    private static func full(_ digits: String) -> Hash32 { Hash32(hex: digits) ?? .zero }

    static func bytes(_ hex: String) -> [UInt8] { [UInt8](hex: hex) ?? [] }
}

/// A message in the form of a version.
struct EthForm {
    let message: EthMessage
    let version: EthVersion

    init(_ message: EthMessage, _ version: EthVersion) {
        self.message = message
        self.version = version
    }

    init(id: UInt8, payload: ArraySlice<UInt8>, _ version: EthVersion) throws(WireError) {
        self.init(try EthMessage(id: id, payload: payload, version: version), version)
    }

    init(_ id: EthMessageID, hex: String, _ version: EthVersion) throws {
        try self.init(id: id.rawValue, payload: Samples.bytes(hex)[...], version)
    }

    var id: UInt8 { message.id }

    var payload: [UInt8] {
        var writer = RLPWriter()
        message.encode(version: version.number, into: &writer)
        return writer.bytes
    }

    /// The payload in hexadecimal.
    var hex: String { Hex.encode(payload) }
}
