import Primitives
import Testing

@testable import SansIO

@Suite struct NodeRandomTests {
    private func keyStream(key: [UInt8], counter: UInt32, nonce: [UInt8]) -> String {
        func words(_ bytes: [UInt8]) -> [UInt32] {
            stride(from: 0, to: bytes.count, by: 4).map { at in
                bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
            }
        }
        let block = chacha20Block(key: SIMD8(words(key)), counter: counter, nonce: SIMD3(words(nonce)))
        return Hex.encode(
            block.indices.flatMap { index in (0..<4).map { UInt8(truncatingIfNeeded: block[index] >> (8 * $0)) } })
    }

    /// RFC 8439, section 2.3.2.
    @Test func chacha20() throws {
        let nonce = try #require([UInt8](hex: "000000090000004a00000000"))
        #expect(
            keyStream(key: (0..<32).map { UInt8($0) }, counter: 1, nonce: nonce)
                == "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
                + "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e")
    }

    /// RFC 8439, appendix A.1, vectors 1 and 2.
    @Test func chacha20OfZeros() {
        let (key, nonce) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 12))
        #expect(
            keyStream(key: key, counter: 0, nonce: nonce)
                == "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
                + "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586")
        #expect(
            keyStream(key: key, counter: 1, nonce: nonce)
                == "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
                + "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f")
    }

    /// The first output is the second half of the first block: the first half becomes the next key.
    @Test func outputFollowsTheKey() {
        var random = NodeRandom(key: [UInt8](repeating: 0, count: 32))
        #expect(Hex.encode(random.bytes(32)) == "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586")
        #expect(Hex.encode(random.bytes(16)) == "9f07e7be5551387a98ba977c732d080d")
    }

    @Test func keyIsReplacedAtARefill() throws {
        var random = NodeRandom(key: [UInt8](repeating: 0, count: 32))
        _ = random.bytes(4 * 64 - 32)
        var next = NodeRandom(
            key: try #require([UInt8](hex: "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7")))
        #expect(random.next() == next.next())
    }

    @Test func seedsAndStreamsDiffer() {
        func first(_ seed: UInt64, _ stream: UInt64) -> [UInt8] {
            var random = NodeRandom(seed: seed, stream: stream)
            return random.bytes(32)
        }
        let all = [first(1, 0), first(2, 0), first(1, 1), first(1 << 32, 0), first(0, 1 << 32)]
        #expect(Set(all).count == all.count)
        #expect(first(1, 0) == all[0])
    }

    @Test func forksAreIndependent() {
        var parent = NodeRandom(seed: 9)
        var child = parent.fork()
        var again = NodeRandom(seed: 9)
        var same = again.fork()
        #expect(child.bytes(64) == same.bytes(64))
        #expect(child.next() != parent.next())
    }

    @Test func bytesAndDurations() {
        var random = NodeRandom(seed: 3)
        for count in [0, 1, 7, 8, 9, 1000] { #expect(random.bytes(count).count == count) }
        #expect(random.duration(below: .zero) == .zero)
        #expect(random.duration(below: .seconds(-1)) == .zero)
        let durations = (0..<1000).map { _ in random.duration(below: .milliseconds(10)) }
        #expect(durations.allSatisfy { $0 >= .zero && $0 < .milliseconds(10) })
        #expect(durations.contains { $0 < .milliseconds(2) } && durations.contains { $0 > .milliseconds(8) })
    }
}
