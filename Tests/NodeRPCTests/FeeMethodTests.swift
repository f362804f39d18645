import Chain
import NodeRPC
import Primitives
import Storage
import TestVectors
import Testing

@Suite("Fees: eth_feeHistory, eth_gasPrice, eth_maxPriorityFeePerGas")
struct FeeMethodTests {
    static let gwei: UInt256 = 1_000_000_000

    static func send(_ client: RPCClient, account: Int, tip: UInt256, data: Int = 0) async throws {
        let transaction = EthMethodTests.transfer(
            from: account, tip: tip, gasLimit: 21_000 + 16 * UInt64(data), data: [UInt8](repeating: 1, count: data))
        _ = try await client.result("eth_sendRawTransaction", EthMethodTests.send(transaction))
    }

    @Test func historyOfASmallChain() async throws {
        let node = try TestNode()
        try await withServer(node) { (client) async throws in
            try node.seal()
            // 42 000 gas, half of it at a tip of 1 gwei, half at 3 gwei.
            try await Self.send(client, account: 0, tip: Self.gwei)
            try await Self.send(client, account: 1, tip: Self.gwei &* 3)
            try node.seal()
            // 21 000, 37 000 and 21 000 gas: the percentiles are of gas, not of transactions.
            try await Self.send(client, account: 2, tip: 7)
            try await Self.send(client, account: 3, tip: 9, data: 1000)
            try await Self.send(client, account: 4, tip: 8)
            try node.seal()

            let history = try await client.result("eth_feeHistory", #""0x3","latest",[0,26.5,50,53.2,100]"#)
            #expect(history["oldestBlock"]?.string == "0x1")
            // EIP-1559 with a target of 15 000 000: 1 gwei falls by an eighth when a block is empty.
            let baseFees = try #require(history["baseFeePerGas"]?.array).map { $0.uint64 }
            #expect(baseFees == [875_000_000, 765_625_000, 670_189_844, 586_857_322])
            #expect(
                history["gasUsedRatio"]?.array?.map { $0 } == [
                    .number("0"), .number("0.0014"), .number("0.0026333333333333334"),
                ])
            let rewards = try #require(history["reward"]?.array).map { $0.array?.map { $0.uint64 } }
            #expect(rewards[0] == [0, 0, 0, 0, 0])
            #expect(rewards[1] == [1_000_000_000, 1_000_000_000, 1_000_000_000, 3_000_000_000, 3_000_000_000])
            // 26.5 % of 79 000 is 20 935, within the first 21 000; 53.2 % is 42 028, beyond the second.
            #expect(rewards[2] == [7, 7, 8, 9, 9])
            #expect(history["baseFeePerBlobGas"]?.array == Array(repeating: .string("0x0"), count: 4))
            #expect(history["blobGasUsedRatio"]?.array == Array(repeating: .number("0"), count: 3))

            let plain = try await client.result("eth_feeHistory", #"2,"0x2""#)
            #expect(plain["oldestBlock"]?.string == "0x1")
            #expect(plain["reward"] == nil)
            #expect(plain["baseFeePerGas"]?.array?.map { $0.uint64 } == [875_000_000, 765_625_000, 670_189_844])
            // More than there are, in the form of old clients.
            let all = try await client.result("eth_feeHistory", #""1000000","pending",[]"#)
            #expect(all["oldestBlock"]?.string == "0x0")
            #expect(all["gasUsedRatio"]?.array?.count == 4)
            #expect(
                try await client.result("eth_feeHistory", #""0x0","latest""#)
                    == .object(["oldestBlock": .string("0x0"), "gasUsedRatio": .null]))
        }
    }

    @Test func historyIsBounded() async throws {
        let node = try TestNode()
        for _ in 0..<1030 { try node.seal() }
        try await withServer(node) { (client) async throws in
            let history = try await client.result("eth_feeHistory", #""0xffffffffffffffff","latest""#)
            #expect(history["oldestBlock"]?.uint64 == 1030 - 1023)
            #expect(history["gasUsedRatio"]?.array?.count == 1024)
            #expect(history["baseFeePerGas"]?.array?.count == 1025)
        }
    }

    @Test(arguments: [
        (#""0x1","0x2""#, -32000, "request beyond head block: requested 2, head 0"),
        (#""0x1","latest",[101]"#, -32000, "invalid reward percentile: 101.000000"),
        (#""0x1","latest",[-0.5]"#, -32000, "invalid reward percentile: -0.500000"),
        (#""0x1","latest",[50,50]"#, -32000, "invalid reward percentile: #0:50.000000 >= #1:50.000000"),
        (#""0x1","latest",["50"]"#, -32602, "invalid argument 2: expected an array of numbers"),
        (#""0x1","latest",5"#, -32602, "invalid argument 2: expected an array of numbers"),
        (#""0x1","finalized""#, -39001, "finalized block not found"),
        (#""x","latest""#, -32602, "invalid argument 0: expected a number"),
    ])
    func historyErrors(_ parameters: String, _ code: Int, _ message: String) async throws {
        try await withServer(try TestNode()) { (client) async throws in
            #expect(try await client.error("eth_feeHistory", parameters) == RPCError(code: code, message: message))
        }
    }

    @Test func tooManyPercentiles() async throws {
        let list = (0...100).map { "\(Double($0) / 2)" }.joined(separator: ",")
        try await withServer(try TestNode()) { (client) async throws in
            let error = try await client.error("eth_feeHistory", #""0x1","latest",[\#(list)]"#)
            #expect(error == RPCError(code: -32000, message: "over the query limit 100"))
        }
    }

    @Test func suggestedPrices() async throws {
        let node = try TestNode()
        try await withServer(node) { (client) async throws in
            // Nothing to go by: the least tip of go-ethereum.
            #expect(try await client.result("eth_maxPriorityFeePerGas").uint64 == 1_000_000)
            #expect(try await client.result("eth_gasPrice").uint64 == 1_001_000_000)
            // A tip of 1 wei doesn't count.
            try await Self.send(client, account: 0, tip: 1)
            try await Self.send(client, account: 1, tip: Self.gwei &* 2)
            try await Self.send(client, account: 2, tip: Self.gwei &* 3)
            try await Self.send(client, account: 3, tip: Self.gwei &* 4)
            try await Self.send(client, account: 4, tip: Self.gwei &* 5)
            try node.seal()
            // The three lowest of them are 2, 3 and 4; the 60th percentile is the second.
            #expect(try await client.result("eth_maxPriorityFeePerGas").uint64 == 3_000_000_000)
            #expect(try await client.result("eth_gasPrice").uint64 == 3_875_000_000)
        }
    }

    @Test func beforeLondonTheBaseFeeIsZero() async throws {
        let node = try TestNode { $0.config.londonBlock = 2 }
        try node.seal()
        try await withServer(node) { (client) async throws in
            let history = try await client.result("eth_feeHistory", #""0x2","latest""#)
            #expect(history["baseFeePerGas"]?.array?.map { $0.uint64 } == [0, 0, 1_000_000_000])
            #expect(try await client.result("eth_gasPrice").uint64 == 1_000_000)
            let block = try await client.result("eth_getBlockByNumber", #""latest""#)
            #expect(block["baseFeePerGas"] == nil)
        }
    }
}
