extension NodeRecord: CustomStringConvertible {
    /// The text form: `enr:` and base64 of the URL alphabet without padding (EIP-778).
    public var description: String { "enr:" + Base64URL.encode(encoded) }

    /// Reads the text form and verifies the record.
    public init(text: some StringProtocol) throws(NodeRecordError) {
        // Text that is too long for the largest record isn't decoded at all.
        guard text.utf8.count <= 4 + Self.maxByteCount / 3 * 4 else { throw .tooLarge(text.utf8.count * 3 / 4) }
        guard text.hasPrefix("enr:") else { throw .missingPrefix }
        guard let bytes = Base64URL.decode(text.utf8.dropFirst(4)) else { throw .invalidBase64 }
        try self.init(encoded: bytes)
    }
}
