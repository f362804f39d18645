package import EthCrypto
package import Primitives

/// How a datagram says who has sent it, and that it is whole: by signature and hash, which is `SignatureSealV4`.
///
/// Only a simulation has another, which costs nothing and proves nothing; so it isn't offered outside of this package.
package protocol PacketSealV4: Sendable {
    /// What stands in place of the signature, as long as one, before the type and data of a packet.
    func signature(of content: ArraySlice<UInt8>, by key: PrivateKey) -> [UInt8]

    /// The sender by what stands there; nil where it is nobody's.
    func sender(by signature: ArraySlice<UInt8>, of content: ArraySlice<UInt8>) -> PublicKey?

    /// Whether a datagram's stated hash is that of what follows it.
    func isHash(_ stated: Hash32, of signed: ArraySlice<UInt8>) -> Bool
}

/// The seal of the protocol (discv4.md, "Wire Protocol").
package struct SignatureSealV4: PacketSealV4 {
    package init() {}

    package func signature(of content: ArraySlice<UInt8>, by key: PrivateKey) -> [UInt8] {
        key.sign(Keccak256.hash(content)).bytes
    }

    package func sender(by signature: ArraySlice<UInt8>, of content: ArraySlice<UInt8>) -> PublicKey? {
        Signature(signature).flatMap { try? $0.recover(Keccak256.hash(content)) }
    }

    package func isHash(_ stated: Hash32, of signed: ArraySlice<UInt8>) -> Bool { Keccak256.hash(signed) == stated }
}
