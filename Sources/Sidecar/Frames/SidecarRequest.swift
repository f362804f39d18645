import DevP2P
import Primitives

/// A frame from the program to the node (docs/OUT-OF-PROCESS.md).
enum SidecarRequest: Hashable, Sendable {
    case attach(version: UInt8, name: String)
    case send(RawMessage, to: ConnectionID)
    case broadcast(RawMessage)
    case report(Offence, by: ConnectionID)
    case credit(Merit, to: ConnectionID)
    case disconnect(ConnectionID, DisconnectReason)
    case subscribe(Topic)
    case unsubscribe(Topic)
    case publish([UInt8], on: Topic)
    case judge(TopicMessageID, TopicVerdict)

    private static let verdicts: [UInt8: TopicVerdict] = [0: .ignore, 1: .accept, 2: .reject]

    /// Decodes a frame and checks it against the capability.
    init(_ frame: ArraySlice<UInt8>, for capability: CapabilityDescriptor) throws(SidecarError) {
        guard let type = frame.first else { throw .emptyFrame }
        var fields = SidecarFields(frame.dropFirst(), type: type)
        switch type {
        case 0x01: self = .attach(version: try fields.byte(), name: try fields.text())
        case 0x02:
            let peer = try fields.peer()
            self = .send(try Self.message(&fields, capability), to: peer)
        case 0x03: self = .broadcast(try Self.message(&fields, capability))
        case 0x04:
            let peer = try fields.peer()
            let name = try fields.text()
            guard let offence = Offence(rawValue: name) else { throw .unknownOffence(name) }
            self = .report(offence, by: peer)
        case 0x05:
            let peer = try fields.peer()
            let code = try fields.byte()
            guard let reason = DisconnectReason(rawValue: code) else { throw .unknownReason(code) }
            try fields.end()
            self = .disconnect(peer, reason)
        case 0x06:
            let peer = try fields.peer()
            let name = try fields.text()
            guard let merit = Merit(rawValue: name) else { throw .unknownMerit(name) }
            self = .credit(merit, to: peer)
        case 0x07: self = .subscribe(try fields.topic())
        case 0x08: self = .unsubscribe(try fields.topic())
        case 0x09:
            let topic = try fields.topic(count: Int(try fields.byte()))
            let bytes = fields.rest()
            let limit = capability.limits.maxMessageBytes
            guard bytes.count <= limit else { throw .oversizedPayload(bytes: bytes.count, limit: limit) }
            self = .publish(Array(bytes), on: topic)
        case 0x0a:
            let id = try fields.topicMessageID()
            guard let verdict = Self.verdicts[try fields.byte()] else { throw .malformedFrame(type: type) }
            try fields.end()
            self = .judge(id, verdict)
        default: throw .unknownFrame(type: type)
        }
    }

    private static func message(
        _ fields: inout SidecarFields, _ capability: CapabilityDescriptor
    ) throws(SidecarError) -> RawMessage {
        let id = try fields.byte()
        let payload = fields.rest()
        guard id < capability.messageCount else { throw .unknownMessageID(id, count: capability.messageCount) }
        let limit = capability.limits.maxMessageBytes
        guard payload.count <= limit else { throw .oversizedPayload(bytes: payload.count, limit: limit) }
        do {
            return try RawMessage(id: id, payload: payload)
        } catch {
            throw .payloadIsNotRLP
        }
    }
}

/// Reads the fields of one frame in order.
private struct SidecarFields {
    private var bytes: ArraySlice<UInt8>
    private let type: UInt8

    init(_ bytes: ArraySlice<UInt8>, type: UInt8) {
        self.bytes = bytes
        self.type = type
    }

    mutating func byte() throws(SidecarError) -> UInt8 {
        guard let byte = bytes.popFirst() else { throw .malformedFrame(type: type) }
        return byte
    }

    /// Eight bytes, big-endian.
    mutating func peer() throws(SidecarError) -> ConnectionID {
        guard bytes.count >= 8 else { throw .malformedFrame(type: type) }
        defer { bytes = bytes.dropFirst(8) }
        return ConnectionID(rawValue: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    mutating func topicMessageID() throws(SidecarError) -> TopicMessageID {
        guard let id = TopicMessageID(bytes.prefix(TopicMessageID.byteCount)) else {
            throw .malformedFrame(type: type)
        }
        bytes = bytes.dropFirst(TopicMessageID.byteCount)
        return id
    }

    /// A topic whose name has `count` bytes, or is the rest if nil.
    mutating func topic(count: Int? = nil) throws(SidecarError) -> Topic {
        let name = bytes.prefix(count ?? bytes.count)
        guard name.count == count ?? bytes.count, let topic = Topic(bytes: name) else {
            throw .malformedFrame(type: type)
        }
        bytes = bytes.dropFirst(name.count)
        return topic
    }

    /// The rest as UTF-8, at most 256 bytes.
    mutating func text() throws(SidecarError) -> String {
        guard bytes.count <= 256, let text = String(validating: rest(), as: UTF8.self) else {
            throw .malformedFrame(type: type)
        }
        return text
    }

    mutating func rest() -> ArraySlice<UInt8> {
        defer { bytes = [] }
        return bytes
    }

    func end() throws(SidecarError) {
        guard bytes.isEmpty else { throw .malformedFrame(type: type) }
    }
}
