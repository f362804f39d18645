import CLibCrypto
public import Primitives

/// SHA-256 (FIPS 180-4). Ethereum hashes with Keccak; SHA-256 is the hash of the key derivation and MAC of ECIES.
public enum SHA256 {
    /// OpenSSL's description of the digest, fetched once; never written after that and never freed.
    private struct Algorithm: @unchecked Sendable {
        let pointer: OpaquePointer

        fileprivate init() {
            guard let pointer = EVP_MD_fetch(nil, "SHA2-256", nil) else {
                preconditionFailure("OpenSSL's default provider has SHA-256")
            }
            self.pointer = pointer
        }
    }

    private static let algorithm = Algorithm()

    /// The hash of the concatenation of `parts`.
    public static func hash(_ parts: UnsafeRawBufferPointer...) -> Hash32 {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        defer { EVP_MD_CTX_free(context) }
        var isDone = EVP_DigestInit_ex2(context, algorithm.pointer, nil) == 1
        for part in parts {
            isDone = EVP_DigestUpdate(context, part.baseAddress, part.count) == 1 && isDone
        }
        let hash = Hash32(writtenBy: { isDone = EVP_DigestFinal_ex(context, $0, nil) == 1 && isDone })
        precondition(isDone, "SHA-256 hashes every input")
        return hash
    }

    /// The hash of `bytes`, without a copy if they are contiguous in memory.
    public static func hash(_ bytes: some Collection<UInt8>) -> Hash32 {
        if let hash = bytes.withContiguousStorageIfAvailable({ hash(UnsafeRawBufferPointer($0)) }) { return hash }
        return Array(bytes).withUnsafeBytes { hash($0) }
    }
}
