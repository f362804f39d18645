import EthCrypto
public import Primitives

/// The blobs, commitments and proofs that accompany a blob transaction in the pool (EIP-4844, EIP-7594).
///
/// Blobs and proofs are only counted; their bytes stay in `PooledTransaction.encoded`. Proofs are not verified, which
/// would need a KZG library.
public struct BlobSidecar: Hashable, Sendable {
    /// Version 0 has a proof per blob, version 1 (Osaka) a proof for each of a blob's 128 cells.
    public var version: UInt8
    /// The number of blobs.
    public var blobCount: Int
    /// The KZG commitments of the blobs, 48 bytes each.
    public var commitments: [[UInt8]]
    /// The number of proofs.
    public var proofCount: Int

    /// The size of a blob in bytes.
    public static let bytesPerBlob = 131_072
    /// The number of cells of a blob with its erasure code (EIP-7594).
    public static let cellsPerBlob = 128
    static let bytesPerCommitment = 48
    /// The first byte of a versioned hash: the version of KZG commitments.
    static let hashVersion: UInt8 = 0x01

    /// A commitment's versioned hash, as the transaction lists it: 01, then SHA-256 without its first byte (EIP-4844).
    public static func versionedHash(of commitment: [UInt8]) -> Hash32 {
        var hash = SHA256.hash(commitment)
        hash.withUnsafeMutableBytes { $0[0] = hashVersion }
        return hash
    }

    /// Checks that the sidecar belongs to a transaction with the blob hashes `hashes`: one blob, one commitment and the
    /// right number of proofs per hash, and the commitments have these hashes.
    ///
    /// - Throws: `invalidSidecar`.
    public func check(hashes: [Hash32]) throws(ChainError) {
        let proofs = version == 0 ? hashes.count : hashes.count * Self.cellsPerBlob
        guard blobCount == hashes.count, proofCount == proofs, commitments.count == hashes.count,
            zip(commitments, hashes).allSatisfy({ Self.versionedHash(of: $0) == $1 })
        else { throw .invalidSidecar }
    }
}
