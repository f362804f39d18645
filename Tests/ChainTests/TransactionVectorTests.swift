import Chain
import EthCrypto
import Primitives
import RLP
import TestVectors
import Testing

@Suite(.enabled(if: TestVectors.isPresent, noVectors))
struct TransactionVectorTests {
    private static let forks: [(name: String, fork: Fork)] = [
        ("Frontier", .frontier), ("Homestead", .homestead), ("EIP150", .tangerineWhistle),
        ("EIP158", .spuriousDragon), ("Byzantium", .byzantium), ("Constantinople", .constantinople),
        ("ConstantinopleFix", .constantinople), ("Istanbul", .istanbul), ("Berlin", .berlin), ("London", .london),
        ("Paris", .london), ("Shanghai", .shanghai), ("Cancun", .cancun),
    ]

    /// The sender, where the transaction is valid by the rules of a fork on chain 1.
    private func validate(_ bytes: [UInt8], _ fork: Fork) throws -> (transaction: Transaction, sender: Address) {
        let transaction = try Transaction(encoded: bytes)
        try transaction.check(at: fork, chainID: 1)
        return (transaction, try transaction.sender(allowsHighS: fork < .homestead))
    }

    /// github ethereum/tests, TransactionTests: 161 transactions, each by the rules of 13 forks.
    @Test func ethereumTests() throws {
        var (valid, invalid) = (0, 0)
        for file in try TestVectors.files(in: "01-ethereum-tests/TransactionTests", suffix: ".json") {
            for (name, test) in try #require(try TestVectors.json(file).members) {
                let bytes = try #require(test["txbytes"]?.bytes, "\(name)")
                for (forkName, result) in try #require(test["result"]?.members) {
                    let fork = try #require(Self.forks.first { $0.name == forkName }?.fork)
                    if result["exception"] != nil {
                        #expect(throws: (any Error).self, "\(file) \(name) \(forkName)") { try validate(bytes, fork) }
                        invalid += 1
                    } else {
                        let (transaction, sender) = try validate(bytes, fork)
                        #expect(transaction.hash.description == result["hash"]?.string, "\(name) \(forkName)")
                        #expect(sender.description == result["sender"]?.string, "\(name) \(forkName)")
                        let gas = transaction.intrinsicGas(at: fork)
                        #expect(gas == result["intrinsicGas"]?.uint64, "\(name) \(forkName)")
                        #expect(transaction.encoded == bytes)
                        valid += 1
                    }
                }
            }
        }
        #expect(valid > 400 && invalid > 1_000)
    }

    /// github holiman/txparse: fuzzed transactions and what go-ethereum says, signer of chain 1.
    @Test func txparse() throws {
        let inputs = try TestVectors.lines("06-fuzz-seeds/txparse/random_corpus.txt.gz")
        let outputs = try TestVectors.lines("06-fuzz-seeds/txparse/random_corpus.output.gz")
        try #require(inputs.count == outputs.count)
        var valid = 0
        for (input, output) in zip(inputs, outputs) {
            // One line isn't hexadecimal, which is an error for txparse too.
            let sender = [UInt8](hex: input).flatMap { bytes in try? self.sender(bytes).description }
            #expect(sender == (output.hasPrefix("err:") ? nil : output.lowercased()), "\(input): \(output)")
            valid += sender == nil ? 0 : 1
        }
        #expect(valid > 40)
    }

    private func sender(_ bytes: [UInt8]) throws -> Address {
        let transaction = try Transaction(encoded: bytes)
        let found = transaction.chainID ?? 1
        guard found == 1 else { throw ChainError.wrongChainID(expected: 1, found: found) }
        return try transaction.sender()
    }

    @Test func samplesOfEachType() throws {
        let types = try #require(try TestVectors.json("05-mainnet-samples/tx-samples.json").members)
        #expect(types.map(\.key) == ["0", "1", "2", "3", "4"])
        for (type, samples) in types {
            for sample in try #require(samples.array) {
                let bytes = try #require(sample["raw"]?.bytes)
                let transaction = try Transaction(encoded: bytes)
                #expect(String(transaction.type.rawValue) == type)
                #expect(transaction.hash.description == sample["hash"]?.string)
                #expect(try transaction.sender().description == sample["from"]?.string)
                #expect(transaction.encoded == bytes)
                try transaction.check(at: .prague, chainID: 1)
                #expect(try Transaction(rlp: transaction.rlp).encoded == bytes)
            }
        }
    }

    /// The accessors, which read from the bytes, agree with the fields written again.
    @Test func fieldsWriteTheSameBytes() throws {
        for block in try SampleBlock.mainnet() {
            for transaction in block.body.transactions { #expect(rebuilt(transaction) == transaction.encoded) }
        }
    }

    private func rebuilt(_ transaction: Transaction) -> [UInt8] {
        var fields = RLPReader(transaction.encoded.dropFirst(transaction.type == .legacy ? 0 : 1))
        var writer = RLPWriter(prefix: transaction.type == .legacy ? [] : [transaction.type.rawValue])
        writer.list { list in
            if transaction.type != .legacy { list.write(transaction.chainID ?? 0) }
            list.write(transaction.nonce)
            list.write(transaction.maxPriorityFeePerGas)
            if transaction.type.rawValue >= 2 { list.write(transaction.maxFeePerGas) }
            list.write(transaction.gasLimit)
            list.write(transaction.to?.bytes ?? [])
            list.write(transaction.value)
            list.write(transaction.data)
            if transaction.type != .legacy { list.write(list: transaction.accessList) }
            if let fee = transaction.maxFeePerBlobGas {
                list.write(fee)
                list.write(list: transaction.blobHashes)
            }
            if transaction.type == .setCode { list.write(list: transaction.authorizations) }
            // The signature is taken over as it is.
            var items = (try? fields.readList()) ?? RLPReader([])
            let count = (try? items.countItems()) ?? 0
            for index in 0..<count {
                guard let item = try? items.readRaw() else { return }
                if index >= count - 3 { list.writeRaw(item) }
            }
        }
        return writer.bytes
    }

    @Test func damagedSeedsNeverTrap() throws {
        let files = try TestVectors.files(in: "06-fuzz-seeds/seeds/transaction")
        #expect(files.count == 32)
        for file in files {
            let bytes = try TestVectors.data(file)
            try exercise(bytes)
            for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200)) {
                #expect(throws: RLPError.self) { try Transaction(encoded: bytes[..<count]) }
            }
            // The fields come first; a long tail is data, of which any bytes are right.
            for bit in 0..<min(bytes.count, bytes.count > 600 ? 40 : 200) * 8 {
                var damaged = bytes
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                try exercise(damaged)
            }
        }
    }

    /// Everything that can be asked of a transaction that decodes. It writes the bytes that it was read from.
    private func exercise(_ bytes: [UInt8]) throws {
        guard let transaction = try? Transaction(encoded: bytes) else { return }
        // A comparison is cheaper than an expectation, and there are many.
        if transaction.encoded != bytes || rebuilt(transaction) != bytes { Issue.record("\(Hex.encode(bytes))") }
        _ = (transaction.intrinsicGas, transaction.floorDataGas, transaction.maxCost, transaction.blobGas)
        _ = (transaction.signingHash, transaction.effectiveTip(baseFee: 7), transaction.gasPrice(baseFee: 7))
        for fork in [Fork.frontier, .london, .amsterdam] { try? transaction.check(at: fork, chainID: 1) }
    }
}
