import Chain
import EthCrypto
import Primitives
import RLP
import Testing

@Suite struct TransactionRuleTests {
    let key = DevAccounts.key(0)
    let to = DevAccounts.address(1)

    private func legacy(nonce: UInt64 = 0, gasLimit: UInt64 = 21_000, data: [UInt8] = []) -> Transaction {
        LegacyTransaction(nonce: nonce, gasPrice: 10, gasLimit: gasLimit, to: to, value: 1, data: data)
            .signed(by: key, chainID: 5)
    }

    private func dynamic(tip: UInt256 = 1, cap: UInt256 = 10, value: UInt256 = 0, gasLimit: UInt64 = 21_000)
        -> Transaction
    {
        DynamicFeeTransaction(
            chainID: 5, nonce: 0, maxPriorityFeePerGas: tip, maxFeePerGas: cap, gasLimit: gasLimit, to: to,
            value: value
        ).signed(by: key)
    }

    @Test func typesComeWithForks() throws {
        try legacy().check(at: .spuriousDragon, chainID: 5)
        #expect(throws: ChainError.notEnabled(transactionType: 0)) { try legacy().check(at: .homestead, chainID: 5) }
        #expect(throws: ChainError.notEnabled(transactionType: 2)) { try dynamic().check(at: .berlin, chainID: 5) }
        try dynamic().check(at: .london, chainID: 5)
        #expect(throws: ChainError.wrongChainID(expected: 6, found: 5)) { try dynamic().check(at: .london, chainID: 6) }
        let unprotected = LegacyTransaction(nonce: 0, gasPrice: 1, gasLimit: 21_000, to: to).signed(
            by: key, chainID: nil)
        try unprotected.check(at: .frontier, chainID: 6)
    }

