import Discovery
import EthCrypto
import Primitives

/// Packets of the same size without a signature: the sender's key stands in its place. They prove nothing.
struct PlainSealV4: PacketSealV4 {
    func signature(of content: ArraySlice<UInt8>, by key: PrivateKey) -> [UInt8] {
        let bytes = key.publicKey.bytes
        return bytes + [UInt8](repeating: 0, count: Signature.byteCount - bytes.count)
    }

    func sender(by signature: ArraySlice<UInt8>, of content: ArraySlice<UInt8>) -> PublicKey? {
        PublicKey(signature.prefix(PublicKey.byteCount))
    }

    func isHash(_ stated: Hash32, of signed: ArraySlice<UInt8>) -> Bool { true }
}

extension SimulatedNode {
    /// A datagram by any key, as the simulation wants it sealed.
    func datagram(_ packet: PacketV4, by key: PrivateKey) -> [UInt8] {
        EnvelopeV4.seal(packet, by: key, with: seal).datagram
    }

    /// The packet in a datagram; nil where it is none.
    func packet(in datagram: [UInt8]) -> PacketV4? { try? EnvelopeV4(datagram: datagram[...], seal: seal).packet }
}
