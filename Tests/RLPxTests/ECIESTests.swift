import EthCrypto
import Primitives
import SansIO
import Testing

@testable import RLPx

@Suite("ECIES")
struct ECIESTests {
    private let key: PrivateKey
    private let message: [UInt8]
    private let prefix: [UInt8] = [1, 2]

    init() throws {
        var random = NodeRandom(seed: 11)
        key = .generate(using: &random)
        message = try ECIES.encrypt(
            Array("a message".utf8), to: key.publicKey, authenticating: prefix, random: &random)
    }

    @Test("what is encrypted can be decrypted, for any length", arguments: [0, 1, 15, 16, 17, 500])
    func roundTrip(_ count: Int) throws {
        var random = NodeRandom(seed: 12)
        let plaintext = random.bytes(count)
        let message = try ECIES.encrypt(plaintext, to: key.publicKey, authenticating: prefix, random: &random)
        #expect(message.count == count + ECIES.overhead)
        #expect(try ECIES.decrypt(message[...], with: key, authenticating: prefix) == plaintext)
    }

    @Test("each bit flipped is the same error")
    func flipped() throws {
        for bit in 0..<8 * message.count {
            #expect(throws: RLPxError.undecryptableHandshake) {
                _ = try ECIES.decrypt(message.flipping(bit)[...], with: key, authenticating: prefix)
            }
        }
    }

    @Test("truncated at each byte is the same error")
    func truncated() throws {
        for count in 0..<message.count {
            #expect(throws: RLPxError.undecryptableHandshake) {
                _ = try ECIES.decrypt(message[..<count], with: key, authenticating: prefix)
            }
        }
    }

    @Test("the prefix is authenticated")
    func wrongPrefix() throws {
        #expect(throws: RLPxError.undecryptableHandshake) {
            _ = try ECIES.decrypt(message[...], with: key, authenticating: [1, 3])
        }
    }

    @Test("a point off the curve is refused, though all else fits")
    func invalidCurve() throws {
        // What a careless multiplication of (0, 0) would yield as the shared secret.
        let keys = ECIES.Keys(Hash32())
        let counter = [UInt8](repeating: 0, count: 16)
        let code = HMACSHA256.authenticate(key: keys.authentication, counter, prefix)
        let forged = [0x04] + [UInt8](repeating: 0, count: 64) + counter + code.bytes
        #expect(throws: RLPxError.undecryptableHandshake) {
            _ = try ECIES.decrypt(forged[...], with: key, authenticating: prefix)
        }
        var random = NodeRandom(seed: 1)
        #expect(throws: RLPxError.invalidKey) {
            _ = try ECIES.encrypt([1], to: PublicKey(), authenticating: [], random: &random)
        }
    }
}
