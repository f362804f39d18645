import EthCrypto
import Primitives
import RLP
import SansIO
import TestVectors
import Testing

@testable import RLPx

@Suite("Handshake: known answers")
struct HandshakeVectorTests {
    private let keyA: PrivateKey
    private let keyB: PrivateKey

    init() throws {
        keyA = try KnownAnswers.privateKey(KnownAnswers.keyA)
        keyB = try KnownAnswers.privateKey(KnownAnswers.keyB)
    }

    @Test(
        "auth in EIP-8 form, also of a later version with more elements",
        arguments: [
            KnownAnswers.auth2, KnownAnswers.auth3,
        ])
    func auth(_ packet: String) throws {
        let auth = try HandshakeEnvelope.open(try KnownAnswers.bytes(packet), as: AuthMessage.self, with: keyB)
        #expect(auth.initiatorKey.hex == KnownAnswers.publicKeyA)
        #expect(auth.nonce.hex == KnownAnswers.nonceA)
        #expect(Hex.encode(auth.signature.bytes) == KnownAnswers.signature)

        let shared = try keyB.sharedSecret(with: auth.initiatorKey)
        #expect(shared.hex == "2d21423c1dc3355da36e7f2c2b530eeffcf0680f93201a958b2ec3a7d04958e6")
        let signed = shared ^ auth.nonce
        #expect(signed.hex == "53b7c9860e75f0538f22a8de6a9f038b2d5c4dc866b53767ba82a98c0ac7bd30")
        #expect(try auth.signature.recover(signed).hex == KnownAnswers.ephemeralPublicA)
    }

    @Test(
        "ack in EIP-8 form, also of a later version with more elements",
        arguments: [
            KnownAnswers.ack2, KnownAnswers.ack3,
        ])
    func ack(_ packet: String) throws {
        let ack = try HandshakeEnvelope.open(try KnownAnswers.bytes(packet), as: AckMessage.self, with: keyA)
        #expect(ack.ephemeralKey.hex == KnownAnswers.ephemeralPublicB)
        #expect(ack.nonce.hex == KnownAnswers.nonceB)
    }

