import RLP

/// Codes and payloads of the base protocol `p2p`, which comes before all capabilities.
enum BaseMessage {
    /// Codes below this are the base protocol's; those above 3 are unused, and ignored.
    static let codeCount: UInt64 = 16

    static let hello: UInt64 = 0
    static let disconnect: UInt64 = 1
    static let ping: UInt64 = 2
    static let pong: UInt64 = 3

    /// The payload of Ping and Pong: an empty list.
    static func emptyList(isCompressed: Bool) -> [UInt8] { isCompressed ? [0x01, 0x00, 0xc0] : [0xc0] }
}

extension DisconnectReason {
    /// The payload of Disconnect, uncompressed.
    var payload: [UInt8] {
        var writer = RLPWriter()
        writer.list { $0.write(rawValue) }
        return writer.bytes
    }

    /// The reason in a peer's Disconnect, compressed or not; nil for none that is known.
    ///
    /// After Hello it should be compressed and before it shouldn't, but clients differ: Nethermind, when full, sends it
    /// uncompressed after Hello. Whoever goes is asked for no better form. A list with a reason is no snappy block.
    init?(received payload: [UInt8]) {
        let plain = payload.withUnsafeBytes { try? Snappy.decompress($0, limit: Hello.maxBytes) }
        if let plain, !plain.isEmpty {
            self.init(payload: plain[...])
        } else {
            self.init(payload: payload[...])
        }
    }

    /// The reason in the payload of a peer's Disconnect; nil for none that is known.
    ///
    /// Lenient, as go-ethereum is: a list whose first element is the reason, or the bare reason; and zero may be
    /// written as the byte 00, as some clients have done.
    init?(payload: ArraySlice<UInt8>) {
        var reader = RLPReader(payload)
        if reader.nextIsList == true {
            guard let list = try? reader.readList() else { return nil }
            reader = list
        }
        guard let bytes = try? reader.readBytes(limit: 1) else { return nil }
        self.init(rawValue: bytes.first ?? 0)
    }
}
