import CKeccak
import EthCrypto
import Primitives
import Testing

@Suite struct Keccak256BatchTests {
    /// Lengths around the rate, long ones among short ones, and fewer and more messages than places.
    @Test(arguments: [0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 100])
    func hashesAsOneByOne(count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        let lengths = [0, 1, 32, 134, 135, 136, 137, 271, 272, 273, 532, 2000]
        let messages = (0..<count).map { _ in
            random.bytes(lengths[Int(random.next() % UInt64(lengths.count))])
        }
        #expect(Keccak256.hashes(of: messages) == messages.map { Keccak256.hash($0) })
    }

    /// Each width that this machine has, for each position of a long message among short ones.
    @Test(arguments: [1, 4, 8] as [UInt32])
    func widthsAgree(width: UInt32) throws {
        var random = SplitMix64(seed: 8)
        let bytes = random.bytes(4096)
        for position in 0..<20 {
            let ranges = (0..<20).map { index in index == position ? 0..<4096 : index..<(index + index * 40) }
            let expected = ranges.flatMap { Keccak256.hash(bytes[$0]).bytes }
            var digests = [UInt8](repeating: 0, count: 20 * 32)
            let isSupported = bytes.withUnsafeBufferPointer { bytes in
                let messages = ranges.map { range in
                    starling_keccak_message(
                        start: UnsafeBufferPointer(rebasing: bytes[range]).baseAddress, count: range.count)
                }
                return starling_keccak256_batch_of(width, messages, messages.count, &digests)
            }
            if isSupported {
                #expect(digests == expected, "a long message at \(position)")
            } else {
                #expect(width != 1, "one at a time runs everywhere")
                #expect(digests.allSatisfy { $0 == 0 })
            }
        }
    }

    @Test(arguments: [0, 2, 3, 5, 6, 7, 9, 16] as [UInt32])
    func hasNoOtherWidth(width: UInt32) {
        var digest = [UInt8](repeating: 0, count: 32)
        let message = starling_keccak_message(start: nil, count: 0)
        #expect(!starling_keccak256_batch_of(width, [message], 1, &digest))
    }

    @Test func hashesPartsOfABuffer() {
        let bytes = (0..<600).map { UInt8(truncatingIfNeeded: $0) }
        let ranges = [0..<600, 5..<5, 599..<600, 100..<400, 100..<236, 600..<600]
        let hashes = bytes.withUnsafeBytes { Keccak256.hashes(of: ranges, in: $0) }
        #expect(hashes == ranges.map { Keccak256.hash(bytes[$0]) })
        #expect(Keccak256.hashes(of: [], in: UnsafeRawBufferPointer(start: nil, count: 0)).isEmpty)
        #expect(
            Keccak256.hashes(of: [0..<0, 0..<0], in: UnsafeRawBufferPointer(start: nil, count: 0))
                == [Keccak256.empty, Keccak256.empty])
    }

    @Test func hashesValues() {
        var random = SplitMix64(seed: 20)
        let addresses = (0..<11).compactMap { _ in Address(random.bytes(20)) }
        #expect(addresses.count == 11)
        #expect(Keccak256.hashes(of: addresses) == addresses.map { Keccak256.hash($0.bytes) })
        let slots = (0..<9).compactMap { _ in Hash32(random.bytes(32)) }
        #expect(Keccak256.hashes(of: slots) == slots.map { Keccak256.hash($0.bytes) })
        #expect(Keccak256.hashes(of: [Hash32]()).isEmpty)
    }
}
