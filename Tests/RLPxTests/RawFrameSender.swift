import EthCrypto
import Primitives

@testable import RLPx

/// Makes authentic frames of any content, for the receiving end of `HandshakePair(seed:)`: what a peer could send that
/// breaks the format above the MACs. Written from the specification, without the codec.
struct RawFrameSender: ~Copyable {
    private var cipher: AESCTR
    private var macCipher: AESBlock
    private var hash: Keccak256

    init(seed: UInt64) throws {
        self.init(try HandshakePair(seed: seed).complete().initiator.secrets)
    }

    init(_ secrets: HandshakeSecrets) {
        cipher = AESCTR(key: secrets.aes.bytes, iv: [UInt8](repeating: 0, count: 16))
        macCipher = AESBlock(key: secrets.mac.bytes)
        hash = secrets.egress
    }

    /// A header with its MAC.
    mutating func header(content: Int, data: [UInt8] = [0xc2, 0x80, 0x80]) -> [UInt8] {
        var header = [UInt8(content >> 16), UInt8(content >> 8 & 0xff), UInt8(content & 0xff)] + data
        header += [UInt8](repeating: 0, count: 16 - header.count)
        header.withUnsafeMutableBytes { cipher.apply($0) }
        return header + mac(of: header)
    }

    /// A whole frame.
    ///
    /// - Parameter announcing: the size in the header, where it isn't that of the content.
    mutating func frame(
        content: [UInt8], announcing size: Int? = nil, headerData: [UInt8] = [0xc2, 0x80, 0x80]
    ) -> [UInt8] {
        let header = header(content: size ?? content.count, data: headerData)
        var body = content + [UInt8](repeating: 0, count: (16 - content.count % 16) % 16)
        body.withUnsafeMutableBytes { cipher.apply($0) }
        hash.update(body)
        return header + body + mac(of: Array(hash.digest().bytes[..<16]))
    }

    private mutating func mac(of seed: [UInt8]) -> [UInt8] {
        var mixed = Array(hash.digest().bytes[..<16])
        mixed.withUnsafeMutableBytes { macCipher.encrypt($0) }
        hash.update(zip(mixed, seed).map { $0 ^ $1 })
        return Array(hash.digest().bytes[..<16])
    }
}
