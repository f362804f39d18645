import CLibCrypto

/// AES in counter mode: a keystream that continues from call to call, such as one direction of an RLPx connection.
///
/// Encryption and decryption are the same operation. `@unchecked Sendable`: the cipher's state is behind a pointer, but
/// the struct cannot be copied, so it has exactly one owner at any time.
public struct AESCTR: ~Copyable, @unchecked Sendable {
    private let cipher: OpaquePointer

    /// The keystream of `key`, 16 bytes (AES-128) or 32 (AES-256), from the counter block `iv`, 16 bytes.
    ///
    /// Keys and counters are derived by this node, never received, so another length traps.
    public init(key: [UInt8], iv: [UInt8]) {
        precondition(iv.count == 16, "the counter block of AES has 16 bytes")
        switch key.count {
        case 16: cipher = BlockCipher.encryptor(BlockCipher.aes128CTR, key: key, iv: iv)
        case 32: cipher = BlockCipher.encryptor(BlockCipher.aes256CTR, key: key, iv: iv)
        default: preconditionFailure("a key of AES has 16 or 32 bytes here")
        }
    }

    deinit { EVP_CIPHER_CTX_free(cipher) }

    /// XORs `bytes` in place with the next bytes of the keystream.
    public mutating func apply(_ bytes: UnsafeMutableRawBufferPointer) {
        BlockCipher.update(cipher, bytes)
    }
}