    @Test("plaintext of auth and ack as other implementations write it")
    func plaintext() throws {
        let signature = try #require(Signature(try KnownAnswers.bytes(KnownAnswers.signature)))
        let auth = AuthMessage(
            signature: signature, initiatorKey: keyA.publicKey, nonce: try KnownAnswers.hash(KnownAnswers.nonceA))
        #expect(
            Hex.encode(auth.rlp) == "f8a7b841" + KnownAnswers.signature + "b840" + KnownAnswers.publicKeyA + "a0"
                + KnownAnswers.nonceA + "04")
        let ack = AckMessage(
            ephemeralKey: try KnownAnswers.privateKey(KnownAnswers.ephemeralKeyB).publicKey,
            nonce: try KnownAnswers.hash(KnownAnswers.nonceB))
        #expect(
            Hex.encode(ack.rlp) == "f864b840" + KnownAnswers.ephemeralPublicB + "a0" + KnownAnswers.nonceB + "04")
    }

    @Test("the signature of auth is deterministic")
    func signature() throws {
        let shared = try keyA.sharedSecret(with: keyB.publicKey)
        let ephemeral = try KnownAnswers.privateKey(KnownAnswers.ephemeralKeyA)
        let signature = ephemeral.sign(shared ^ (try KnownAnswers.hash(KnownAnswers.nonceA)))
        #expect(Hex.encode(signature.bytes) == KnownAnswers.ownSignature)
    }

    @Test("secrets of auth2 and ack2")
    func secrets() throws {
        let ephemeralA = try KnownAnswers.privateKey(KnownAnswers.ephemeralKeyA)
        let ephemeralB = try KnownAnswers.privateKey(KnownAnswers.ephemeralKeyB)
        #expect(
            try ephemeralA.sharedSecret(with: ephemeralB.publicKey).hex
                == "1a08ef840fa6b55e5b2630351aa45804cc16b48e526b64e6ee667b224967ef24")

        var recipient = try KnownAnswers.secrets(isInitiator: false)
        #expect(recipient.aes.hex == "80e8632c05fed6fc2a13b0f8d31a3cf645366239170ea067065aba8e28bac487")
        #expect(recipient.mac.hex == "2ea74ec5dae199227dff1af715362700e989d889d7a493cb0639691efb8e5f98")
        var ingress = recipient.ingress
        ingress.update("foo".utf8)
        #expect(ingress.digest().hex == "0c7ec6340062cc46f5e9f1e3cf86f8c8c403c5a0964f5df0ebd34a75ddc86db5")

        let initiator = try KnownAnswers.secrets(isInitiator: true)
        #expect(initiator.egress.digest().hex == "1876ff58fc175e0a177afd2044d57eff497080dc0386a382aa44d9eb2f182aab")
        #expect(initiator.ingress.digest().hex == "7a076efd50d3771655f22190654053ba82f6f47f3123be6a4ba61df58845abc6")
        recipient = try KnownAnswers.secrets(isInitiator: false)
        #expect(recipient.egress.digest() == initiator.ingress.digest())
    }

    @Test("the recipient learns the initiator's key from auth2")
    func recipient() throws {
        var handshake = Handshake(
            recipient: keyB, ephemeral: try KnownAnswers.privateKey(KnownAnswers.ephemeralKeyB),
            nonce: try KnownAnswers.hash(KnownAnswers.nonceB), random: .init(seed: 1))
        let completed = try #require(try handshake.receive(try KnownAnswers.bytes(KnownAnswers.auth2)[...]))
        #expect(completed.remoteKey == keyA.publicKey)
        let ack = try HandshakeEnvelope.open(handshake.takeOutput(), as: AckMessage.self, with: keyA)
        #expect(ack.nonce.hex == KnownAnswers.nonceB)
        #expect(ack.ephemeralKey.hex == KnownAnswers.ephemeralPublicB)
    }

    @Test("the handshake messages of EIP-8", .enabled(if: TestVectors.isPresent, "no vectors"))
    func vectorFile() throws {
        let file = try TestVectors.json("02c-wire-vectors/eip8.json")
        let handshake = try #require(file["rlpxHandshake"])
        for name in ["auth2", "auth3"] {
            let packet = try #require(handshake[name]?["packet"]?.bytes)
            let auth = try HandshakeEnvelope.open(packet, as: AuthMessage.self, with: keyB)
            #expect(auth.nonce.hex == handshake["nonceA"]?.string)
        }
        for name in ["ack2", "ack3"] {
            let packet = try #require(handshake[name]?["packet"]?.bytes)
            let ack = try HandshakeEnvelope.open(packet, as: AckMessage.self, with: keyA)
            #expect(ack.nonce.hex == handshake["nonceB"]?.string)
        }
        let derived = try #require(handshake["derivedByB_auth2_ack2"])
        #expect(try KnownAnswers.secrets(isInitiator: false).aes.hex == derived["aesSecret"]?.string)
        #expect(try KnownAnswers.secrets(isInitiator: false).mac.hex == derived["macSecret"]?.string)
    }

    @Test(
        "the form before EIP-8 is refused or waited for, as any junk", .enabled(if: TestVectors.isPresent, "no vectors")
    )
    func oldForm() throws {
        let file = try TestVectors.json("02c-wire-vectors/eip8.json")
        let packet = try #require(file["rlpxHandshake"]?["auth1"]?["packet"]?.bytes)
        var handshake = Handshake(recipient: keyB, random: .init(seed: 1))
        // Its first two bytes read as a size of 1164: it waits for more.
        #expect(try handshake.receive(packet[...]) == nil)
        #expect(throws: RLPxError.undecryptableHandshake) {
            _ = try handshake.receive([UInt8](repeating: 0, count: 1000)[...])
        }
    }

    @Test("besu's decrypted auth", .enabled(if: TestVectors.isPresent, "no vectors"))
    func besu() throws {
        let plaintext = try TestVectors.hex("02c-wire-vectors/besu/test.initiatormessage")
        let key = try PrivateKey(try TestVectors.hex("02c-wire-vectors/besu/test.keypair"))
        var reader = RLPReader(plaintext)
        let auth = try AuthMessage(from: &reader)
        #expect(auth.nonce.hex == "e915451769b9ecbb3c1669a0575f00b19de75389c960aceac273d0de4c1a9efe")
        #expect(reader.remaining.allSatisfy { $0 == 0 })
        let shared = try key.sharedSecret(with: auth.initiatorKey)
        let ephemeral = try auth.signature.recover(shared ^ auth.nonce)
        #expect(auth.signature.verify(shared ^ auth.nonce, by: ephemeral))
    }

    @Test("seeds of fuzzers are refused or accepted, never a trap", .enabled(if: TestVectors.isPresent, "no vectors"))
    func seeds() throws {
        let files = try TestVectors.files(in: "06-fuzz-seeds/seeds/rlpx-handshake", suffix: ".bin")
        #expect(files.count == 6)
        var accepted: [String] = []
        for file in files {
            let packet = try TestVectors.data(file)
            var recipient = Handshake(recipient: keyB, random: .init(seed: 1))
            var initiator = try Handshake(initiatorTo: keyB.publicKey, identity: keyA, random: .init(seed: 1))
            if let _ = try? recipient.receive(packet[...]) { accepted.append(file) }
            if let _ = try? initiator.receive(packet[...]) { accepted.append(file) }
        }
        let names = accepted.compactMap { $0.split(separator: "/").last }
        #expect(names == ["ack2.bin", "ack3.bin", "auth2.bin", "auth3.bin"])
    }
}
