import Chain
import EthCrypto
import Execution
import Primitives
import SansIO
import Storage
import Testing

/// Transfers whose results were worked out by hand.
struct TransferTests {
    @Test func dynamicFee() throws {
        var net = try Devnet()
        // 21 000 + 4 for a zero byte + 2 * 16; the limit is higher, and the rest is given back.
        let receipt = try net.apply(
            Devnet.transfer(value: 12_345, gasLimit: 50_000, data: [0, 1, 255]), gasUsed: 100_000)
        #expect(receipt == Receipt(type: 2, status: .succeeded, cumulativeGasUsed: 121_036))
        // A unit of gas costs 1 gwei base fee and 1 gwei tip, below the cap of 3.
        #expect(try net.balance(Devnet.addresses[0]) == UInt256("999957927999987655"))
        #expect(try net.balance(Devnet.stranger) == 12_345)
        #expect(try net.balance(Devnet.author) == 21_036_000_000_000)
        #expect(try net.state.account(Devnet.addresses[0])?.nonce == 1)
    }

    @Test func dynamicFeeAtItsCap() throws {
        var net = try Devnet()
        // 1.5 gwei at most: the author gets what the base fee leaves of it, 0.5 gwei.
        try net.apply(Devnet.transfer(value: 0, maxFee: 1_500_000_000, tip: 1_000_000_000))
        #expect(try net.balance(Devnet.addresses[0]) == UInt256("999968500000000000"))
        #expect(try net.balance(Devnet.author) == 10_500_000_000_000)
    }

    @Test func legacyInLondon() throws {
        var net = try Devnet()
        let receipt = try net.apply(Devnet.legacy(value: 7))
        #expect(receipt == Receipt(type: 0, status: .succeeded, cumulativeGasUsed: 21_000))
        #expect(try net.balance(Devnet.addresses[0]) == UInt256("999894999999999993"))
        #expect(try net.balance(Devnet.author) == 84_000_000_000_000)
    }

    @Test func legacyBeforeLondon() throws {
        var net = try Devnet(at: .istanbul, baseFee: nil)
        try net.apply(Devnet.legacy(value: 7, chainID: nil))
        #expect(try net.balance(Devnet.addresses[0]) == UInt256("999894999999999993"))
        #expect(try net.balance(Devnet.author) == 105_000_000_000_000)
    }

    @Test func accessListsCostGas() throws {
        var net = try Devnet()
        // 21 000 + 2 addresses * 2 400 + 3 slots * 1 900.
        let transaction = AccessListTransaction(
            chainID: 7, nonce: 0, gasPrice: Devnet.gwei &* 2, gasLimit: 31_500, to: Devnet.addresses[1], value: 1,
            accessList: [
                AccessListEntry(address: Devnet.author, storageKeys: [.zero, .emptyCodeHash]),
                AccessListEntry(address: Devnet.stranger, storageKeys: [.zero]),
            ]
        ).signed(by: Devnet.keys[0])
        let receipt = try net.apply(transaction)
        #expect(receipt == Receipt(type: 1, status: .succeeded, cumulativeGasUsed: 31_500))
        #expect(try net.balance(Devnet.addresses[0]) == UInt256("999936999999999999"))
        #expect(try net.balance(Devnet.addresses[1]) == Devnet.ether &+ 1)
        #expect(try net.balance(Devnet.author) == 31_500_000_000_000)
    }

    @Test func dataHasAFloorFromPragueOn() throws {
        // 100 bytes of data: 21 000 + 1 600 before, 21 000 + 100 * 4 * 10 with EIP-7623.
        let transaction = Devnet.transfer(gasLimit: 30_000, data: [UInt8](repeating: 1, count: 100))
        var before = try Devnet(at: .cancun)
        #expect(try before.apply(transaction).cumulativeGasUsed == 22_600)
        var after = try Devnet(at: .prague)
        #expect(try after.apply(transaction).cumulativeGasUsed == 25_000)
    }

    @Test func theSameAccountInTwoRoles() throws {
        var net = try Devnet()
        // To oneself: only the fee is gone.
        try net.apply(Devnet.transfer(to: Devnet.addresses[0], value: 5))
        #expect(try net.balance(Devnet.addresses[0]) == UInt256("999958000000000000"))
        // The author pays itself the tip: only the base fee is gone.
        net.context.author = Devnet.addresses[1]
        try net.apply(Devnet.transfer(from: 1, to: Devnet.addresses[1], value: 5))
        #expect(try net.balance(Devnet.addresses[1]) == UInt256("999979000000000000"))
        // The author is the recipient.
        net.context.author = Devnet.addresses[3]
        try net.apply(Devnet.transfer(from: 2, to: Devnet.addresses[3], value: 5))
        #expect(try net.balance(Devnet.addresses[3]) == UInt256("1000021000000000005"))
    }

    @Test func everythingDownToZero() throws {
        var net = try Devnet()
        // 21 000 gas at 1 gwei, and all the rest as value.
        let value = Devnet.ether &- 21_000_000_000_000
        try net.apply(Devnet.transfer(value: value, maxFee: Devnet.gwei, tip: 0))
        // The nonce keeps the account.
        #expect(try net.state.account(Devnet.addresses[0]) == Account(nonce: 1))
        // A tip of nothing makes no account for the author.
        #expect(try net.state.account(Devnet.author) == nil)
    }

