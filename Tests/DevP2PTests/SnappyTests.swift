import SansIO
import Testing

@testable import DevP2P

@Suite("Snappy")
struct SnappyTests {
    private func decompress(_ block: [UInt8], limit: Int = 1 << 20) throws(Snappy.Failure) -> [UInt8] {
        let result = block.withUnsafeBytes { block in
            Result { () throws(Snappy.Failure) in try Snappy.decompress(block, limit: limit) }
        }
        return try result.get()
    }

    @Test("the empty list, as every Ping carries it")
    func emptyList() throws {
        #expect(Snappy.compress([0xc0]) == [0x01, 0x00, 0xc0])
        #expect(try decompress([0x01, 0x00, 0xc0]) == [0xc0])
    }

    @Test("round trips", arguments: [0, 1, 2, 60, 61, 1000, 65536, 100_000])
    func roundTrip(_ count: Int) throws {
        var random = NodeRandom(seed: 3)
        for content in [random.bytes(count), [UInt8](repeating: 7, count: count)] {
            let block = Snappy.compress(content)
            #expect(block.count <= Snappy.maxCompressedCount(count))
            #expect(try decompress(block, limit: count) == content)
        }
    }

    @Test("one byte more than the limit")
    func limit() {
        let block = Snappy.compress([UInt8](repeating: 1, count: 1001))
        #expect(throws: Snappy.Failure.oversized(bytes: 1001)) { try decompress(block, limit: 1000) }
    }

    @Test("a declared length that can't be true takes no memory")
    func implausible() {
        // 4 GiB - 1 and then 1 GiB, in five bytes. Were this believed, the limits here would let it take memory.
        #expect(throws: Snappy.Failure.implausible(bytes: 0xffff_ffff)) {
            try decompress([0xff, 0xff, 0xff, 0xff, 0x0f], limit: .max)
        }
        #expect(throws: Snappy.Failure.implausible(bytes: 1 << 30)) {
            try decompress([0x80, 0x80, 0x80, 0x80, 0x04], limit: .max)
        }
        #expect(throws: Snappy.Failure.oversized(bytes: 1 << 30)) {
            try decompress([0x80, 0x80, 0x80, 0x80, 0x04], limit: 10 << 20)
        }
    }

    @Test("the best compression possible isn't taken for a lie")
    func plausible() throws {
        for count in [64, 1000, 65536, 1 << 20] {
            let content = [UInt8](repeating: 0, count: count)
            #expect(try decompress(Snappy.compress(content)) == content)
        }
    }

    @Test("truncated at each byte, and each bit flipped: an error or other bytes, never more than declared")
    func damaged() {
        let block = Snappy.compress(Array("snappy snappy snappy snappy and not snappy".utf8))
        for count in 0..<block.count {
            #expect(throws: Snappy.Failure.self) { try decompress(Array(block[..<count])) }
        }
        for bit in 0..<8 * block.count {
            if let content = try? decompress(block.flipping(bit), limit: 100) { #expect(content.count <= 100) }
        }
    }

    @Test(
        "no length, a length without end", arguments: [[], [0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]] as [[UInt8]])
    func noLength(_ block: [UInt8]) {
        #expect(throws: Snappy.Failure.corrupt) { try decompress(block) }
    }
}
