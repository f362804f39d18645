import Chain
import EthCrypto
import Execution
import Primitives
import Storage
import Testing
import Trie

/// Each reason not to execute a transaction, and that nothing changes then.
struct RefusalTests {
    private func expect(
        _ error: ExecutionError, _ transaction: Transaction, on net: Devnet? = nil, alsoInPool: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var net = try net ?? Devnet()
        let root = try net.state.root()
        #expect(throws: error, sourceLocation: sourceLocation) { try net.apply(transaction) }
        #expect(try net.state.root() == root, sourceLocation: sourceLocation)
        if alsoInPool {
            #expect(throws: error, sourceLocation: sourceLocation) { try net.check(transaction) }
        } else {
            #expect(throws: Never.self, sourceLocation: sourceLocation) { try net.check(transaction) }
        }
        #expect(!"\(error)".isEmpty)
    }

    @Test func nonces() throws {
        try expect(.nonceTooHigh(expected: 0, found: 1), Devnet.transfer(nonce: 1), alsoInPool: false)
        var net = try Devnet()
        try net.apply(Devnet.transfer())
        try expect(.nonceTooLow(expected: 1, found: 0), Devnet.transfer(), on: net)
        try expect(.invalidTransaction(.nonceTooLarge), Devnet.transfer(nonce: .max))
        try net.state.setAccount(Account(nonce: .max - 1, balance: Devnet.ether), at: Devnet.addresses[0])
        try net.apply(Devnet.transfer(nonce: .max - 1))
        try expect(.invalidTransaction(.nonceTooLarge), Devnet.transfer(nonce: .max), on: net)
    }

    @Test func funds() throws {
        let gas = UInt256(21_000) &* Devnet.gwei &* 3
        // The balance must cover the cap, though only 2 gwei of it would be paid.
        let value = Devnet.ether &- gas
        var net = try Devnet()
        try net.apply(Devnet.transfer(value: value))
        try expect(
            .insufficientFunds(required: Devnet.ether &+ 1, balance: Devnet.ether), Devnet.transfer(value: value &+ 1))
        try expect(.insufficientFunds(required: .max, balance: Devnet.ether), Devnet.transfer(value: .max))
        try expect(.invalidTransaction(.gasCostOverflow), Devnet.transfer(value: 0, maxFee: .max))
        // An account that doesn't exist has nothing.
        net = try Devnet()
        try net.state.setAccount(nil, at: Devnet.addresses[1])
        try expect(.insufficientFunds(required: gas, balance: .zero), Devnet.transfer(from: 1, value: 0), on: net)
    }

    @Test func fees() throws {
        try expect(
            .maxFeeBelowBaseFee(maxFee: Devnet.gwei &- 1, baseFee: Devnet.gwei),
            Devnet.transfer(maxFee: Devnet.gwei &- 1, tip: 0), alsoInPool: false)
        try expect(
            .maxFeeBelowBaseFee(maxFee: 5, baseFee: Devnet.gwei), Devnet.legacy(gasPrice: 5), alsoInPool: false)
        try expect(.invalidTransaction(.tipAboveMaxFee), Devnet.transfer(maxFee: Devnet.gwei, tip: Devnet.gwei &+ 1))
    }

