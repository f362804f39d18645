public import Primitives

/// Reads RLP items one after the other from a slice, without copying.
///
/// Strict: every length and integer must be in its canonical form (trie.md, section 1). A list is read through a
/// reader of its own over the list's payload, so the reader itself never recurses, and no input can exhaust the stack.
public struct RLPReader: Sendable {
    private var rest: ArraySlice<UInt8>

    public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    public init(_ bytes: [UInt8]) { rest = bytes[...] }

    public var isAtEnd: Bool { rest.isEmpty }

    /// The bytes not yet read.
    public var remaining: ArraySlice<UInt8> { rest }

    /// Whether the next item is a list; nil at the end.
    public var nextIsList: Bool? { rest.first.map { $0 >= 0xc0 } }

    public func expectEnd() throws(RLPError) { guard rest.isEmpty else { throw .trailingBytes } }

    /// The content of the next item, which must be a byte string.
    public mutating func readBytes() throws(RLPError) -> ArraySlice<UInt8> {
        let (isList, header, count) = try nextHeader()
        guard !isList else { throw .expectedString }
        return take(header, count)
    }

    /// As `readBytes`, of at most `limit` bytes.
    public mutating func readBytes(limit: Int) throws(RLPError) -> ArraySlice<UInt8> {
        let bytes = try readBytes()
        guard bytes.count <= limit else { throw .tooMany(limit: limit) }
        return bytes
    }

    /// A reader over the payload of the next item, which must be a list.
    public mutating func readList() throws(RLPError) -> RLPReader {
        let (isList, header, count) = try nextHeader()
        guard isList else { throw .expectedList }
        return RLPReader(take(header, count))
    }

    /// The next item as it is encoded, header included; its content is not looked into.
    public mutating func readRaw() throws(RLPError) -> ArraySlice<UInt8> {
        let (_, header, count) = try nextHeader()
        let end = rest.startIndex + header + count
        defer { rest = rest[end...] }
        return rest[..<end]
    }

    public mutating func skip() throws(RLPError) { _ = try readRaw() }

    /// A byte string of exactly the type's size.
    public mutating func read<Value: FixedBytes>(_ type: Value.Type = Value.self) throws(RLPError) -> Value {
        let bytes = try readBytes()
        guard let value = Value(bytes) else { throw .wrongLength(expected: Value.byteCount, found: bytes.count) }
        return value
    }

    /// An unsigned integer in canonical form.
    public mutating func read<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type = Value.self
    ) throws(RLPError) -> Value {
        let bytes = try readBytes()
        guard bytes.first != 0 else { throw .nonCanonicalInteger }
        guard bytes.count <= Value.bitWidth / 8 else { throw .integerOverflow }
        var value: Value = 0
        for byte in bytes { value = value << 8 | Value(byte) }
        return value
    }

    public mutating func read(_ type: UInt256.Type = UInt256.self) throws(RLPError) -> UInt256 {
        let bytes = try readBytes()
        guard bytes.first != 0 else { throw .nonCanonicalInteger }
        guard let value = UInt256(bigEndian: bytes) else { throw .integerOverflow }
        return value
    }

    /// 0x80 or 0x01.
    public mutating func read(_ type: Bool.Type = Bool.self) throws(RLPError) -> Bool {
        switch try read(UInt8.self) {
        case 0: false
        case 1: true
        default: throw .invalidValue
        }
    }

    public mutating func read<Value: RLPDecodable>(_ type: Value.Type = Value.self) throws(RLPError) -> Value {
        try Value(from: &self)
    }

    /// A list of at most `limit` values; the limit is checked before each one is decoded.
    public mutating func readList<Value: RLPDecodable>(
        of type: Value.Type = Value.self, limit: Int = .max
    ) throws(RLPError) -> [Value] {
        try readList(limit: limit) { (list) throws(RLPError) in try Value(from: &list) }
    }

    /// A list of at most `limit` fixed-size strings.
    public mutating func readList<Value: FixedBytes>(
        of type: Value.Type = Value.self, limit: Int = .max
    ) throws(RLPError) -> [Value] {
        try readList(limit: limit) { (list) throws(RLPError) in try list.read(Value.self) }
    }

    /// A list of at most `limit` elements, each read by `body`.
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

    /// The number of items not yet read, without looking into lists.
    ///
    /// - Complexity: O(items).
    public func countItems() throws(RLPError) -> Int {
        var copy = self
        var count = 0
        while !copy.isAtEnd {
            try copy.skip()
            count += 1
        }
        return count
    }

    private mutating func take(_ header: Int, _ count: Int) -> ArraySlice<UInt8> {
        let start = rest.startIndex + header
        defer { rest = rest[(start + count)...] }
        return rest[start..<start + count]
    }

    /// Kind of the next item, size of its header and of its content, which is known to be there.
    private func nextHeader() throws(RLPError) -> (isList: Bool, header: Int, count: Int) {
        guard let first = rest.first else { throw .truncated }
        let available = rest.count - 1
        switch first {
        case ..<0x80:
            return (false, 0, 1)
        case ..<0xb8:
            let count = Int(first - 0x80)
            guard count <= available else { throw .truncated }
            if count == 1, rest[rest.startIndex + 1] < 0x80 { throw .nonCanonicalLength }
            return (false, 1, count)
        case ..<0xc0:
            let lengthBytes = Int(first - 0xb7)
            return (false, 1 + lengthBytes, try longCount(lengthBytes))
        case ..<0xf8:
            let count = Int(first - 0xc0)
            guard count <= available else { throw .truncated }
            return (true, 1, count)
        default:
            let lengthBytes = Int(first - 0xf7)
            return (true, 1 + lengthBytes, try longCount(lengthBytes))
        }
    }

    private func longCount(_ lengthBytes: Int) throws(RLPError) -> Int {
        guard lengthBytes < rest.count else { throw .truncated }
        let digits = rest[(rest.startIndex + 1)...].prefix(lengthBytes)
        guard digits.first != 0 else { throw .nonCanonicalLength }
        var count: UInt64 = 0
        for byte in digits { count = count << 8 | UInt64(byte) }
        guard count >= 56 else { throw .nonCanonicalLength }
        guard let exact = Int(exactly: count), exact <= rest.count - 1 - lengthBytes else { throw .truncated }
        return exact
    }
}
