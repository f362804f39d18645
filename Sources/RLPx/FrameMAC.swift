import EthCrypto
import Primitives

/// The chain of MACs over one direction's frames: a running Keccak-256 into which every MAC is mixed.
///
/// The specification takes a digest of the running hash four times a frame. The one that begins a header's MAC is that
/// which ended the frame before, so it is kept: three are computed.
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

    /// The MAC of a header, given encrypted.
    @inline(__always)
    mutating func header(_ ciphertext: Block, _ cipher: inout AESBlock) -> Block {
        mix(ciphertext, &cipher)
        return digest
    }

    /// The MAC of a body, given encrypted and padded.
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
    /// Whether both are equal, in the same time wherever they differ.
    @inline(__always)
    func isEqualInConstantTime(_ other: Self) -> Bool {
        let difference = self ^ other
        return difference.x | difference.y == 0
    }
}
