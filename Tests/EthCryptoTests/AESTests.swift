import EthCrypto
import Primitives
import Testing

/// The examples of NIST SP 800-38A, appendix F.
@Suite struct AESTests {
    static let key128 = "2b7e151628aed2a6abf7158809cf4f3c"
    static let key256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
    static let counter = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
    static let plaintext =
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
        + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"

    static let counterMode = [
        (
            key128,
            "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
                + "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"
        ),
        (
            key256,
            "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
                + "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"
        ),
    ]

    @Test(arguments: counterMode)
    func encryptsInCounterMode(key: String, ciphertext: String) throws {
        var bytes = try #require([UInt8](hex: AESTests.plaintext))
        try cipher(key).applied(to: &bytes)
        #expect(bytes == [UInt8](hex: ciphertext))
        try cipher(key).applied(to: &bytes)
        #expect(bytes == [UInt8](hex: AESTests.plaintext))
    }

    /// The keystream goes on over calls of any length, empty ones included.
    @Test(arguments: counterMode)
    func continuesTheKeystream(key: String, ciphertext: String) throws {
        for first in 0...64 {
            for second in [0, 1, 15, 16, 17] where first + second <= 64 {
                var bytes = try #require([UInt8](hex: AESTests.plaintext))
                var cipher = try cipher(key)
                bytes.withUnsafeMutableBytes { bytes in
                    cipher.apply(UnsafeMutableRawBufferPointer(rebasing: bytes[..<first]))
                    cipher.apply(UnsafeMutableRawBufferPointer(rebasing: bytes[first..<(first + second)]))
                    cipher.apply(UnsafeMutableRawBufferPointer(rebasing: bytes[(first + second)...]))
                }
                #expect(bytes == [UInt8](hex: ciphertext), "cut at \(first) and \(first + second)")
            }
        }
    }

    /// The counter is 128 bits wide and wraps.
    @Test func counterCarries() throws {
        let key = try #require([UInt8](hex: AESTests.key256))
        var stream = [UInt8](repeating: 0, count: 32)
        AESCTR(key: key, iv: [UInt8](repeating: 0xff, count: 16)).applied(to: &stream)
        var afterWrap = [UInt8](repeating: 0, count: 16)
        AESCTR(key: key, iv: [UInt8](repeating: 0, count: 16)).applied(to: &afterWrap)
        #expect(Array(stream.suffix(16)) == afterWrap)
    }

    @Test(arguments: [
        (
            key128,
            "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
                + "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"
        ),
        (
            key256,
            "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
                + "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7"
        ),
    ])
    func encryptsBlocks(key: String, ciphertext: String) throws {
        var bytes = try #require([UInt8](hex: AESTests.plaintext))
        var block = AESBlock(key: try #require([UInt8](hex: key)))
        bytes.withUnsafeMutableBytes { bytes in
            for start in stride(from: 0, to: 64, by: AESBlock.byteCount) {
                block.encrypt(UnsafeMutableRawBufferPointer(rebasing: bytes[start..<(start + 16)]))
            }
        }
        #expect(bytes == [UInt8](hex: ciphertext))
    }

    /// A cipher may move to another thread with its owner.
    @Test func movesBetweenThreads() async throws {
        let (key, ciphertext) = AESTests.counterMode[1]
        let plaintext = try #require([UInt8](hex: AESTests.plaintext))
        let cipher = try cipher(key)
        let encrypted = await moved(cipher, plaintext)
        #expect(encrypted == [UInt8](hex: ciphertext))
    }

    @concurrent private func moved(_ cipher: consuming AESCTR, _ bytes: [UInt8]) async -> [UInt8] {
        var bytes = bytes
        cipher.applied(to: &bytes)
        return bytes
    }

    private func cipher(_ key: String) throws -> AESCTR {
        AESCTR(key: try #require([UInt8](hex: key)), iv: try #require([UInt8](hex: AESTests.counter)))
    }
}

extension AESCTR {
    fileprivate consuming func applied(to bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { self.apply($0) }
    }
}
