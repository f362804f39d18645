import Discovery
import EthCrypto
import SansIO
import Testing

@testable import Simulator

@Suite("Discovery packets of a simulation without crypto")
struct PlainSealTests {
    @Test func theyHaveTheSizeOfSignedOnesAndProveNothing() throws {
        var random = NodeRandom(seed: 1)
        let key = PrivateKey.generate(using: &random)
        let packet = PacketV4.findNode(.init(target: key.publicKey, expiration: 7))
        let plain = EnvelopeV4.seal(packet, by: key, with: PlainSealV4())
        #expect(plain.datagram.count == EnvelopeV4.seal(packet, by: key).datagram.count)
        let opened = try EnvelopeV4(datagram: plain.datagram[...], seal: PlainSealV4())
        #expect(opened.packet == packet && opened.sender == key.publicKey && opened.hash == plain.hash)
        // Half of all keys are some signature: never one of theirs.
        #expect((try? EnvelopeV4(datagram: plain.datagram[...]))?.sender != key.publicKey)
    }
}
