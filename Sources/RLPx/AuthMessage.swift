import EthCrypto
import Primitives
import RLP

/// The initiator's first message, in the form of EIP-8 (rlpx.md, "Initial Handshake").
struct AuthMessage {
    /// The signature of (static shared secret XOR `nonce`) by the initiator's ephemeral key, which the recipient
    /// recovers.
    var signature: Signature
    var initiatorKey: PublicKey
    var nonce: Hash32
}

extension AuthMessage: RLPEncodable, RLPDecodable {
    func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(signature.bytes)
            list.write(initiatorKey)
            list.write(nonce)
            list.write(HandshakeEnvelope.version)
        }
    }

    /// Elements after the version are ignored (EIP-8).
    init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        let bytes = try list.readBytes()
        guard let signature = Signature(bytes) else {
            throw .wrongLength(expected: Signature.byteCount, found: bytes.count)
        }
        self.signature = signature
        initiatorKey = try list.read()
        nonce = try list.read()
        _ = try list.read(UInt64.self)
    }
}
