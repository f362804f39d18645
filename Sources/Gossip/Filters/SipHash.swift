import Primitives
import SansIO

/// SipHash-2-4 (Aumasson and Bernstein, 2012): a hash with a key, so that nobody outside can choose inputs that collide
/// or that sort first.
struct SipHash: Sendable {
    private let key: (UInt64, UInt64)

    init(key: (UInt64, UInt64)) { self.key = key }

    init(random: inout NodeRandom) { key = (random.next(), random.next()) }

    /// The hash of `parts`, one after the other.
    func hash(_ parts: [UInt8]...) -> UInt64 {
        var state = State(key)
        var word: UInt64 = 0
        var count = 0
        for part in parts {
            for byte in part {
                word |= UInt64(byte) << UInt64(8 * (count & 7))
                count += 1
                if count & 7 == 0 {
                    state.absorb(word)
                    word = 0
                }
            }
        }
        state.absorb(word | UInt64(truncatingIfNeeded: count) << 56)
        return state.finish()
    }

    /// The hash of a hash's bytes.
    func hash(_ value: Hash32) -> UInt64 {
        var state = State(key)
        value.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: Hash32.byteCount, by: 8) {
                state.absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            }
        }
        state.absorb(UInt64(Hash32.byteCount) << 56)
        return state.finish()
    }

    private struct State {
        var a: UInt64
        var b: UInt64
        var c: UInt64
        var d: UInt64

        init(_ key: (UInt64, UInt64)) {
            a = key.0 ^ 0x736f_6d65_7073_6575
            b = key.1 ^ 0x646f_7261_6e64_6f6d
            c = key.0 ^ 0x6c79_6765_6e65_7261
            d = key.1 ^ 0x7465_6462_7974_6573
        }

        mutating func absorb(_ word: UInt64) {
            d ^= word
            round()
            round()
            a ^= word
        }

        mutating func finish() -> UInt64 {
            c ^= 0xff
            for _ in 0..<4 { round() }
            return a ^ b ^ c ^ d
        }

        private mutating func round() {
            a &+= b
            b = b << 13 | b >> 51
            b ^= a
            a = a << 32 | a >> 32
            c &+= d
            d = d << 16 | d >> 48
            d ^= c
            a &+= d
            d = d << 21 | d >> 43
            d ^= a
            c &+= b
            b = b << 17 | b >> 47
            b ^= c
            c = c << 32 | c >> 32
        }
    }
}
