/// A value that is encoded as exactly one RLP item.
public protocol RLPEncodable {
    /// Appends the item.
    func encode(to writer: inout RLPWriter)
}

/// A value that is decoded from exactly one RLP item.
public protocol RLPDecodable {
    /// Reads the next item of `reader`.
    init(from reader: inout RLPReader) throws(RLPError)
}

extension RLPEncodable {
    /// The value's RLP item.
    @inlinable
    public var rlp: [UInt8] {
        var writer = RLPWriter()
        encode(to: &writer)
        return writer.bytes
    }
}

extension RLPDecodable {
    /// Reads exactly one item: bytes after it are an error.
    @inlinable
    public init(rlp bytes: [UInt8]) throws(RLPError) { try self.init(rlp: bytes[...]) }

    /// Reads exactly one item: bytes after it are an error.
    @inlinable
    public init(rlp bytes: ArraySlice<UInt8>) throws(RLPError) {
        var reader = RLPReader(bytes)
        try self.init(from: &reader)
        try reader.expectEnd()
    }
}
