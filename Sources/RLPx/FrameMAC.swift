import EthCrypto
import Primitives

/// The MACs of one direction's frames: a running Keccak-256 into which every MAC is mixed (rlpx.md, "Frame MACs").
///
/// The specification takes four digests of the running hash per frame. The first, for the header's MAC, equals the last
/// of the previous frame, so it is kept: only three are computed.
struct FrameMAC: Sendable {
    /// 16 bytes in memory order.
    typealias Block = SIMD2<UInt64>

    private var hash: Keccak256
    /// The first half of the running hash's digest.
    private var digest: Block

    init(_ hash: Keccak256) {
        self.hash = hash
        digest = Self.prefix(hash.digest())
    }

    /// The MAC of an encrypted header.
    @inline(__always)
    mutating func header(_ ciphertext: Block, _ cipher: inout AESBlock) -> Block {
        mix(ciphertext, &cipher)
        return digest
    }

    /// The MAC of an encrypted, padded body.
    @inline(__always)
    mutating func body(_ ciphertext: UnsafeRawBufferPointer, _ cipher: inout AESBlock) -> Block {
        hash.update(ciphertext)
        digest = Self.prefix(hash.digest())
        mix(digest, &cipher)
        return digest
    }

    /// Absorbs the encrypted digest XOR `block`.
    @inline(__always)
    private mutating func mix(_ block: Block, _ cipher: inout AESBlock) {
        var mixed = digest
        withUnsafeMutableBytes(of: &mixed) { cipher.encrypt($0) }
        mixed ^= block
        withUnsafeBytes(of: mixed) { hash.update($0) }
        digest = Self.prefix(hash.digest())
    }

    @inline(__always)
    private static func prefix(_ digest: Hash32) -> Block {
        digest.withUnsafeBytes { $0.loadUnaligned(as: Block.self) }
    }
}

extension FrameMAC.Block {
    /// Whether both are equal, in constant time.
    @inline(__always)
    func isEqualInConstantTime(_ other: Self) -> Bool {
        let difference = self ^ other
        return difference.x | difference.y == 0
    }
}
