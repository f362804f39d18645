import CKeccak
import EthCrypto
import Primitives
import TestVectors
import Testing

@Suite struct Keccak256Tests {
    static let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }

    @Test(arguments: [
        ("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        ("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    ])
    func hashesText(text: String, hash: String) throws {
        let expected = try #require(Hash32(hex: hash))
        #expect(Keccak256.hash(Array(text.utf8)) == expected)
        #expect(Keccak256.hash(text.utf8) == expected)
        var state = Keccak256()
        state.update(Array(text.utf8))
        #expect(state.digest() == expected)
    }

    @Test func hashOfNothing() {
        #expect(Keccak256.empty == Hash32(hex: "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"))
        #expect(Keccak256.hash(UnsafeRawBufferPointer(start: nil, count: 0)) == Keccak256.empty)
        var state = Keccak256()
        state.update(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(state.digest() == Keccak256.empty)
    }

    @Test(.enabled(if: TestVectors.isPresent, "the folder of vectors is absent"))
    func hashesVectors() throws {
        let vectors = try TestVectors.json("08-crypto/keccak256.json")
        let stream = try #require(vectors["stream4096"]?.bytes)
        let short = try #require(vectors["kats"]?.array)
        let long = try #require(vectors["shakeOnly"]?.array)
        #expect(short.count > 280 && long.count > 0)
        let longStream = SHAKE256.hash(Array("swift-devp2p-keccak".utf8), byteCount: 65536)
        #expect(longStream.starts(with: stream))
        for vector in short + long {
            let count = try #require(vector["len"]?.int)
            let expected = try #require(vector["hash"]?.bytes)
            let message = longStream.prefix(count)
            #expect(Keccak256.hash(message).bytes == expected, "\(count) bytes")
            var state = Keccak256()
            for part in message.chunks(of: 7) { state.update(part) }
            #expect(state.digest().bytes == expected, "\(count) bytes in parts of 7")
        }
    }

    /// Each way to cut a message in two gives the hash of the whole.
    @Test(arguments: [0, 1, 7, 8, 9, 135, 136, 137, 271, 272, 273, 300])
    func splitsAnywhere(count: Int) {
        let message = Keccak256Tests.message.prefix(count)
        let whole = Keccak256.hash(message)
        for cut in 0...count {
            var state = Keccak256()
            state.update(message.prefix(cut))
            _ = state.digest()
            state.update(message.dropFirst(cut))
            #expect(state.digest() == whole, "cut at \(cut)")
        }
    }

    @Test func absorbsByteByByte() {
        var state = Keccak256()
        for (offset, byte) in Keccak256Tests.message.enumerated() {
            #expect(state.digest() == Keccak256.hash(Keccak256Tests.message.prefix(offset)))
            state.update(CollectionOfOne(byte))
        }
        #expect(state.digest() == Keccak256.hash(Keccak256Tests.message))
    }

    @Test func copyForksTheState() {
        var original = Keccak256()
        original.update(Keccak256Tests.message.prefix(200))
        var fork = original
        fork.update([1, 2, 3])
        #expect(original.digest() == Keccak256.hash(Keccak256Tests.message.prefix(200)))
        #expect(fork.digest() == Keccak256.hash(Keccak256Tests.message.prefix(200) + [1, 2, 3]))
    }

    @Test func acceptsEveryKindOfCollection() throws {
        let message = Keccak256Tests.message
        let expected = Keccak256.hash(message)
        #expect(Keccak256.hash(message[...]) == expected)
        #expect(Keccak256.hash(ContiguousArray(message)) == expected)
        #expect(message.withUnsafeBytes { Keccak256.hash($0) } == expected)
        let scattered = (0..<1000).lazy.map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        #expect(Keccak256.hash(scattered) == expected)
        var state = Keccak256()
        state.update(scattered)
        #expect(state.digest() == expected)
        let value = try #require(Address(message.prefix(20)))
        #expect(Keccak256.hash(value) == Keccak256.hash(message.prefix(20)))
        state = Keccak256()
        state.update(value)
        #expect(state.digest() == Keccak256.hash(message.prefix(20)))
    }
}

extension Collection {
    fileprivate func chunks(of count: Int) -> [SubSequence] {
        var chunks: [SubSequence] = []
        var rest = self[...]
        while !rest.isEmpty {
            chunks.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return chunks
    }
}

/// SHAKE256 (FIPS 202, section 6.2), the stream that the messages of the vectors are taken from.
private enum SHAKE256 {
    static func hash(_ message: [UInt8], byteCount: Int) -> [UInt8] {
        precondition(message.count < 136, "one block")
        var block = message + [UInt8](repeating: 0, count: 136 - message.count)
        block[message.count] = 0x1f
        block[135] |= 0x80
        var lanes = [UInt64](repeating: 0, count: 25)
        for (offset, byte) in block.enumerated() { lanes[offset / 8] |= UInt64(byte) << (8 * (offset % 8)) }
        var output: [UInt8] = []
        while output.count < byteCount {
            _ = starling_keccak_f1600(starling_keccak_portable, &lanes)
            for lane in lanes.prefix(17) {
                for shift in stride(from: 0, to: 64, by: 8) { output.append(UInt8(truncatingIfNeeded: lane >> shift)) }
            }
        }
        return Array(output.prefix(byteCount))
    }
}
