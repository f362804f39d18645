import CLibCrypto

/// AES on single blocks, without a mode: what the frame MAC of RLPx is built from.
///
/// `@unchecked Sendable` for the same reason as `AESCTR`.
public struct AESBlock: ~Copyable, @unchecked Sendable {
    private let cipher: OpaquePointer

    /// The size of a block in bytes.
    public static var byteCount: Int { 16 }

    /// The cipher with `key`, 16 bytes (AES-128) or 32 (AES-256). Another length traps.
    public init(key: [UInt8]) {
        switch key.count {
        case 16: cipher = BlockCipher.encryptor(BlockCipher.aes128ECB, key: key, iv: nil)
        case 32: cipher = BlockCipher.encryptor(BlockCipher.aes256ECB, key: key, iv: nil)
        default: preconditionFailure("a key of AES has 16 or 32 bytes here")
        }
    }

    deinit { EVP_CIPHER_CTX_free(cipher) }

    /// Encrypts `block`, 16 bytes, in place. Another length traps.
    public mutating func encrypt(_ block: UnsafeMutableRawBufferPointer) {
        precondition(block.count == AESBlock.byteCount, "a block of AES has 16 bytes")
        BlockCipher.update(cipher, block)
    }
}
