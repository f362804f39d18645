import EthCrypto
import Primitives
import RLP
import SansIO

/// The encoding of auth and ack: `size (2, big-endian) || ECIES(message || padding)`, the size authenticated (EIP-8).
enum HandshakeEnvelope {
    static let prefixBytes = 2

    /// The version that this node writes into both messages. The peer's version is ignored (EIP-8).
    static let version: UInt8 = 4

    /// 100 ... 250 zero bytes, which are encrypted: so the messages can't be recognised by their size.
    private static func padding(_ random: inout NodeRandom) -> [UInt8] {
        [UInt8](repeating: 0, count: 100 + Int(truncatingIfNeeded: random.next() % 151))
    }

    static func seal(
        _ message: some RLPEncodable, to receiver: PublicKey, random: inout NodeRandom
    ) throws(RLPxError) -> [UInt8] {
        let plaintext = message.rlp + padding(&random)
        let size = plaintext.count + ECIES.overhead
        let prefix = [UInt8(size >> 8), UInt8(size & 0xff)]
        return try prefix + ECIES.encrypt(plaintext, to: receiver, authenticating: prefix, random: &random)
    }

    /// The message in a complete envelope. Bytes after the message's list are padding.
    static func open<Message: RLPDecodable>(
        _ envelope: [UInt8], as type: Message.Type, with receiver: PrivateKey
    ) throws(RLPxError) -> Message {
        let plaintext = try ECIES.decrypt(
            envelope.dropFirst(prefixBytes), with: receiver, authenticating: Array(envelope.prefix(prefixBytes)))
        var reader = RLPReader(plaintext)
        do {
            return try Message(from: &reader)
        } catch {
            throw .malformedHandshake(error)
        }
    }

    /// An envelope of the same size whose content is addressed but not encrypted: for simulations.
    static func sealPlain(
        _ message: some RLPEncodable, to receiver: PublicKey, random: inout NodeRandom
    ) -> [UInt8] {
        let content = message.rlp + padding(&random)
        let size = content.count + ECIES.overhead
        var envelope = [UInt8(size >> 8), UInt8(size & 0xff)] + receiver.bytes
        envelope += [UInt8](repeating: 0, count: ECIES.overhead - PublicKey.byteCount)
        return envelope + content
    }

    /// The message in a plain envelope that is addressed to `receiver`.
    static func openPlain<Message: RLPDecodable>(
        _ envelope: [UInt8], as type: Message.Type, by receiver: PublicKey
    ) throws(RLPxError) -> Message {
        guard envelope.dropFirst(prefixBytes).starts(with: receiver.bytes) else { throw .undecryptableHandshake }
        var reader = RLPReader(envelope.dropFirst(prefixBytes + ECIES.overhead))
        do {
            return try Message(from: &reader)
        } catch {
            throw .malformedHandshake(error)
        }
    }

    /// The length of the envelope that begins with `bytes`; nil while the size prefix is incomplete.
    static func length(_ bytes: [UInt8]) throws(RLPxError) -> Int? {
        guard bytes.count >= prefixBytes else { return nil }
        let size = Int(bytes[0]) << 8 | Int(bytes[1])
        guard size >= ECIES.overhead, size <= Handshake.maxMessageBytes else { throw .handshakeSize(size) }
        return prefixBytes + size
    }
}
