import EthCrypto
import Primitives
import Testing

@Suite struct PrivateKeyTests {
    static let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
    static let orderLessOne = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140"

    /// The generator's coordinates (SEC 2, section 2.4.1), and those of its double.
    static let generatorX = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    static let generatorY = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
    static let doubleX = "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"
    static let doubleY = "1ae168fea63dc339a3c58419466ceaeef7f632653266d0e1236431a950cfe52a"

    /// The keys of EIP-8's test vectors.
    @Test(arguments: [
        (String(repeating: "0", count: 63) + "1", generatorX + generatorY),
        (String(repeating: "0", count: 63) + "2", doubleX + doubleY),
        (
            "49a7b37aa6f6645917e7b807e9d1c00d4fa71f18343b0d4122a4d2df64dd6fee",
            "fda1cff674c90c9a197539fe3dfb53086ace64f83ed7c6eabec741f7f381cc803"
                + "e52ab2cd55d5569bce4347107a310dfd5f88a010cd2ffd1005ca406f1842877"
        ),
        (
            "b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291",
            "ca634cae0d49acb401d8a4c6b6fe8c55b70d115bf400769cc1400f3258cd3138"
                + "7574077f301b421bc84df7266c44e9e6d569fc56be00812904767bf5ccd1fc7f"
        ),
        (
            "e238eb8e04fee6511ab04c6dd3c89ce097b11f25d584863ac2b6d5b35b1847e4",
            "b6d82fa3409da933dbf9cb0140c5dde89f4e64aec88d476af648880f4a10e1e4"
                + "9fe35ef3e69e93dd300b4797765a747c6384a6ecf5db9c2690398607a86181e4"
        ),
    ])
    func hasItsPublicKey(secret: String, publicKey: String) throws {
        let key = try PrivateKey(hex: secret)
        #expect(key.publicKey.hex == publicKey)
        #expect(try PrivateKey(key.bytes) == key)
        #expect(try PrivateKey(hex: "0x" + secret) == key)
        #expect(Hash32(key.bytes)?.hex == secret)
    }

    @Test(arguments: [
        String(repeating: "0", count: 64), order, String(repeating: "f", count: 64), "", "01",
        String(repeating: "1", count: 62), String(repeating: "1", count: 66), String(repeating: "g", count: 64),
    ])
    func refusesWhatIsNoScalar(secret: String) throws {
        #expect(throws: CryptoError.invalidPrivateKey) { try PrivateKey(hex: secret) }
        if let bytes = [UInt8](hex: secret) {
            #expect(throws: CryptoError.invalidPrivateKey) { try PrivateKey(bytes) }
        }
    }

    /// The largest scalar is minus one: the generator with the other Y.
    @Test func acceptsTheLargestScalar() throws {
        let key = try PrivateKey(hex: PrivateKeyTests.orderLessOne)
        #expect(key.publicKey.x.hex == PrivateKeyTests.generatorX)
        #expect(key.publicKey.y.hex == "b7c52588d95c3b9aa25b0403f1eef75702e84bb7597aabe663b82f6f04ef2777")
    }

    @Test func generatesFromTheBytesOfTheGenerator() throws {
        var random = SplitMix64(seed: 1)
        var copy = random
        let key = PrivateKey.generate(using: &random)
        let expected = (0..<4).flatMap { _ in withUnsafeBytes(of: copy.next().littleEndian) { Array($0) } }
        #expect(key.bytes == expected)
        #expect(PrivateKey.generate(using: &random) != key)
    }

    @Test func generatesAgainWhenTheBytesAreNoScalar() {
        struct Words: RandomNumberGenerator {
            var next64: [UInt64]
            mutating func next() -> UInt64 { next64.removeFirst() }
        }
        var random = Words(next64: [.max, .max, .max, .max, 0, 0, 0, 0, 0, 0, 0, UInt64(7).byteSwapped, 9])
        let key = PrivateKey.generate(using: &random)
        #expect(key.bytes == [UInt8](repeating: 0, count: 31) + [7])
        #expect(random.next64 == [9])
    }

    @Test func neverPrintsTheSecret() throws {
        let secret = "49a7b37aa6f6645917e7b807e9d1c00d4fa71f18343b0d4122a4d2df64dd6fee"
        let key = try PrivateKey(hex: secret)
        var dumped = ""
        dump([key], to: &dumped)
        let texts = ["\(key)", String(reflecting: key), "\([key])", String(describing: Optional(key)), dumped]
        let words = stride(from: 0, to: 64, by: 16).compactMap { start in
            UInt64(secret.dropFirst(start).prefix(16), radix: 16)
        }
        for text in texts {
            #expect(text.contains("fda1cff674c90c9a"), "the public key is shown: \(text)")
            #expect(!text.lowercased().contains(secret.prefix(8)))
            for word in words {
                #expect(!text.contains("\(word)") && !text.contains("\(word.byteSwapped)"))
            }
        }
    }

    @Test func sharesTheSecretOfTheVectors() throws {
        let a = try PrivateKey(hex: "49a7b37aa6f6645917e7b807e9d1c00d4fa71f18343b0d4122a4d2df64dd6fee")
        let b = try PrivateKey(hex: "b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291")
        let expected = "2d21423c1dc3355da36e7f2c2b530eeffcf0680f93201a958b2ec3a7d04958e6"
        #expect(try a.sharedSecret(with: b.publicKey).hex == expected)
        #expect(try b.sharedSecret(with: a.publicKey).hex == expected)
        let ephemeralA = try PrivateKey(hex: "869d6ecf5211f1cc60418a13b9d870b22959d0c16f02bec714c960dd2298a32d")
        let ephemeralB = try PrivateKey(hex: "e238eb8e04fee6511ab04c6dd3c89ce097b11f25d584863ac2b6d5b35b1847e4")
        let ephemeral = "1a08ef840fa6b55e5b2630351aa45804cc16b48e526b64e6ee667b224967ef24"
        #expect(try ephemeralA.sharedSecret(with: ephemeralB.publicKey).hex == ephemeral)
        #expect(try ephemeralB.sharedSecret(with: ephemeralA.publicKey).hex == ephemeral)
    }

    @Test func refusesToShareWithAPointOffTheCurve() throws {
        let key = try PrivateKey(hex: PrivateKeyTests.orderLessOne)
        #expect(throws: CryptoError.invalidPublicKey) { try key.sharedSecret(with: PublicKey()) }
        var point = key.publicKey
        point.y = point.x
        #expect(throws: CryptoError.invalidPublicKey) { try key.sharedSecret(with: point) }
    }

    /// Keys with leading zeros in the shared X keep all 32 bytes.
    @Test func sharedSecretsAgree() throws {
        var random = SplitMix64(seed: 3)
        var zeros = 0
        for _ in 0..<300 {
            let a = PrivateKey.generate(using: &random)
            let b = PrivateKey.generate(using: &random)
            let secret = try a.sharedSecret(with: b.publicKey)
            #expect(try b.sharedSecret(with: a.publicKey) == secret)
            if secret[0] == 0 { zeros += 1 }
        }
        #expect(zeros > 0, "the seed has a secret with a leading zero")
    }
}
