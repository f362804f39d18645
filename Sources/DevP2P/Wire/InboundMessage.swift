import RLP

/// What a frame of a ready connection turns out to be.
enum InboundMessage {
    /// Of the capability at a place of `MessageCodes.ranges`.
    case capability(place: Int, id: UInt8, payload: [UInt8])
    case disconnect(DisconnectReason?)
    case ping
    /// Pong, a second Hello, or a code of the base protocol that is unused.
    case ignored
    case broken(ConnectionError)

    init(code: UInt64, payload: Span<UInt8>, codes: MessageCodes, isCompressed: Bool) {
        guard code >= BaseMessage.codeCount else {
            self = Self.base(code, payload)
            return
        }
        guard let (place, id) = codes.resolve(code) else {
            self = .broken(.codeOutOfRange(code))
            return
        }
        let limit = codes.ranges[place].limits.maxMessageBytes
        switch isCompressed ? Self.decompress(payload, limit: limit) : Self.copy(payload, limit: limit) {
        case .success(let payload): self = .capability(place: place, id: id, payload: payload)
        case .failure(let error): self = .broken(error)
        }
    }

    private static func base(_ code: UInt64, _ payload: Span<UInt8>) -> Self {
        switch code {
        case BaseMessage.disconnect: disconnect(payload.withUnsafeBufferPointer { Array($0) }, payload)
        // Their payload says nothing, so it isn't even decompressed.
        case BaseMessage.ping: .ping
        default: .ignored
        }
    }

    /// Whatever it says, it is the end, and no offence unless it makes itself out to be huge. A list that isn't compressed
    /// can look like that.
    private static func disconnect(_ bytes: [UInt8], _ payload: Span<UInt8>) -> Self {
        if case .failure(.oversizedMessage(let size, let limit)) = decompress(payload, limit: Hello.maxBytes),
            (try? RLPValidator.validate(bytes[...])) == nil
        {
            return .broken(.oversizedMessage(bytes: size, limit: limit))
        }
        return .disconnect(DisconnectReason(received: bytes))
    }

    private static func copy(_ payload: Span<UInt8>, limit: Int) -> Result<[UInt8], ConnectionError> {
        guard payload.count <= limit else {
            return .failure(.oversizedMessage(bytes: payload.count, limit: limit))
        }
        return .success(payload.withUnsafeBufferPointer { Array($0) })
    }

    private static func decompress(_ payload: Span<UInt8>, limit: Int) -> Result<[UInt8], ConnectionError> {
        do {
            return .success(
                try payload.withUnsafeBytes { (block) throws(Snappy.Failure) in
                    try Snappy.decompress(block, limit: limit)
                })
        } catch {
            switch error {
            case .corrupt, .implausible: return .failure(.corruptCompression)
            case .oversized(let bytes): return .failure(.oversizedMessage(bytes: bytes, limit: limit))
            }
        }
    }
}
