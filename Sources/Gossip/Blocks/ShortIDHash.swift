import Primitives

/// What short transaction ids are computed with: SipHash-2-4 under a key made of the block's hash and the sender's nonce,
/// of which 48 bits are kept.
///
/// Who makes a transaction doesn't know the key, so nobody can make two that collide in somebody's block. By chance one
/// of a pool of 16,384 collides with one of a block's thousand once in 17 million blocks (as in BIP 152).
struct ShortIDHash: Sendable {
    static let byteCount = 6

    private let hash: SipHash

    init(block: Hash32, nonce: UInt64) {
        let words = block.withUnsafeBytes { bytes in
            (
                UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        hash = SipHash(key: (words.0, words.1 ^ nonce))
    }

    func id(of transaction: Hash32) -> UInt64 { hash.hash(transaction) & 0xffff_ffff_ffff }
}
