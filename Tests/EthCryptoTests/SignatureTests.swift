import EthCrypto
import Primitives
import TestVectors
import Testing

@Suite struct SignatureTests {
    /// Deterministic signatures of SHA-256 of a text (RFC 6979 on secp256k1), also made by a second implementation.
    @Test(arguments: [
        (
            String(repeating: "0", count: 63) + "1", "Satoshi Nakamoto",
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
                + "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e501"
        ),
        (
            PrivateKeyTests.orderLessOne, "Satoshi Nakamoto",
            "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0"
                + "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed500"
        ),
        (
            String(repeating: "0", count: 63) + "1",
            "All those moments will be lost in time, like tears in rain. Time to die...",
            "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b"
                + "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc2100"
        ),
        (
            "f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181", "Alan Turing",
            "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c"
                + "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea00"
        ),
    ])
    func isDeterministic(secret: String, text: String, signature: String) throws {
        let key = try PrivateKey(hex: secret)
        let hash = SHA256.hash(Array(text.utf8))
        let made = key.sign(hash)
        #expect(made.bytes == [UInt8](hex: signature))
        #expect(try made.recover(hash) == key.publicKey)
        #expect(made.verify(hash, by: key.publicKey))
    }

    /// The message that EIP-8's initiator signs: the vectors' signature recovers to its ephemeral key, and RFC 6979
    /// gives another that does so too.
    @Test func recoversTheSignatureOfEIP8() throws {
        let key = try PrivateKey(hex: "869d6ecf5211f1cc60418a13b9d870b22959d0c16f02bec714c960dd2298a32d")
        let message = try #require(
            Hash32(hex: "53b7c9860e75f0538f22a8de6a9f038b2d5c4dc866b53767ba82a98c0ac7bd30"))
        let published = try #require(
            [UInt8](
                hex: "299ca6acfd35e3d72d8ba3d1e2b60b5561d5af5218eb5bc182045769eb422691"
                    + "0a301acae3b369fffc4a4899d6b02531e89fd4fe36a2cf0d93607ba470b50f7800"))
        let signature = try #require(Signature(published))
        #expect(signature.bytes == published)
        #expect(try signature.recover(message) == key.publicKey)
        #expect(signature.verify(message, by: key.publicKey))
        #expect(
            key.sign(message).bytes
                == [UInt8](
                    hex: "5ccc53a99558f46162122995719d4f3cfd840926800f8e2dce54b729327c1cbe"
                        + "548ed0a385998a7bc6e2c91d1ba38dd9e8013f57bc0d6efd3c566f90cfeaadcf00"))
    }

    @Test func encodes65Bytes() throws {
        let bytes = (0..<65).map { UInt8($0) }
        let signature = try #require(Signature(bytes))
        #expect(signature.r.bytes == Array(0..<32) && signature.s.bytes == Array(32..<64))
        #expect(signature.recoveryID == 64)
        #expect(signature.bytes == bytes)
        #expect(Signature(([9] + bytes).dropFirst()) == signature)
        #expect(Signature(bytes.dropLast()) == nil)
        #expect(Signature(bytes + [0]) == nil)
        #expect(Signature([]) == nil)
    }

    /// Every bit of the hash, of r and of s counts, and the signer does.
    @Test func verifiesOnlyWhatWasSigned() throws {
        var random = SplitMix64(seed: 4)
        let key = PrivateKey.generate(using: &random)
        let hash = try #require(Hash32(random.bytes(32)))
        let signature = key.sign(hash)
        #expect(signature.verify(hash, by: key.publicKey))
        #expect(!signature.verify(hash, by: PrivateKey.generate(using: &random).publicKey))
        for bit in 0..<256 {
            #expect(!signature.verify(hash.flipping(bit), by: key.publicKey))
            var changed = signature
            changed.r = changed.r.flipping(bit)
            #expect(!changed.verify(hash, by: key.publicKey))
            changed = signature
            changed.s = changed.s.flipping(bit)
            #expect(!changed.verify(hash, by: key.publicKey))
        }
        var otherID = signature
        otherID.recoveryID = 77
        #expect(otherID.verify(hash, by: key.publicKey), "the recovery id is not looked at")
    }

    /// The mirrored signature recovers to the same key, but does not verify.
    @Test func refusesHighS() throws {
        var random = SplitMix64(seed: 5)
        let order = try UInt256(bigEndian: #require(Hash32(hex: PrivateKeyTests.order)))
        for _ in 0..<20 {
            let key = PrivateKey.generate(using: &random)
            let hash = try #require(Hash32(random.bytes(32)))
            var signature = key.sign(hash)
            #expect(signature.hasLowS)
            #expect(try signature.recover(hash) == key.publicKey)
            signature.s = (order &- UInt256(bigEndian: signature.s)).bigEndian
            signature.recoveryID ^= 1
            #expect(!signature.hasLowS)
            #expect(!signature.verify(hash, by: key.publicKey))
            #expect(try signature.recover(hash) == key.publicKey)
        }
    }

    @Test(arguments: [
        ("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", true),
        ("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1", false),
        ("80" + String(repeating: "0", count: 62), false),
        (String(repeating: "f", count: 64), false),
        (String(repeating: "0", count: 63) + "1", true),
    ])
    func lowSEndsAtHalfTheOrder(s: String, isLow: Bool) throws {
        let signature = try Signature(r: Hash32(), s: #require(Hash32(hex: s)), recoveryID: 0)
        #expect(signature.hasLowS == isLow)
    }

    @Test(arguments: ["r", "s"], [String(repeating: "0", count: 64), PrivateKeyTests.order])
    func refusesNumbersOutOfRange(field: String, hex: String) throws {
        let key = try PrivateKey(hex: PrivateKeyTests.orderLessOne)
        let hash = Keccak256.empty
        var signature = key.sign(hash)
        let number = try #require(Hash32(hex: hex))
        if field == "r" { signature.r = number } else { signature.s = number }
        #expect(!signature.verify(hash, by: key.publicKey))
        for id: UInt8 in 0...3 {
            signature.recoveryID = id
            #expect(throws: CryptoError.invalidSignature) { try signature.recover(hash) }
        }
    }

    @Test func refusesEveryOtherRecoveryID() throws {
        let key = try PrivateKey(hex: PrivateKeyTests.orderLessOne)
        var signature = key.sign(Keccak256.empty)
        let right = signature.recoveryID
        for id: UInt8 in 0...255 {
            signature.recoveryID = id
            switch id {
            case right: #expect(try signature.recover(Keccak256.empty) == key.publicKey)
            case right ^ 1: #expect(try signature.recover(Keccak256.empty) != key.publicKey)
            // 2 and 3 say that X was at least the order, which is so for one in 2^127 nonces.
            default: #expect(throws: CryptoError.invalidSignature) { try signature.recover(Keccak256.empty) }
            }
        }
    }

    /// The ECRECOVER precompile's tests of go-ethereum.
    @Test(.enabled(if: TestVectors.isPresent, "the folder of vectors is absent"))
    func recoversVectors() throws {
        let vectors = try #require(try TestVectors.json("08-crypto/ecRecover.json").array)
        var recovered = 0
        var failed = 0
        for vector in vectors {
            let name = try #require(vector["Name"]?.string)
            let input = try #require(vector["Input"]?.bytes)
            let expected = try #require(vector["Expected"]?.bytes)
            let hash = try #require(Hash32(input[..<32]))
            // The precompile itself refuses other values of v than 27 and 28.
            guard input[32..<63].allSatisfy({ $0 == 0 }), input[63] == 27 || input[63] == 28 else {
                #expect(expected.isEmpty, "\(name)")
                continue
            }
            let signature = try #require(Signature(input[64..<128] + [input[63] - 27]))
            if expected.isEmpty {
                #expect(throws: CryptoError.invalidSignature, "\(name)") { try signature.recover(hash) }
                failed += 1
            } else {
                #expect(try signature.recover(hash).address.bytes == expected.suffix(20), "\(name)")
                recovered += 1
            }
        }
        #expect(recovered > 0 && failed > 0)
    }

    /// The library's context is shared by all threads.
    @Test func signsOnManyThreads() async throws {
        let key = try PrivateKey(hex: PrivateKeyTests.orderLessOne)
        let expected = key.sign(Keccak256.empty)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<50).allSatisfy { _ in
                        let made = key.sign(Keccak256.empty)
                        return made == expected && made.verify(Keccak256.empty, by: key.publicKey)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}

extension Hash32 {
    fileprivate func flipping(_ bit: Int) -> Hash32 {
        var copy = self
        copy.withUnsafeMutableBytes { $0[bit / 8] ^= 1 << (bit % 8) }
        return copy
    }
}
