import Discovery
import EthCrypto
import Primitives
import RLP

/// discv4 datagrams: any bytes, and any content under a valid hash and signature.
public func fuzzPacket(_ bytes: [UInt8]) throws(BrokenProperty) {
    try checkDatagram(bytes, sender: nil)
    guard let type = bytes.first else { return }
    // A datagram of a seed: what it signs is signed anew.
    let contents = bytes.count > 98 ? [Array(bytes.dropFirst(97)), bytes] : [bytes]
    for content in contents {
        for data in RLPMender.variants(Array(content.dropFirst())) {
            try checkDatagram(HostileDatagram.signed(content.first ?? type, data, by: 0), sender: 0)
        }
    }
}

private func checkDatagram(_ datagram: [UInt8], sender: Int?) throws(BrokenProperty) {
    guard let envelope = try? EnvelopeV4(datagram: datagram[...]) else { return }
    try require(datagram.count <= EnvelopeV4.maxByteCount, "a datagram above the limit is taken")
    if let sender { try require(envelope.sender == Fixed.peerKeys[sender].publicKey, "another sender is found") }
    // A form of our own: what was left out as an extra element stays out, the rest comes back.
    let (again, hash) = EnvelopeV4.seal(envelope.packet, by: Fixed.peerKeys[1])
    guard again.count <= EnvelopeV4.maxByteCount else { return }
    let back = try? EnvelopeV4(datagram: again[...])
    try require(back?.packet == envelope.packet && back?.hash == hash, "\(envelope.packet) doesn't come back")
}

enum HostileDatagram {
    /// A datagram of any type and data, signed by a peer's key.
    static func signed(_ type: UInt8, _ data: [UInt8], by peer: Int) -> [UInt8] {
        let content = [type] + data
        let signature = Fixed.peerKeys[peer].sign(Keccak256.hash(content)).bytes
        return Keccak256.hash(signature + content).bytes + signature + content
    }
}
