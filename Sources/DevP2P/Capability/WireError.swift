public import RLP

/// Why a payload is no message of its capability.
public enum WireError: Error, Hashable, Sendable {
    /// An id within the capability's range that it doesn't use.
    case unknownMessageID(UInt8)
    /// Not the RLP that the message has.
    case malformed(RLPError)
    /// More elements or bytes than the capability allows.
    case limitExceeded(limit: Int)
    /// It decodes, but breaks a rule of the capability.
    case ruleBroken
}

extension WireError {
    /// Reads one value from the first RLP item of a payload. Bytes after it are ignored, as in go-ethereum.
    public static func decode<Value: RLPDecodable>(
        _ type: Value.Type = Value.self, from payload: ArraySlice<UInt8>
    ) throws(WireError) -> Value {
        var reader = RLPReader(payload)
        do {
            return try Value(from: &reader)
        } catch {
            throw .malformed(error)
        }
    }

    /// Reads a payload that is one list, element by element; an element that `body` leaves unread is an error, bytes
    /// after the list are not (as in go-ethereum).
    ///
    ///     try WireError.decodeList(payload) { (list) throws(RLPError) in (try list.read(), try list.read()) }
    public static func decodeList<Value>(
        _ payload: ArraySlice<UInt8>, _ body: (inout RLPReader) throws(RLPError) -> Value
    ) throws(WireError) -> Value {
        var reader = RLPReader(payload)
        do {
            var list = try reader.readList()
            let value = try body(&list)
            try list.expectEnd()
            return value
        } catch {
            throw .malformed(error)
        }
    }
}

extension WireError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownMessageID(let id): "the message id \(id) is unknown"
        case .malformed(let error): "the message is malformed: \(error)"
        case .limitExceeded(let limit): "the message has more than the \(limit) elements or bytes allowed"
        case .ruleBroken: "the message breaks a rule of its capability"
        }
    }
}
