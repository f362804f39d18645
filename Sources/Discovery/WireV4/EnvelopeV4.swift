public import EthCrypto
public import Primitives
import RLP

/// A discv4 packet with its hash and signature (discv4.md, "Wire Protocol").
///
///     datagram  = hash || signature || type || data
///     hash      = keccak256(signature || type || data)
///     signature = sign(keccak256(type || data))
public struct EnvelopeV4: Hashable, Sendable {
    /// The largest datagram of the protocol.
    public static let maxByteCount = 1280
    /// The sizes of hash and signature.
    static let headByteCount = Hash32.byteCount + Signature.byteCount

    /// What the datagram says.
    public let packet: PacketV4
    /// The key that has signed it, recovered from the signature.
    public let sender: PublicKey
    /// What the answer to the packet names it by.
    public let hash: Hash32

    /// Checks the hash, recovers the sender's key and decodes the packet.
    ///
    /// Complexity: two hashes, and one key recovery (about 40 us) where the hash fits.
    public init(datagram: ArraySlice<UInt8>) throws(PacketErrorV4) {
        try self.init(datagram: datagram, seal: SignatureSealV4())
    }

    package init(datagram: ArraySlice<UInt8>, seal: any PacketSealV4) throws(PacketErrorV4) {
        self = try SealedV4(datagram, seal).opened()
    }

    init(packet: PacketV4, sender: PublicKey, hash: Hash32) {
        self.packet = packet
        self.sender = sender
        self.hash = hash
    }

    /// The signed datagram of a packet, and its hash.
    ///
    /// Complexity: two hashes and one signature (about 20 us).
    public static func seal(_ packet: PacketV4, by key: PrivateKey) -> (datagram: [UInt8], hash: Hash32) {
        seal(packet, by: key, with: SignatureSealV4())
    }

    package static func seal(
        _ packet: PacketV4, by key: PrivateKey, with seal: any PacketSealV4
    ) -> (datagram: [UInt8], hash: Hash32) {
        var writer = RLPWriter(prefix: [UInt8](repeating: 0, count: headByteCount) + [packet.type])
        packet.encode(to: &writer)
        var datagram = writer.bytes
        let signature = seal.signature(of: datagram[headByteCount...], by: key)
        datagram.replaceSubrange(Hash32.byteCount..<headByteCount, with: signature)
        let hash = Keccak256.hash(datagram[Hash32.byteCount...])
        datagram.replaceSubrange(..<Hash32.byteCount, with: hash.bytes)
        return (datagram, hash)
    }
}
