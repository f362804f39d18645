public import Primitives

// Inlinable, so that each is specialised for the type that it reads.
extension RLPReader {
    /// A byte string of exactly the type's size.
    @inlinable
    public mutating func read<Value: FixedBytes>(_ type: Value.Type = Value.self) throws(RLPError) -> Value {
        try Value(filledBy: { (bytes) throws(RLPError) in try readBytes(into: bytes) })
    }

    /// An unsigned integer in canonical form, of at most 128 bits.
    @inlinable
    public mutating func read<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type = Value.self
    ) throws(RLPError) -> Value {
        let maxBytes = Value.bitWidth / 8
        if maxBytes <= 8 { return Value(truncatingIfNeeded: try readInteger(maxBytes: maxBytes)) }
        precondition(maxBytes <= 16, "larger numbers are read as UInt256")
        let limbs = try readLargeInteger(maxBytes: maxBytes).limbs
        return Value(truncatingIfNeeded: limbs.1) << 64 | Value(truncatingIfNeeded: limbs.0)
    }

    /// An unsigned integer in canonical form, of at most 32 bytes.
    public mutating func read(_ type: UInt256.Type = UInt256.self) throws(RLPError) -> UInt256 {
        try readLargeInteger(maxBytes: 32)
    }

    /// False (0x80) or true (0x01).
    public mutating func read(_ type: Bool.Type = Bool.self) throws(RLPError) -> Bool {
        switch try read(UInt8.self) {
        case 0: false
        case 1: true
        default: throw .invalidValue
        }
    }

    /// A value that decodes itself from the next item.
    @inlinable
    public mutating func read<Value: RLPDecodable>(_ type: Value.Type = Value.self) throws(RLPError) -> Value {
        try Value(from: &self)
    }

    /// A list of at most `limit` values; the limit is checked before each one is decoded.
    @inlinable
    public mutating func readList<Value: RLPDecodable>(
        of type: Value.Type = Value.self, limit: Int = .max
    ) throws(RLPError) -> [Value] {
        try readList(limit: limit) { (list) throws(RLPError) in try Value(from: &list) }
    }

    /// A list of at most `limit` fixed-size strings.
    @inlinable
    public mutating func readList<Value: FixedBytes>(
        of type: Value.Type = Value.self, limit: Int = .max
    ) throws(RLPError) -> [Value] {
        try readList(limit: limit) { (list) throws(RLPError) in try list.read(Value.self) }
    }

    /// A list of at most `limit` elements, each read by `body`.
    @inlinable
    public mutating func readList<Value>(
        limit: Int, _ body: (inout RLPReader) throws(RLPError) -> Value
    ) throws(RLPError) -> [Value] {
        var list = try readList()
        var values: [Value] = []
        while !list.isAtEnd {
            guard values.count < limit else { throw .tooMany(limit: limit) }
            values.append(try body(&list))
        }
        return values
    }
}
