import Chain
import EthCrypto
import NodeRPC
import Primitives
import RLP
import Storage
import TestVectors
import Testing

@Suite("eth_*: chain, state and transactions")
struct EthMethodTests {
    static let ether: UInt256 = 1_000_000_000_000_000_000
    static let gwei: UInt256 = 1_000_000_000

    static func transfer(
        from account: Int = 0, nonce: UInt64 = 0, to: Address? = DevAccounts.address(1), value: UInt256 = ether,
        tip: UInt256 = gwei, gasLimit: UInt64 = 21_000, data: [UInt8] = []
    ) -> Transaction {
        DynamicFeeTransaction(
            chainID: Genesis.devnetChainID, nonce: nonce, maxPriorityFeePerGas: tip, maxFeePerGas: gwei &* 10,
            gasLimit: gasLimit, to: to, value: value, data: data
        ).signed(by: DevAccounts.key(account))
    }

    static func send(_ transaction: Transaction) -> String { #""0x\#(Hex.encode(transaction.encoded))""# }

    @Test func aTransferFromPoolToReceipt() async throws {
        let node = try TestNode()
        let transaction = Self.transfer(data: [1, 0])
        let larger = Self.transfer(gasLimit: 30_000, data: [1, 0])
        try await withServer(node) { (client) async throws in
            let error = try await client.error("eth_sendRawTransaction", Self.send(transaction))
            #expect(error == RPCError(code: -32000, message: "intrinsic gas too low: needed 21020"))
            let hash = try await client.result("eth_sendRawTransaction", Self.send(larger))
            #expect(hash.string == larger.hash.description)
            let quoted = #""\#(larger.hash)""#

            let pending = try await client.result("eth_getTransactionByHash", quoted)
            for name in ["blockHash", "blockNumber", "blockTimestamp", "transactionIndex"] {
                #expect(pending[name] == .null)
            }
            #expect(pending["gasPrice"]?.uint64 == 10_000_000_000)
            #expect(try await client.result("eth_getTransactionReceipt", quoted) == .null)

            let head = try node.seal()
            let mined = try await client.result("eth_getTransactionByHash", quoted)
            #expect(mined["blockHash"]?.string == head.hash.description)
            #expect(mined["blockNumber"]?.string == "0x1")
            #expect(mined["blockTimestamp"]?.uint64 == head.timestamp)
            #expect(mined["transactionIndex"]?.string == "0x0")
            #expect(mined["from"]?.string == DevAccounts.address(0).description)
            #expect(mined["to"]?.string == DevAccounts.address(1).description)
            #expect(mined["input"]?.string == "0x0100")
            #expect(mined["value"]?.string == "0xde0b6b3a7640000")
            #expect(mined["type"]?.string == "0x2")
            #expect(mined["yParity"] == mined["v"])
            // The genesis block is empty, so the base fee of 1 gwei has fallen by an eighth.
            #expect(mined["gasPrice"]?.uint64 == 1_875_000_000)

            let receipt = try await client.result("eth_getTransactionReceipt", quoted)
            #expect(receipt["status"]?.string == "0x1")
            #expect(receipt["gasUsed"]?.uint64 == 21_020)
            #expect(receipt["cumulativeGasUsed"]?.uint64 == 21_020)
            #expect(receipt["effectiveGasPrice"]?.uint64 == 1_875_000_000)
            #expect(receipt["contractAddress"] == .null)
            #expect(receipt["logs"] == .array([]))
            #expect(receipt["logsBloom"]?.string?.utf8.count == 514)
            #expect(receipt["root"] == nil)
            #expect(try await client.result("eth_getBlockReceipts", #""0x1""#) == .array([receipt]))
            let place = try await client.result("eth_getTransactionByBlockNumberAndIndex", #""0x1","0x0""#)
            #expect(place == mined)
            #expect(
                try await client.result("eth_getTransactionByBlockHashAndIndex", #""\#(head.hash)","0x0""#) == mined)
            #expect(try await client.result("eth_getTransactionByBlockNumberAndIndex", #""0x1","0x1""#) == .null)

            let balance = try await client.result("eth_getBalance", #""\#(DevAccounts.address(0))","latest""#)
            let cost = Self.ether &+ UInt256(21_020) &* UInt256(1_875_000_000)
            #expect(balance.string == (Self.ether &* 1_000_000 &- cost).hexQuantity)
            let before = try await client.result("eth_getBalance", #""\#(DevAccounts.address(0))","0x0""#)
            #expect(before.string == (Self.ether &* 1_000_000).hexQuantity)
        }
    }

    @Test func blocksByNumberTagAndHash() async throws {
        let node = try TestNode()
        let first = try node.seal()
        let head = try node.seal()
        try await withServer(node) { (client) async throws in
            let block = try await client.result("eth_getBlockByNumber", #""latest",true"#)
            #expect(block["number"]?.string == "0x2")
            #expect(block["hash"]?.string == head.hash.description)
            #expect(block["parentHash"]?.string == first.hash.description)
            #expect(block["baseFeePerGas"]?.uint64 == 765_625_000)
            #expect(block["totalDifficulty"]?.string == "0x5")
            #expect(block["transactions"] == .array([]))
            #expect(block["uncles"] == .array([]))
            #expect(block["withdrawals"] == nil)
            let stored = try #require(try node.chain.block(head.hash))
            #expect(block["size"]?.uint64 == UInt64(stored.rlp.count))
            for parameters in [#""0x2",true"#, #""pending",true"#] {
                #expect(try await client.result("eth_getBlockByNumber", parameters) == block)
            }
            #expect(try await client.result("eth_getBlockByHash", #""\#(head.hash)",true"#) == block)
            let genesis = try await client.result("eth_getBlockByNumber", #""earliest""#)
            #expect(genesis["hash"]?.string == node.profile.genesisHash.description)
            for tag in ["safe", "finalized"] {
                let error = try await client.error("eth_getBlockByNumber", #""\#(tag)",false"#)
                #expect(error == RPCError(code: -39001, message: "\(tag) block not found"))
            }
            #expect(try await client.result("eth_getBlockByNumber", #""0x3",false"#) == .null)
            #expect(try await client.result("eth_getBlockByHash", #""\#(Hash32.emptyListHash)",false"#) == .null)
            #expect(try await client.result("eth_blockNumber").string == "0x2")
            #expect(try await client.result("eth_getBlockTransactionCountByNumber", #""0x2""#).string == "0x0")
            #expect(try await client.result("eth_getBlockTransactionCountByHash", #""\#(head.hash)""#).string == "0x0")
            #expect(try await client.result("eth_getBlockTransactionCountByNumber", #""0x9""#) == .null)
            #expect(try await client.result("eth_getBlockReceipts", #""latest""#) == .array([]))
            #expect(try await client.result("eth_getBlockReceipts", #""0x9""#) == .null)
        }
    }

    @Test func blocksOfEIP1898() async throws {
        let node = try TestNode()
        let head = try node.seal()
        let address = #""\#(DevAccounts.address(2))""#
        try await withServer(node) { (client) async throws in
            let balance = (Self.ether &* 1_000_000).hexQuantity
            for block in [
                #""\#(head.hash)""#, #"{"blockHash":"\#(head.hash)"}"#, #"{"blockNumber":"0x1"}"#,
                #"{"blockNumber":"latest"}"#, #"{"blockHash":"\#(head.hash)","requireCanonical":true}"#,
            ] {
                #expect(try await client.result("eth_getBalance", "\(address),\(block)").string == balance)
            }
            let unknown = Hash32.emptyListHash
            let cases: [(block: String, error: RPCError)] = [
                (#""0x2""#, RPCError(code: -32000, message: "header not found")),
                (#""\#(unknown)""#, RPCError(code: -32000, message: "header for hash not found")),
                (
                    #"{"blockHash":"\#(unknown)","requireCanonical":true}"#,
                    RPCError(code: -32000, message: "header for hash not found")
                ),
                (
                    #"{"blockHash":"\#(head.hash)","blockNumber":"0x1"}"#,
                    RPCError(
                        code: -32602,
                        message:
                            "invalid argument 1: cannot specify both BlockHash and BlockNumber, choose one or the other"
                    )
                ),
                (
                    "{}",
                    RPCError(
                        code: -32602,
                        message: "invalid argument 1: at least one of blockNumber or blockHash is needed")
                ),
                (#""newest""#, RPCError(code: -32602, message: "invalid argument 1: hex string without 0x prefix")),
                (
                    #""0x01""#,
                    RPCError(code: -32602, message: "invalid argument 1: hex number with leading zero digits")
                ),
                (#""0x""#, RPCError(code: -32602, message: #"invalid argument 1: hex string "0x""#)),
                (
                    #""0x8000000000000000""#,
                    RPCError(code: -32602, message: "invalid argument 1: block number larger than int64")
                ),
                (
                    #""0x10000000000000000""#,
                    RPCError(code: -32602, message: "invalid argument 1: hex number > 64 bits")
                ),
            ]
            for (block, error) in cases {
                #expect(try await client.error("eth_getBalance", "\(address),\(block)") == error)
            }
            let short = try await client.error("eth_getBalance", #""0x1234""#)
            #expect(
                short.message == "invalid argument 0: hex string has length 4, want 40 for common.Address")
        }
    }

    @Test func noncesCountThePoolForPending() async throws {
        let node = try TestNode()
        let address = #""\#(DevAccounts.address(0))""#
        try await withServer(node) { (client) async throws in
            for nonce: UInt64 in [0, 1, 3] {
                _ = try await client.result("eth_sendRawTransaction", Self.send(Self.transfer(nonce: nonce)))
            }
            #expect(try await client.result("eth_getTransactionCount", #"\#(address),"latest""#).string == "0x0")
            // Nonce 3 waits for 2, so it doesn't count.
            #expect(try await client.result("eth_getTransactionCount", #"\#(address),"pending""#).string == "0x2")
            #expect(
                try await client.result("txpool_status")
                    == .object(["pending": .string("0x2"), "queued": .string("0x1")]))
            try node.seal()
            #expect(try await client.result("eth_getTransactionCount", "\(address)").string == "0x2")
            #expect(try await client.result("eth_getTransactionCount", #"\#(address),"pending""#).string == "0x2")
            #expect(try await client.result("eth_getTransactionCount", #"\#(address),"0x0""#).string == "0x0")
        }
    }

    @Test func refusedTransactions() async throws {
        let node = try TestNode()
        let unprotected = LegacyTransaction(
            nonce: 0, gasPrice: Self.gwei, gasLimit: 21_000, to: DevAccounts.address(1)
        ).signed(by: DevAccounts.key(0), chainID: nil)
        let foreign = LegacyTransaction(
            nonce: 0, gasPrice: Self.gwei, gasLimit: 21_000, to: DevAccounts.address(1)
        ).signed(by: DevAccounts.key(0), chainID: 1)
        try await withServer(node) { (client) async throws in
            _ = try await client.result("eth_sendRawTransaction", Self.send(Self.transfer()))
            try node.seal()
            _ = try await client.result("eth_sendRawTransaction", Self.send(Self.transfer(nonce: 1)))
            let cases: [(parameter: String, message: String)] = [
                (Self.send(Self.transfer(nonce: 1)), "already known"),
                (Self.send(Self.transfer()), "nonce too low: next nonce 1, tx nonce 0"),
                (Self.send(Self.transfer(nonce: 1, value: 1)), "replacement transaction underpriced"),
                (Self.send(Self.transfer(nonce: 2, value: .max)), "insufficient funds for gas * price + value"),
                (Self.send(Self.transfer(nonce: 2, gasLimit: 20_999)), "intrinsic gas too low"),
                (Self.send(Self.transfer(nonce: 2, gasLimit: 40_000_000)), "exceeds block gas limit"),
                (
                    Self.send(Self.transfer(nonce: 2, tip: Self.gwei &* 11)),
                    "max priority fee per gas higher than max fee per gas"
                ),
                (Self.send(foreign), "invalid chain id for signer"),
                (Self.send(unprotected), "only replay-protected (EIP-155) transactions allowed over RPC"),
                (#""0x""#, "typed transaction too short"),
                (#""0x03c0""#, "transaction type not supported"),
                (#""0x7f""#, "transaction type not supported"),
                (#""0x02c0""#, "rlp: "),
                (#""0xf8""#, "rlp: "),
            ]
            for (parameter, message) in cases {
                let error = try await client.error("eth_sendRawTransaction", parameter)
                #expect(error.code == -32000)
                #expect(error.message.hasPrefix(message), "\(error.message)")
            }
        }
    }

    @Test func contractsAreRefusedInPlainWords() async throws {
        let contract = Address(lastBytesOf: .emptyCodeHash)
        let slot = Hash32(filledBy: { $0[31] = 7 })
        let node = try TestNode { genesis in
            let account = GenesisAccount(balance: 5, nonce: 1, code: [0x60, 0x00], storage: [slot: slot])
            genesis.setAlloc(genesis.alloc + [GenesisAllocation(address: contract, account: account)])
        }
        try await withServer(node) { (client) async throws in
            #expect(try await client.result("eth_getCode", #""\#(contract)","latest""#).string == "0x6000")
            #expect(try await client.result("eth_getCode", #""\#(DevAccounts.address(0))""#).string == "0x")
            #expect(
                try await client.result("eth_getStorageAt", #""\#(contract)","0x7""#).string
                    == "0x0000000000000000000000000000000000000000000000000000000000000007")
            #expect(
                try await client.result("eth_getStorageAt", #""\#(contract)","\#(slot)","latest""#).string
                    == slot.description)
            #expect(
                try await client.result("eth_getStorageAt", #""\#(contract)","0x8""#).string == Hash32().description)
            for (key, message) in [
                ("0xasdf", #"invalid hex in storage key: "0xasdf""#),
                ("0x" + slot.hex + "0", #"storage key too long (want at most 32 bytes): "\#(slot)0""#),
            ] {
                let error = try await client.error("eth_getStorageAt", #""\#(contract)","\#(key)""#)
                #expect(error == RPCError(code: -32602, message: message))
            }

            for call in [
                #"{"to":"\#(contract)","data":"0x01"}"#, #"{"data":"0x6000"}"#,
                #"{"to":"0x0000000000000000000000000000000000000001"}"#,
            ] {
                for method in ["eth_call", "eth_estimateGas"] {
                    let error = try await client.error(method, #"\#(call),"latest""#)
                    #expect(error.code == -32000)
                    #expect(error.message.contains("this node has no EVM"))
                }
            }
            let creation = try await client.error(
                "eth_sendRawTransaction", Self.send(Self.transfer(to: nil, gasLimit: 60_000)))
            #expect(creation.message.contains("this node has no EVM"))
        }
    }

    @Test func callsAndEstimatesOfTransfers() async throws {
        let node = try TestNode()
        let (from, to) = (DevAccounts.address(0), DevAccounts.address(1))
        let nobody = Address(lastBytesOf: .emptyCodeHash)
        try await withServer(node) { (client) async throws in
            #expect(
                try await client.result("eth_call", #"{"to":"\#(to)","data":"0x70a08231"},"latest""#).string == "0x")
            let estimates: [(call: String, gas: UInt64)] = [
                (#"{"from":"\#(from)","to":"\#(to)","value":"0x1"}"#, 21_000),
                (#"{"to":"\#(nobody)"}"#, 21_000),
                (#"{"from":"\#(from)","to":"\#(to)","input":"0x000102"}"#, 21_000 + 4 + 16 + 16),
                (#"{"from":"\#(from)","to":"\#(to)","data":"0x00","input":"0x00","gas":"0x5300"}"#, 21_004),
                (
                    #"{"to":"\#(to)","accessList":[{"address":"\#(to)","storageKeys":["\#(Hash32())"]}]}"#,
                    21_000 + 2_400 + 1_900
                ),
                (
                    #"{"from":"\#(from)","to":"\#(to)","maxFeePerGas":"0x77359400","maxPriorityFeePerGas":"0x1","nonce":"0x9","chainId":"0x343a","type":"0x2"}"#,
                    21_000
                ),
            ]
            for (call, gas) in estimates {
                #expect(try await client.result("eth_estimateGas", call).uint64 == gas)
            }
            let failures: [(call: String, error: RPCError)] = [
                (
                    #"{"from":"\#(nobody)","to":"\#(to)","value":"0x1"}"#,
                    RPCError(code: -32000, message: "insufficient funds for transfer")
                ),
                (
                    #"{"from":"\#(from)","to":"\#(to)","gas":"0x5207"}"#,
                    RPCError(code: -32000, message: "gas required exceeds allowance (20999)")
                ),
                (
                    #"{"from":"\#(nobody)","to":"\#(to)","gasPrice":"0x1"}"#,
                    RPCError(code: -32000, message: "gas required exceeds allowance (0)")
                ),
                (
                    #"{"to":"\#(to)","data":"0x00","input":"0x01"}"#,
                    RPCError(
                        code: -32602,
                        message: #"invalid argument 0: both "data" and "input" are set and not equal. "#
                            + #"Please use "input" to pass transaction call data"#)
                ),
                (
                    #"{"to":"\#(to)","gasPrice":"0x1","maxFeePerGas":"0x1"}"#,
                    RPCError(
                        code: -32602,
                        message:
                            "invalid argument 0: both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified")
                ),
                (#""0x""#, RPCError(code: -32602, message: "invalid argument 0: expected a transaction object")),
            ]
            for (call, error) in failures {
                #expect(try await client.error("eth_estimateGas", call) == error)
            }
        }
    }

    /// What the estimate says is what the chain takes.
    @Test func theEstimateIsExact() async throws {
        let node = try TestNode()
        let data: [UInt8] = (0..<200).map { UInt8($0 % 5) }
        try await withServer(node) { (client) async throws in
            let call =
                #"{"from":"\#(DevAccounts.address(0))","to":"\#(DevAccounts.address(1))","data":"0x\#(Hex.encode(data))"}"#
            let gas = try #require(try await client.result("eth_estimateGas", call).uint64)
            let short = Self.transfer(gasLimit: gas - 1, data: data)
            #expect(
                try await client.error("eth_sendRawTransaction", Self.send(short)).message.hasPrefix(
                    "intrinsic gas too low"))
            let exact = Self.transfer(gasLimit: gas, data: data)
            _ = try await client.result("eth_sendRawTransaction", Self.send(exact))
            try node.seal()
            #expect(
                try await client.result("eth_getTransactionReceipt", #""\#(exact.hash)""#)["gasUsed"]?.uint64 == gas)
        }
    }

    @Test func syncing() async throws {
        let node = try TestNode()
        try await withServer(node) { (client) async throws in
            #expect(try await client.result("eth_syncing") == .bool(false))
            node.change { $0.sync = SyncProgress(starting: 0, current: 10, highest: 255) }
            #expect(
                try await client.result("eth_syncing")
                    == .object([
                        "startingBlock": .string("0x0"), "currentBlock": .string("0xa"),
                        "highestBlock": .string("0xff"),
                    ]))
        }
    }
}
