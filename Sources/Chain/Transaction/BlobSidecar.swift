import EthCrypto
public import Primitives

/// What a blob transaction has beside it while it is pooled (EIP-4844, EIP-7594).
///
/// The blobs themselves are only counted: they stay in `PooledTransaction.encoded`. Their proofs are not verified,
/// which needs a KZG library.
public struct BlobSidecar: Hashable, Sendable {
    /// 0 has a proof for each blob, 1 (Osaka) has a proof for each of a blob's 128 cells.
    public var version: UInt8
    public var blobCount: Int
    /// 48 bytes each.
    public var commitments: [[UInt8]]
    public var proofCount: Int

    public static let bytesPerBlob = 131_072
    public static let cellsPerBlob = 128
    static let bytesPerCommitment = 48
    /// The first byte of a versioned hash: KZG.
    static let hashVersion: UInt8 = 0x01

    /// A commitment's hash, as the transaction lists it: 01, then SHA-256 without its first byte.
    public static func versionedHash(of commitment: [UInt8]) -> Hash32 {
        var hash = SHA256.hash(commitment)
        hash.withUnsafeMutableBytes { $0[0] = hashVersion }
        return hash
    }

    /// Checks that there is one blob, one commitment and the right number of proofs for each hash, and that the
    /// commitments have these hashes.
    ///
    /// - Throws: `invalidSidecar`.
    public func check(hashes: [Hash32]) throws(ChainError) {
        let proofs = version == 0 ? hashes.count : hashes.count * Self.cellsPerBlob
        guard blobCount == hashes.count, proofCount == proofs, commitments.count == hashes.count,
            zip(commitments, hashes).allSatisfy({ Self.versionedHash(of: $0) == $1 })
        else { throw .invalidSidecar }
    }
}
