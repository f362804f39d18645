import EthCrypto
import Primitives
import TestVectors
import Testing

/// Project Wycheproof's ECDSA tests for secp256k1 with SHA-256 and the low-s rule.
@Suite(.enabled(if: TestVectors.isPresent, "the folder of vectors is absent"))
struct WycheproofTests {
    @Test func verifies() throws {
        let path = "08-crypto/wycheproof-ecdsa-secp256k1-sha256-bitcoin.json.gz"
        let groups = try #require(try TestVectors.json(path)["testGroups"]?.array)
        var accepted = 0
        var refused = 0
        var undecodable = 0
        for group in groups {
            let encoded = try #require(group["publicKey"]?["uncompressed"]?.bytes)
            let key = try #require(PublicKey(encoded.dropFirst()))
            try key.validated()
            for test in try #require(group["tests"]?.array) {
                let id = try #require(test["tcId"]?.int)
                let isValid = try #require(test["result"]?.string) == "valid"
                let hash = SHA256.hash(try #require(test["msg"]?.bytes))
                guard let (r, s) = DER.signature(try #require(test["sig"]?.bytes)) else {
                    #expect(!isValid, "test \(id) decodes")
                    undecodable += 1
                    continue
                }
                let signature = Signature(r: r, s: s, recoveryID: 0)
                #expect(signature.verify(hash, by: key) == isValid, "test \(id)")
                if isValid {
                    #expect(recovers(signature, hash, key), "test \(id)")
                    accepted += 1
                } else {
                    refused += 1
                }
            }
        }
        #expect(accepted == 162)
        #expect(refused > 50, "most invalid signatures reach the verification, not only the decoder")
        #expect(accepted + refused + undecodable == 463)
    }

    /// Whether one of the four recovery ids leads to `key`.
    private func recovers(_ signature: Signature, _ hash: Hash32, _ key: PublicKey) -> Bool {
        (UInt8(0)...3).contains { id in
            var signature = signature
            signature.recoveryID = id
            return (try? signature.recover(hash)) == key
        }
    }
}

/// Strict DER of `SEQUENCE { INTEGER r, INTEGER s }`: Ethereum has no such encoding, only these tests do.
private enum DER {
    static func signature(_ bytes: [UInt8]) -> (r: Hash32, s: Hash32)? {
        var rest = bytes[...]
        guard var content = element(0x30, &rest), rest.isEmpty, let r = integer(&content),
            let s = integer(&content), content.isEmpty
        else { return nil }
        return (r, s)
    }

    private static func element(_ tag: UInt8, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        // Everything here is shorter than 128 bytes, so a length is one byte.
        guard rest.count >= 2, rest.removeFirst() == tag else { return nil }
        let count = Int(rest.removeFirst())
        guard count < 128, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func integer(_ rest: inout ArraySlice<UInt8>) -> Hash32? {
        guard var digits = element(0x02, &rest), let first = digits.first, first < 0x80 else { return nil }
        if first == 0, digits.count > 1 {
            digits.removeFirst()
            guard let second = digits.first, second >= 0x80 else { return nil }
        }
        guard digits.count <= 32 else { return nil }
        return Hash32([UInt8](repeating: 0, count: 32 - digits.count) + digits)
    }
}
