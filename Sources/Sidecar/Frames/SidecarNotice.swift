import DevP2P
import Primitives

/// A frame from the node to the program (docs/OUT-OF-PROCESS.md).
enum SidecarNotice: Sendable {
    case attached(CapabilityDescriptor, own: PublicKey)
    /// Why the node ends the connection; the last frame.
    case refused(String)
    case joined(Peer)
    case received(RawMessage, from: ConnectionID)
    case left(ConnectionID)
    /// The number of messages dropped because the program is too slow.
    case lost(UInt64)
    case topicMessage(TopicMessage)

    /// Appends the frame with its length.
    func write(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(bigEndian: UInt32(0))
        switch self {
        case .attached(let capability, let own):
            bytes += [0x81, SidecarSession.version, capability.messageCount]
            bytes.append(bigEndian: UInt32(clamping: capability.limits.maxMessageBytes))
            bytes += own.bytes
            bytes += capability.name.description.utf8
        case .refused(let text):
            bytes.append(0x82)
            bytes += text.utf8
        case .joined(let peer):
            let endpoint = peer.endpoint.description.utf8
            bytes.append(0x83)
            bytes.append(bigEndian: peer.connection.rawValue)
            bytes += peer.publicKey.bytes
            bytes += [peer.isInbound ? 1 : 0, UInt8(clamping: endpoint.count)]
            bytes += endpoint
            bytes += peer.clientID.utf8
        case .received(let message, let peer):
            bytes.append(0x84)
            bytes.append(bigEndian: peer.rawValue)
            bytes.append(message.id)
            bytes += message.payload
        case .left(let peer):
            bytes.append(0x85)
            bytes.append(bigEndian: peer.rawValue)
        case .lost(let count):
            bytes.append(0x86)
            bytes.append(bigEndian: count)
        case .topicMessage(let message):
            bytes.append(0x87)
            bytes += message.id.bytes
            bytes.append(bigEndian: message.peer.connection.rawValue)
            bytes.append(UInt8(clamping: message.topic.bytes.count))
            bytes += message.topic.bytes
            bytes += message.bytes
        }
        let length = UInt32(clamping: bytes.count - start - 4)
        for at in 0..<4 { bytes[start + at] = UInt8(truncatingIfNeeded: length >> (24 - 8 * at)) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
