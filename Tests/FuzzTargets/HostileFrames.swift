import EthCrypto
import Primitives
import RLPx
import SansIO

/// Makes frames with valid MACs of any header and content: what only a peer with the session's keys can send. Written
/// from the specification, without the codec (rlpx.md, "Framing").
struct HostileFrames: ~Copyable {
    private var cipher: AESCTR
    private var macCipher: AESBlock
    private var hash: Keccak256

    /// - Parameter secrets: of the sending end.
    init(_ secrets: HandshakeSecrets) {
        cipher = AESCTR(key: secrets.aes.bytes, iv: [UInt8](repeating: 0, count: 16))
        macCipher = AESBlock(key: secrets.mac.bytes)
        hash = secrets.egress
    }

    /// A header that announces that much content.
    mutating func header(announcing content: Int, data: [UInt8] = [0xc2, 0x80, 0x80]) -> [UInt8] {
        var header = [UInt8(content >> 16 & 0xff), UInt8(content >> 8 & 0xff), UInt8(content & 0xff)] + data.prefix(13)
        header += [UInt8](repeating: 0, count: 16 - header.count)
        header.withUnsafeMutableBytes { cipher.apply($0) }
        return header + mac(of: header)
    }

    /// A body, padded with a byte of the sender's choice.
    mutating func body(_ content: [UInt8], padding: UInt8 = 0) -> [UInt8] {
        var body = content + [UInt8](repeating: padding, count: (16 - content.count % 16) % 16)
        body.withUnsafeMutableBytes { cipher.apply($0) }
        hash.update(body)
        return body + mac(of: Array(hash.digest().bytes[..<16]))
    }

    /// A whole, honest frame around any content.
    mutating func frame(_ content: [UInt8]) -> [UInt8] { header(announcing: content.count) + body(content) }

    private mutating func mac(of seed: [UInt8]) -> [UInt8] {
        var mixed = Array(hash.digest().bytes[..<16])
        mixed.withUnsafeMutableBytes { macCipher.encrypt($0) }
        hash.update(zip(mixed, seed).map { $0 ^ $1 })
        return Array(hash.digest().bytes[..<16])
    }
}

/// The key exchange between peer 0, who dials, and the node: always the same, so it is done once.
struct FixedSession: Sendable {
    let auth: [UInt8]
    let initiator: HandshakeSecrets
    let recipient: HandshakeSecrets

    /// The node's randomness in this exchange.
    static let nodeRandomSeed: UInt64 = 2

    static let shared: FixedSession? = {
        guard
            var initiator = try? Handshake(
                initiatorTo: Fixed.nodeKey.publicKey, identity: Fixed.peerKeys[0], random: .init(seed: 1))
        else { return nil }
        let auth = initiator.takeOutput()
        var recipient = Handshake(recipient: Fixed.nodeKey, random: .init(seed: nodeRandomSeed))
        guard let here = try? recipient.receive(auth[...]),
            let there = try? initiator.receive(recipient.takeOutput()[...])
        else { return nil }
        return FixedSession(auth: auth, initiator: there.secrets, recipient: here.secrets)
    }()
}
