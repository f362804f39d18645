import EthCrypto
import Primitives
import RLP
import TestVectors
import Testing

@testable import DevP2P

@Suite("Hello")
struct HelloTests {
    private static let keyA =
        "fda1cff674c90c9a197539fe3dfb53086ace64f83ed7c6eabec741f7f381cc80"
        + "3e52ab2cd55d5569bce4347107a310dfd5f88a010cd2ffd1005ca406f1842877"

    private func decode(_ hex: String) throws -> Hello {
        var reader = RLPReader(try #require([UInt8](hex: hex)))
        return try Hello(from: &reader)
    }

    @Test("EIP-8's Hello of another version, with more elements")
    func eip8() throws {
        let hello = try decode(
            "f87137916b6e6574682f76302e39312f706c616e39cdc5836574683dc6846d6f726b1682270fb840" + Self.keyA
                + "c883666f6f836261720304")
        #expect(hello.version == 55)
        #expect(hello.clientID == "kneth/v0.91/plan9")
        #expect(hello.capabilities == [CapabilityName("eth", version: 61), CapabilityName("mork", version: 22)])
        #expect(hello.listenPort == 9999)
        #expect(hello.publicKey?.hex == Self.keyA)
    }

    @Test("EIP-8's Hello, from the vectors", .enabled(if: TestVectors.isPresent, "no vectors"))
    func eip8File() throws {
        let file = try TestVectors.json("02c-wire-vectors/eip8.json")
        let hello = try decode(try #require(file["devp2pHello"]?["rlp"]?.string))
        #expect(hello.version == file["devp2pHello"]?["version"]?.uint64)
        #expect(hello.clientID == file["devp2pHello"]?["clientId"]?.string)
    }

    @Test("what this node sends, byte by byte")
    func encode() throws {
        let local = LocalHello(
            clientID: "swift-test/1.0",
            capabilities: [
                Fixture.descriptor("snap", 1, 8), Fixture.descriptor("eth", 70, 18), Fixture.descriptor("eth", 69, 18),
            ])
        let hello = Hello(local, publicKey: try #require(PublicKey(hex: Self.keyA)))
        #expect(
            Hex.encode(hello.rlp)
                == "f867058e73776966742d746573742f312e30d3c58365746845c58365746846c684736e61700180b840"
                + Self.keyA)
    }

    @Test("a client id never makes Hello too large")
    func longClientID() throws {
        let local = LocalHello(clientID: String(repeating: "é", count: 5000), capabilities: [Fixture.chat])
        let hello = Hello(local, publicKey: Fixture.key(1).publicKey)
        #expect(hello.rlp.count < Hello.maxBytes)
        let decoded = try decode(Hex.encode(hello.rlp))
        #expect(decoded.clientID == String(repeating: "é", count: 128))
    }

    @Test("a client id can't disturb a terminal")
    func controlCharacters() throws {
        let hello = try decode("cf05861b5b326a0affc080" + "84" + "01020304")
        #expect(hello.clientID == "\u{fffd}[2j\u{fffd}\u{fffd}")
        #expect(hello.publicKey == nil)
    }

    @Test(
        "what isn't a Hello",
        arguments: [
            "", "80", "c0", "c105", "f8ff", "c50580808080", "c705" + "80" + "c2c103" + "8080",
            "ca05" + "80" + "c5c4" + "8161" + "0101" + "8080", "c582000580c08080", "c90580c4c36101018080",
        ])
    func malformed(_ hex: String) {
        #expect(throws: RLPError.self) { _ = try decode(hex) }
    }

    @Test(
        "a node key is 64 bytes and not zero",
        arguments: [
            [], [1], [UInt8](repeating: 0, count: 64), [UInt8](repeating: 1, count: 63),
            [UInt8](repeating: 1, count: 65),
        ] as [[UInt8]])
    func invalidKey(_ key: [UInt8]) throws {
        let payload = try RawPeer.connected().helloPayload(key: key)
        #expect(try decode(Hex.encode(payload)).publicKey == nil)
    }
}
