import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import TestVectors
import Testing

/// What the largest messages become in memory, measured on the real heap (reth#23718: 10 MB of RLP could take 200 MB;
/// CVE-2024-32972 and CVE-2026-26313: go-ethereum held what it was asked and sent).
///
/// Messages stay within twice their size on the wire, since lists of items stay encoded until somebody who asked for
/// them decodes them, and the body of a pushed block until its header is checked. What was asked for costs more, and has
/// a bound of its own: one block at a time.
@Suite(
    "Hardening: decoded memory against size on the wire", .serialized,
    .enabled(if: HeapMeter.isPresent, "no heap statistics"))
struct DecodedMemoryTests {
    /// The shortest legacy transaction there is: nine empty fields.
    private static let tiny: [UInt8] = [0xc9] + [UInt8](repeating: 0x80, count: 9)

    private static func answer(_ items: some Sequence<[UInt8]>) -> [UInt8] {
        var writer = RLPWriter()
        writer.list { list in
            list.write(UInt64(1))
            list.list { for item in items { $0.writeRaw(item) } }
        }
        return writer.bytes
    }

    private static func list(_ items: some Sequence<[UInt8]>) -> [UInt8] {
        var writer = RLPWriter()
        writer.list { for item in items { $0.writeRaw(item) } }
        return writer.bytes
    }

    private static func body(_ count: Int) -> [UInt8] { list([list(Array(repeating: tiny, count: count)), [0xc0]]) }

    private struct Worst: Sendable, CustomTestStringConvertible {
        let name: String
        let id: EthMessageID
        let payload: [UInt8]
        var testDescription: String { name }
    }

    /// For each message what has most items for its bytes.
    private static var worst: [Worst] {
        let hash: [UInt8] = [0xa0] + [UInt8](repeating: 0xee, count: 32)
        let announcement = list([hash, [0x01]])
        let sizes = [[UInt8]](repeating: [0x01], count: 8192)
        var types = RLPWriter()
        types.write([UInt8](repeating: 2, count: 8192))
        return [
            Worst(name: "5000 transactions of 10 bytes", id: .transactions, payload: list(repeating(tiny, 5000))),
            Worst(
                name: "5000 pooled transactions of 10 bytes", id: .pooledTransactions,
                payload: answer(repeating(tiny, 5000))),
            Worst(name: "1024 headers of nothing", id: .blockHeaders, payload: answer(repeating([0xc0], 1024))),
            Worst(
                name: "10 MiB of transactions of 10 bytes in 16 bodies", id: .blockBodies,
                payload: answer(repeating(body(65_000), 16))),
            Worst(
                name: "10 MiB of empty receipts", id: .receipts,
                payload: answer(repeating(list(repeating([0xc0], 10_000)), 1024))),
            Worst(
                name: "a pushed block of 65,536 transactions of 10 bytes", id: .newBlock, payload: push(65_536)),
            Worst(name: "4096 hashes", id: .getBlockBodies, payload: answer(repeating(hash, 4096))),
            Worst(name: "1024 announced blocks", id: .newBlockHashes, payload: list(repeating(announcement, 1024))),
            Worst(
                name: "8192 announced transactions", id: .newPooledTransactionHashes,
                payload: list([types.bytes, list(sizes), list(repeating(hash, 8192))])),
        ]
    }

    private static func repeating(_ item: [UInt8], _ count: Int) -> [[UInt8]] { Array(repeating: item, count: count) }

    @Test("RLP that decodes to much more memory than its size, reth#23718: each message within twice its wire size")
    func messages() throws {
        for worst in Self.worst {
            // With the payload itself, which the message keeps: a fresh copy each time.
            let held = try #require(
                try HeapMeter.bytes {
                    let payload = worst.payload.map { $0 }
                    return try EthForm(id: worst.id.rawValue, payload: payload[...], .eth69)
                })
            #expect(held <= 2 * worst.payload.count + 1 << 16, "\(worst.name): \(worst.payload.count) became \(held)")
        }
    }

    @Test("more than the limit is refused before any of it is decoded: no memory, in no message")
    func beyondTheLimits() throws {
        let items = Self.repeating([0xc0], 100_000)
        let (list, answer) = (Self.list(items), Self.answer(items))
        for id in EthMessageID.allCases {
            // The form of an answer would be two transactions.
            for payload in id == .transactions ? [list] : [list, answer] {
                let held = try #require(
                    HeapMeter.bytes { try? EthForm(id: id.rawValue, payload: payload[...], .eth69) })
                #expect(held < 1 << 16, "\(id)")
                #expect(throws: WireError.self) { try EthForm(id: id.rawValue, payload: payload[...], .eth69) }
            }
        }
    }

    private static func push(_ count: Int, header: Header = Samples.header) -> [UInt8] {
        list([list([header.rlp, list(repeating(tiny, count)), [0xc0]]), [0x01]])
    }

    @Test("a pushed block of more than 65,536 transactions, or with a header of megabytes, is refused at once")
    func pushedBlock() throws {
        var large = Samples.header
        large.extraData = [UInt8](repeating: 7, count: 1 << 20)
        for payload in [Self.push(65_537), Self.push(0, header: large)] {
            let refused = try #require(
                HeapMeter.bytes { try? EthForm(id: EthMessageID.newBlock.rawValue, payload: payload[...], .eth68) })
            #expect(refused < 1 << 16)
            #expect(throws: WireError.self) {
                try EthForm(id: EthMessageID.newBlock.rawValue, payload: payload[...], .eth68)
            }
        }
    }

    /// Transactions of a size that the network has, some 110 bytes, are within three times; access lists, which are
    /// many small items, aren't decoded at all.
    @Test("a transaction costs its bytes and some 300 more, however many items it has")
    func transactions() throws {
        var entries = RLPWriter()
        entries.list { list in
            for _ in 0..<4000 {
                list.list { entry in
                    entry.write([UInt8](repeating: 1, count: 20))
                    entry.writeRaw([0xc0])
                }
            }
        }
        let fields: [[UInt8]] =
            [[0x01], [0x80], [0x01], [0x01], [0x82, 0x52, 0x08], [0x80], [0x80], [0x80], entries.bytes]
            + Self.repeating([0x01], 3)
        let encoded = [0x02] + Self.list(fields)
        let held = try #require(
            try HeapMeter.bytes { try (0..<100).map { _ in try Transaction(encoded: encoded.map { $0 }[...]) } })
        #expect(held < 100 * (2 * encoded.count + 300), "\(encoded.count) became \(held / 100)")
    }
}
