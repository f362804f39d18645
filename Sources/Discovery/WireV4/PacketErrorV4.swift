public import NodeRecord
public import RLP

/// Why a datagram is not a discv4 packet.
public enum PacketErrorV4: Error, Hashable, Sendable {
    /// Fewer bytes than hash, signature and type, or more than 1280.
    case wrongSize(Int)
    /// The first 32 bytes are not the hash of the rest: it may be a discv5 packet.
    case wrongHash
    /// No key can have made the signature.
    case invalidSignature
    /// A packet type that discv4 doesn't define.
    case unknownType(UInt8)
    /// The packet data isn't the list of its type.
    case malformed(RLPError)
    /// The record of an ENRResponse isn't valid.
    case invalidRecord(NodeRecordError)
}

extension PacketErrorV4: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrongSize(let count): "a packet of \(count) bytes is too short or too long"
        case .wrongHash: "the packet's hash is wrong"
        case .invalidSignature: "the packet's signature is invalid"
        case .unknownType(let type): "the packet type \(type) is unknown"
        case .malformed(let error): "the packet is malformed: \(error)"
        case .invalidRecord(let error): "the record is invalid: \(error)"
        }
    }
}