    @Test func gas() throws {
        try expect(.invalidTransaction(.intrinsicGasTooLow(required: 21_000)), Devnet.transfer(gasLimit: 20_999))
        try expect(
            .invalidTransaction(.intrinsicGasTooLow(required: 21_016)), Devnet.transfer(gasLimit: 21_015, data: [1]))
        try expect(
            .blockGasLimitReached(required: 21_001, available: 21_000), Devnet.transfer(gasLimit: 21_001),
            on: Devnet(gasLimit: 21_000))
        var net = try Devnet(gasLimit: 50_000)
        #expect(throws: ExecutionError.blockGasLimitReached(required: 21_000, available: 20_999)) {
            try net.apply(Devnet.transfer(), gasUsed: 29_001)
        }
        #expect(throws: ExecutionError.blockGasLimitReached(required: 21_000, available: 0)) {
            try net.apply(Devnet.transfer(), gasUsed: 60_000)
        }
        try net.apply(Devnet.transfer(), gasUsed: 29_000)
    }

    @Test func otherChainsAndForks() throws {
        try expect(.invalidTransaction(.wrongChainID(expected: 7, found: 8)), Devnet.transfer(chainID: 8))
        try expect(.invalidTransaction(.wrongChainID(expected: 7, found: 8)), Devnet.legacy(chainID: 8))
        try expect(
            .invalidTransaction(.notEnabled(transactionType: 2)), Devnet.transfer(),
            on: Devnet(at: .berlin, baseFee: nil))
    }

    @Test func code() throws {
        var net = try Devnet()
        try net.state.setCode([0x60], of: Devnet.stranger)
        try expect(.contractCall(Devnet.stranger), Devnet.transfer(), on: net)
        #expect("\(ExecutionError.contractCall(Devnet.stranger))".contains("this node has no EVM"))
        try expect(.contractCreation, Devnet.transfer(to: nil, gasLimit: 60_000))
        #expect("\(ExecutionError.contractCreation)".contains("this node has no EVM"))
        net = try Devnet()
        try net.state.setCode([0x60], of: Devnet.addresses[0])
        try expect(.senderHasCode(Devnet.addresses[0]), Devnet.transfer(), on: net)
    }

    @Test func builtInContracts() throws {
        func address(_ number: UInt64) throws -> Address {
            try #require(Address(UInt256(number).bigEndian.bytes.suffix(20)))
        }
        for number in [1, 4, 5, 8, 9] as [UInt64] {
            try expect(.contractCall(address(number)), Devnet.transfer(to: address(number)))
        }
        try expect(.contractCall(address(10)), Devnet.transfer(to: address(10)), on: Devnet(at: .cancun))
        try expect(.contractCall(address(17)), Devnet.transfer(to: address(17)), on: Devnet(at: .prague))
        try expect(.contractCall(address(256)), Devnet.transfer(to: address(256)), on: Devnet(at: .osaka))
        var net = try Devnet()
        for (nonce, number) in ([0, 10, 17, 18, 256, 257] as [UInt64]).enumerated() {
            try net.apply(Devnet.transfer(to: address(number), nonce: UInt64(nonce)))
        }
        var early = try Devnet(at: .homestead, baseFee: nil)
        try early.apply(Devnet.legacy(to: address(5), chainID: nil))
    }

    @Test func typesThatNeedAnEVM() throws {
        let authorization = BlobTransaction(
            chainID: 7, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: Devnet.gwei, gasLimit: 21_000,
            to: Devnet.stranger, maxFeePerBlobGas: 1, blobHashes: [Self.blobHash]
        ).signed(by: Devnet.keys[0])
        try expect(.unsupportedType(.blob), authorization, on: Devnet(at: .cancun))
    }

    private static let blobHash = Hash32([1] + [UInt8](repeating: 0, count: 31)) ?? .zero

    @Test func balancesThatOverflow() throws {
        var net = try Devnet()
        try net.state.setAccount(Account(balance: .max), at: Devnet.stranger)
        try expect(.balanceOverflow(Devnet.stranger), Devnet.transfer(), on: net, alsoInPool: false)
        net = try Devnet()
        try net.state.setAccount(Account(balance: .max), at: Devnet.author)
        try expect(.balanceOverflow(Devnet.author), Devnet.transfer(), on: net, alsoInPool: false)
    }

    @Test func signatures() throws {
        var bytes = Devnet.transfer().encoded
        // r becomes larger than the order of the group.
        let r = bytes.count - 65
        for at in r..<r + 32 { bytes[at] = 0xff }
        let transaction = try Transaction(encoded: bytes)
        var net = try Devnet()
        #expect(throws: ExecutionError.invalidTransaction(.invalidSignature)) { try net.apply(transaction) }
        #expect(throws: ExecutionError.inTransaction(index: 0, .invalidTransaction(.invalidSignature))) {
            try TransferExecutor().execute(
                BlockBody(transactions: [transaction]), on: &net.state, in: net.context, config: net.config)
        }
    }

    @Test func aStateThatIsNotThere() throws {
        var net = try Devnet()
        net.state = WorldState(root: .emptyCodeHash, chain: ChainStore(net.store))
        #expect(throws: ExecutionError.state(.missingNode(.emptyCodeHash))) { try net.apply(Devnet.transfer()) }
    }
}