    @Test func limits() throws {
        #expect(throws: ChainError.nonceTooLarge) { try legacy(nonce: .max).check(at: .london, chainID: 5) }
        try legacy(nonce: .max - 1).check(at: .london, chainID: 5)
        #expect(throws: ChainError.intrinsicGasTooLow(required: 21_000)) {
            try legacy(gasLimit: 20_999).check(at: .london, chainID: 5)
        }
        #expect(throws: ChainError.tipAboveMaxFee) { try dynamic(tip: 11).check(at: .london, chainID: 5) }
        #expect(throws: ChainError.gasCostOverflow) {
            try dynamic(cap: .max, gasLimit: 21_000).check(at: .london, chainID: 5)
        }
        try dynamic(value: .max).check(at: .london, chainID: 5)
        #expect(dynamic(value: .max).maxCost == nil)
        #expect(throws: ChainError.gasLimitAboveCap) {
            try dynamic(gasLimit: Transaction.maxGasLimit + 1).check(at: .osaka, chainID: 5)
        }
        try dynamic(gasLimit: Transaction.maxGasLimit).check(at: .osaka, chainID: 5)
    }

    @Test func dataCosts() throws {
        let data: [UInt8] = [0, 0, 0, 1, 2]
        let transaction = legacy(gasLimit: 100_000, data: data)
        #expect(transaction.intrinsicGas(at: .byzantium) == 21_000 + 3 * 4 + 2 * 68)
        #expect(transaction.intrinsicGas(at: .istanbul) == 21_000 + 3 * 4 + 2 * 16)
        #expect(transaction.floorDataGas == 21_000 + (3 + 8) * 10)
        let enough = transaction.intrinsicGas(at: .london)
        try legacy(gasLimit: enough, data: data).check(at: .cancun, chainID: 5)
        #expect(throws: ChainError.floorDataGasTooLow(required: transaction.floorDataGas)) {
            try legacy(gasLimit: enough, data: data).check(at: .prague, chainID: 5)
        }
    }

    @Test func initCode() throws {
        func creation(_ bytes: Int) -> Transaction {
            LegacyTransaction(
                nonce: 0, gasPrice: 1, gasLimit: 5_000_000, to: nil, data: [UInt8](repeating: 0, count: bytes)
            ).signed(by: key, chainID: 5)
        }
        try creation(49_152).check(at: .shanghai, chainID: 5)
        #expect(throws: ChainError.initCodeTooLarge(limit: 49_152)) {
            try creation(49_153).check(at: .shanghai, chainID: 5)
        }
        try creation(49_153).check(at: .london, chainID: 5)
        #expect(creation(33).intrinsicGas(at: .shanghai) == 53_000 + 33 * 4 + 2 * 2)
        #expect(creation(33).intrinsicGas(at: .frontier) == 21_000 + 33 * 4)
    }

    @Test func blobsAndAuthorizations() throws {
        func blob(_ hashes: [Hash32]) -> Transaction {
            BlobTransaction(
                chainID: 5, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 1, gasLimit: 21_000, to: to,
                maxFeePerBlobGas: 1, blobHashes: hashes
            ).signed(by: key)
        }
        let hash = BlobSidecar.versionedHash(of: [UInt8](repeating: 0, count: 48))
        try blob([hash]).check(at: .cancun, chainID: 5)
        #expect(throws: ChainError.invalidBlobHashes) { try blob([]).check(at: .cancun, chainID: 5) }
        #expect(throws: ChainError.invalidBlobHashes) { try blob([Hash32()]).check(at: .cancun, chainID: 5) }
        let seven = [Hash32](repeating: hash, count: 7)
        try blob(seven).check(at: .prague, chainID: 5)
        #expect(throws: ChainError.invalidBlobHashes) { try blob(seven).check(at: .osaka, chainID: 5) }
        let empty = SetCodeTransaction(
            chainID: 5, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 1, gasLimit: 50_000, to: to, authorizations: []
        ).signed(by: key)
        #expect(throws: ChainError.noAuthorizations) { try empty.check(at: .prague, chainID: 5) }
        #expect(throws: ChainError.notEnabled(transactionType: 4)) { try empty.check(at: .cancun, chainID: 5) }
    }

    @Test func prices() {
        let transaction = dynamic(tip: 3, cap: 10)
        #expect(transaction.gasPrice(baseFee: 5) == 8)
        #expect(transaction.gasPrice(baseFee: 9) == 10)
        #expect(transaction.gasPrice(baseFee: nil) == 10)
        #expect(transaction.effectiveTip(baseFee: 5) == 3)
        #expect(transaction.effectiveTip(baseFee: 9) == 1)
        #expect(transaction.effectiveTip(baseFee: 10) == 0)
        #expect(transaction.effectiveTip(baseFee: 11) == nil)
        #expect(legacy().effectiveTip(baseFee: 4) == 6)
        #expect(legacy().gasPrice(baseFee: 4) == 10)
        #expect(dynamic(tip: .max, cap: .max).gasPrice(baseFee: .max) == .max)
        #expect(legacy().maxCost == 210_001)
    }

    /// (r, n - s) with the other parity is by the same key, but only the low s counts (EIP-2).
    @Test func highSIsRefused() throws {
        let transaction = dynamic()
        let order = try #require(UInt256("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"))
        var reader = RLPReader(transaction.encoded.dropFirst())
        var fields = try reader.readList()
        var writer = RLPWriter(prefix: [2])
        try writer.list { list in
            for _ in 0..<9 { list.writeRaw(try fields.readRaw()) }
            list.write(try 1 - fields.read(UInt64.self))
            list.writeRaw(try fields.readRaw())
            list.write(order &- (try fields.read(UInt256.self)))
        }
        let malleated = try Transaction(encoded: writer.bytes)
        #expect(malleated.hash != transaction.hash)
        #expect(throws: ChainError.invalidSignature) { try malleated.sender() }
        #expect(try malleated.sender(allowsHighS: true) == transaction.sender())
    }

    @Test func envelopesThatAreNotTransactions() throws {
        let bytes = legacy().encoded
        // A legacy transaction in a string, an empty string, an unknown type, type 0 in front.
        for hex in ["80", "b8" + String(bytes.count, radix: 16) + Hex.encode(bytes), "8205c0", "8200c0", "7f"] {
            #expect(throws: RLPError.self) { try Transaction(rlp: try #require([UInt8](hex: hex))) }
        }
        #expect(throws: RLPError.invalidValue) { try Transaction(encoded: [5] + bytes) }
        #expect(throws: RLPError.trailingBytes) { try Transaction(encoded: bytes + [0]) }
        #expect(throws: RLPError.truncated) { try Transaction(encoded: []) }
    }

    /// What a decoded transaction takes besides its bytes.
    @Test func valuesStaySmall() {
        #expect(MemoryLayout<Transaction>.size <= 104)
        #expect(MemoryLayout<Receipt>.stride <= 40)
        #expect(MemoryLayout<Log>.stride <= 40)
    }
}
