import EthCrypto
import Primitives
import RLP

/// A datagram before anything costly is done with it: its hash fits, who has signed it isn't known, and nothing of it is
/// decoded but what decides whether it is worth a key recovery.
struct SealedV4 {
    /// What the answer to the packet names it by.
    let hash: Hash32
    private let datagram: ArraySlice<UInt8>
    private let seal: any PacketSealV4

    /// Checks size and hash.
    ///
    /// - Complexity: one hash, of at most 1280 bytes (some 3 us).
    init(_ datagram: ArraySlice<UInt8>, _ seal: any PacketSealV4) throws(PacketErrorV4) {
        guard datagram.count > EnvelopeV4.headByteCount, datagram.count <= EnvelopeV4.maxByteCount else {
            throw .wrongSize(datagram.count)
        }
        guard let stated = Hash32(datagram.prefix(Hash32.byteCount)),
            seal.isHash(stated, of: datagram.dropFirst(Hash32.byteCount))
        else { throw .wrongHash }
        hash = stated
        self.datagram = datagram
        self.seal = seal
    }

    /// What a packet says it answers.
    enum Answer: Hashable {
        /// The ping with this hash.
        case ping(Hash32)
        /// The request for a record with this hash.
        case recordRequest(Hash32)
        /// A question for nodes; the packet doesn't say which one.
        case findNode
    }

    /// Nil for a packet that answers nothing.
    var answer: Answer? {
        var outer = RLPReader(signed.dropFirst())
        guard let type = signed.first, var list = try? outer.readList() else { return nil }
        switch type {
        case 2:
            guard (try? list.skip()) != nil, let hash = try? list.read(Hash32.self) else { return nil }
            return .ping(hash)
        case 4: return .findNode
        case 6: return (try? list.read(Hash32.self)).map { .recordRequest($0) }
        default: return nil
        }
    }

    /// Recovers the sender's key and decodes the packet.
    ///
    /// - Complexity: a hash and a key recovery (about 40 us).
    func opened() throws(PacketErrorV4) -> EnvelopeV4 {
        guard let type = signed.first else { throw .wrongSize(datagram.count) }
        let signature = datagram.dropFirst(Hash32.byteCount).prefix(Signature.byteCount)
        guard let sender = seal.sender(by: signature, of: signed) else { throw .invalidSignature }
        return EnvelopeV4(packet: try PacketV4(type: type, data: signed.dropFirst()), sender: sender, hash: hash)
    }

    private var signed: ArraySlice<UInt8> { datagram.dropFirst(EnvelopeV4.headByteCount) }
}
