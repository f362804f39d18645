import CLibCrypto

/// OpenSSL's ciphers, each fetched once: a fetch searches the providers under a lock.
enum BlockCipher {
    /// A cipher's description. OpenSSL never writes it once it is fetched, and it is never freed.
    struct Algorithm: @unchecked Sendable {
        let pointer: OpaquePointer

        fileprivate init(_ name: StaticString) {
            let pointer = name.withUTF8Buffer { text in
                text.withMemoryRebound(to: CChar.self) { EVP_CIPHER_fetch(nil, $0.baseAddress, nil) }
            }
            guard let pointer else { preconditionFailure("OpenSSL's default provider has AES") }
            self.pointer = pointer
        }
    }

    static let aes128CTR = Algorithm("AES-128-CTR")
    static let aes256CTR = Algorithm("AES-256-CTR")
    static let aes128ECB = Algorithm("AES-128-ECB")
    static let aes256ECB = Algorithm("AES-256-ECB")

    /// A new context, which the caller frees. `key` and `iv` have the lengths of `algorithm`.
    static func encryptor(_ algorithm: Algorithm, key: [UInt8], iv: [UInt8]?) -> OpaquePointer {
        guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("out of memory") }
        let isReady =
            EVP_EncryptInit_ex2(context, algorithm.pointer, key, iv, nil) == 1
            && EVP_CIPHER_CTX_set_padding(context, 0) == 1
        precondition(isReady, "a fetched cipher takes a key of its length")
        return context
    }

    /// Encrypts `bytes` in place. For ECB they are whole blocks.
    static func update(_ context: OpaquePointer, _ bytes: UnsafeMutableRawBufferPointer) {
        guard var next = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var rest = bytes.count
        while rest > 0 {
            // OpenSSL counts in 32-bit integers.
            let part = min(rest, 1 << 30)
            var written: Int32 = 0
            let isDone = EVP_EncryptUpdate(context, next, &written, next, Int32(part)) == 1
            precondition(isDone && Int(written) == part, "a cipher without padding writes what it reads")
            next += part
            rest -= part
        }
    }
}