    @Test func emptyAccountsAreRemovedFromSpuriousDragonOn() throws {
        for fork in [Fork.tangerineWhistle, .spuriousDragon] {
            var net = try Devnet(at: fork, baseFee: nil)
            try net.state.setAccount(Account(), at: Devnet.stranger)
            net.state.finishTransaction(removingEmpty: false)
            // Nothing, sent to an account that exists and is empty, and to one that doesn't exist.
            try net.apply(Devnet.legacy(value: 0, gasPrice: 0, chainID: nil))
            try net.apply(Devnet.legacy(to: Address(repeating: 0xcc), value: 0, nonce: 1, gasPrice: 0, chainID: nil))
            let expected = fork < .spuriousDragon ? Account() : nil
            #expect(try net.state.account(Devnet.stranger) == expected)
            #expect(try net.state.account(Address(repeating: 0xcc)) == expected)
            #expect(try net.state.account(Devnet.author) == expected)
        }
    }

    @Test func receiptsBeforeByzantiumHaveTheRoot() throws {
        var net = try Devnet(at: .spuriousDragon, baseFee: nil)
        let receipt = try net.apply(Devnet.legacy(chainID: nil))
        #expect(receipt.status == .root(try net.state.root()))
        let next = try net.apply(Devnet.legacy(nonce: 1, chainID: nil), gasUsed: receipt.cumulativeGasUsed)
        #expect(next.cumulativeGasUsed == 42_000)
        #expect(next.status != receipt.status)
    }

    @Test func aBlockOfTransfersAndWithdrawals() throws {
        var net = try Devnet(at: .shanghai)
        let transactions = (0..<3 as Range<UInt64>).map { Devnet.transfer(value: 10, nonce: $0) }
        let withdrawals = [
            Withdrawal(index: 0, validatorIndex: 0, address: Devnet.stranger, amount: 3),
            Withdrawal(index: 1, validatorIndex: 0, address: Address(repeating: 0xdd), amount: 0),
        ]
        let outcome = try TransferExecutor().execute(
            BlockBody(transactions: transactions, withdrawals: withdrawals), on: &net.state, in: net.context,
            config: net.config)
        #expect(outcome.gasUsed == 63_000)
        #expect(outcome.receipts.map(\.cumulativeGasUsed) == [21_000, 42_000, 63_000])
        #expect(outcome.bloom == Bloom())
        #expect(try net.balance(Devnet.stranger) == 3_000_000_030)
        #expect(try net.state.account(Address(repeating: 0xdd)) == nil)
        var reordered = try Devnet(at: .shanghai)
        #expect(throws: ExecutionError.inTransaction(index: 1, .nonceTooHigh(expected: 1, found: 2))) {
            try TransferExecutor().execute(
                BlockBody(transactions: [transactions[0], transactions[2]]), on: &reordered.state,
                in: reordered.context,
                config: reordered.config)
        }
    }

    /// Nothing is lost or made: balances and burnt base fees are what there was.
    @Test(arguments: 1...5 as ClosedRange<UInt64>) func valueIsConserved(seed: UInt64) throws {
        var random = NodeRandom(seed: seed)
        var net = try Devnet()
        var nonces = [UInt64](repeating: 0, count: 4)
        var burnt = UInt256.zero
        var gasUsed: UInt64 = 0
        for _ in 0..<100 {
            let from = Int.random(in: 0..<4, using: &random)
            let to = ([Devnet.stranger, Devnet.author] + Devnet.addresses).randomElement(using: &random)
            let tip = UInt256(UInt64.random(in: 0...3_000_000_000, using: &random))
            let maxFee = tip &+ UInt256(UInt64.random(in: 0...3_000_000_000, using: &random))
            let transaction = Devnet.transfer(
                from: from, to: to, value: UInt256(UInt64.random(in: 0...1 << 60, using: &random)), nonce: nonces[from],
                gasLimit: 25_000, maxFee: maxFee, tip: tip, data: random.bytes(Int.random(in: 0...20, using: &random)))
            let before = net.state
            do throws(ExecutionError) {
                let receipt = try net.apply(transaction, gasUsed: gasUsed)
                burnt = burnt &+ UInt256(receipt.cumulativeGasUsed - gasUsed) &* Devnet.gwei
                gasUsed = receipt.cumulativeGasUsed
                nonces[from] += 1
            } catch {
                // What fails changes nothing.
                var before = before
                #expect(try net.state.root() == before.root())
            }
        }
        #expect(gasUsed > 21_000 * 20)
        var sum = burnt
        for address in [Devnet.stranger, Devnet.author] + Devnet.addresses {
            sum = sum &+ (try net.balance(address) ?? .zero)
        }
        #expect(sum == Devnet.ether &* 4)
    }
}

extension Address {
    init(repeating byte: UInt8) { self = Address([UInt8](repeating: byte, count: 20)) ?? .zero }
}
