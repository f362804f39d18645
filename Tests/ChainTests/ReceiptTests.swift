import Chain
import Primitives
import RLP
import Testing

@Suite struct ReceiptTests {
    private let log = Log(
        address: DevAccounts.address(0), topics: [Hash32(), .emptyListHash], data: [1, 2, 3])

    @Test func everyStatusAndForm() throws {
        for type in [UInt8(0), 1, 2, 3, 4, 0x7f] {
            for status in [Receipt.Status.failed, .succeeded, .root(.emptyTrieRoot)] {
                let receipt = Receipt(type: type, status: status, cumulativeGasUsed: 21_000, logs: [log])
                #expect(try Receipt(rlp: receipt.rlp) == receipt)
                #expect(try Receipt(consensusEncoding: receipt.consensusEncoding[...]) == receipt)
                var writer = RLPWriter()
                receipt.encodeWithoutBloom(to: &writer)
                var reader = RLPReader(writer.bytes)
                #expect(try Receipt(withoutBloomFrom: &reader) == receipt)
                #expect(receipt.consensusEncoding.first == (type == 0 ? 0xf9 : type))
                #expect(receipt.bloom.mayContain(log.address) && receipt.bloom.mayContain(Hash32.emptyListHash))
            }
        }
    }

    @Test func otherFormsAreRefused() throws {
        func withStatus(_ status: [UInt8]) -> [UInt8] {
            var writer = RLPWriter()
            writer.list { list in
                list.write(status)
                list.write(UInt64(1))
                list.write(Bloom())
                list.list { _ in }
            }
            return writer.bytes
        }
        #expect(try Receipt(rlp: withStatus([])).status == .failed)
        for status in [[0], [2], [1, 1], [UInt8](repeating: 1, count: 31), [UInt8](repeating: 1, count: 33)] {
            #expect(throws: RLPError.invalidValue) { try Receipt(rlp: withStatus(status)) }
        }
        let body = withStatus([1])
        // Types above 0x7f, or type 0 in an envelope.
        for type in [UInt8(0x80), 0xbf, 0] {
            #expect(throws: RLPError.self) { try Receipt(consensusEncoding: [type] + body) }
        }
        #expect(throws: RLPError.trailingBytes) { try Receipt(consensusEncoding: [1] + body + [0]) }
        var writer = RLPWriter()
        writer.list { list in
            list.write(UInt64(0x80))
            list.write(true)
            list.write(UInt64(1))
            list.list { _ in }
        }
        var reader = RLPReader(writer.bytes)
        #expect(throws: RLPError.invalidValue) { try Receipt(withoutBloomFrom: &reader) }
    }

    @Test func accounts() throws {
        let account = Account(nonce: 3, balance: 1_000)
        #expect(try Account(rlp: account.rlp) == account)
        #expect(!account.isEmpty && !account.hasCode)
        #expect(Account().isEmpty)
        #expect(!Account(codeHash: .zero).isEmpty)
        #expect(
            Hex.encode(Account().rlp)
                == "f8448080a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
                + "a0c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
    }

    @Test func withdrawals() throws {
        let withdrawal = Withdrawal(index: 1, validatorIndex: 300, address: DevAccounts.address(0), amount: .max)
        #expect(try Withdrawal(rlp: withdrawal.rlp) == withdrawal)
        var writer = RLPWriter()
        writer.list { $0.write(UInt64(1)) }
        #expect(throws: RLPError.truncated) { try Withdrawal(rlp: writer.bytes) }
    }
}
