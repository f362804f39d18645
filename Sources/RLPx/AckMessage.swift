import Primitives
import RLP

/// The recipient's response to auth, in the form of EIP-8 (rlpx.md, "Initial Handshake").
struct AckMessage {
    var ephemeralKey: PublicKey
    var nonce: Hash32
}

extension AckMessage: RLPEncodable, RLPDecodable {
    func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(ephemeralKey)
            list.write(nonce)
            list.write(HandshakeEnvelope.version)
        }
    }

    /// Elements after the version are ignored (EIP-8).
    init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        ephemeralKey = try list.read()
        nonce = try list.read()
        _ = try list.read(UInt64.self)
    }
}
