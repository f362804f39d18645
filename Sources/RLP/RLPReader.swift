public import Primitives

/// Reads RLP items one after the other from a slice, without copying.
///
/// Strict: every length and integer must be in its canonical form (trie.md, section 1). A list is read through a
/// separate reader over the list's payload, so the reader itself never recurses, and no input can exhaust the stack.
///
/// `RLPReader+Values.swift` reads numbers, hashes and lists of values.
public struct RLPReader: Sendable {
    /// The bytes to read. It isn't shortened while reading: each new slice would retain and release the array, which
    /// takes longer than reading a number.
    private let storage: ArraySlice<UInt8>
    /// The bytes not yet read: `next..<end` within the indices of `storage`.
    @usableFromInline private(set) var next: Int
    @usableFromInline let end: Int

    /// A reader of the items in `bytes`.
    public init(_ bytes: ArraySlice<UInt8>) { self.init(bytes, bytes.indices) }

    /// A reader of the items in `bytes`.
    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    private init(_ storage: ArraySlice<UInt8>, _ range: Range<Int>) {
        self.storage = storage
        next = range.lowerBound
        end = range.upperBound
    }

    /// Whether all items have been read.
    @inlinable public var isAtEnd: Bool { next == end }

    /// The bytes not yet read.
    public var remaining: ArraySlice<UInt8> { storage[next..<end] }

    /// Whether the next item is a list; nil at the end.
    public var nextIsList: Bool? { isAtEnd ? nil : storage[next] >= 0xc0 }

    /// Throws `trailingBytes` unless all items have been read.
    public func expectEnd() throws(RLPError) { guard isAtEnd else { throw .trailingBytes } }

    /// The content of the next item, which must be a byte string.
    public mutating func readBytes() throws(RLPError) -> ArraySlice<UInt8> { storage[try readString()] }

    /// As `readBytes()`; throws `tooMany` for more than `limit` bytes.
    public mutating func readBytes(limit: Int) throws(RLPError) -> ArraySlice<UInt8> {
        let string = try readString()
        guard string.count <= limit else { throw .tooMany(limit: limit) }
        return storage[string]
    }

    /// Copies the content of the next item, which must be a byte string of the buffer's size; else throws
    /// `wrongLength`.
    public mutating func readBytes(into buffer: UnsafeMutableRawBufferPointer) throws(RLPError) {
        let string = try readString()
        guard string.count == buffer.count else { throw .wrongLength(expected: buffer.count, found: string.count) }
        copy(string, to: buffer)
    }

    /// A reader over the payload of the next item, which must be a list.
    public mutating func readList() throws(RLPError) -> RLPReader {
        let (isList, header, count) = try nextHeader()
        guard isList else { throw .expectedList }
        return RLPReader(storage, take(header, count))
    }

    /// The encoding of the next item, header included. Its content is not checked.
    public mutating func readRaw() throws(RLPError) -> ArraySlice<UInt8> {
        let start = next
        try skip()
        return storage[start..<next]
    }

    /// Skips the next item without decoding its content.
    public mutating func skip() throws(RLPError) {
        let (_, header, count) = try nextHeader()
        _ = take(header, count)
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

    /// An unsigned integer in canonical form of at most `maxBytes` bytes, which are at most 8.
    @usableFromInline
    mutating func readInteger(maxBytes: Int) throws(RLPError) -> UInt64 {
        let digits = try readDigits(maxBytes: maxBytes)
        var value: UInt64 = 0
        for index in digits { value = value << 8 | UInt64(storage[index]) }
        return value
    }

    /// An unsigned integer in canonical form of at most `maxBytes` bytes, which are at most 32.
    @usableFromInline
    mutating func readLargeInteger(maxBytes: Int) throws(RLPError) -> UInt256 {
        let digits = try readDigits(maxBytes: maxBytes)
        let padded = Hash32(filledBy: { bytes in
            copy(digits, to: UnsafeMutableRawBufferPointer(rebasing: bytes[(Hash32.byteCount - digits.count)...]))
        })
        return UInt256(bigEndian: padded)
    }

    @inline(__always)
    private mutating func readDigits(maxBytes: Int) throws(RLPError) -> Range<Int> {
        let digits = try readString()
        guard digits.isEmpty || storage[digits.lowerBound] != 0 else { throw .nonCanonicalInteger }
        guard digits.count <= maxBytes else { throw .integerOverflow }
        return digits
    }

    /// The range of the content of the next item, which must be a byte string.
    @inline(__always)
    private mutating func readString() throws(RLPError) -> Range<Int> {
        let (isList, header, count) = try nextHeader()
        guard !isList else { throw .expectedString }
        return take(header, count)
    }

    /// - Parameter buffer: has the size of `range`.
    private func copy(_ range: Range<Int>, to buffer: UnsafeMutableRawBufferPointer) {
        let first = range.lowerBound - storage.startIndex
        storage.span.extracting(first..<first + range.count).withUnsafeBytes { buffer.copyMemory(from: $0) }
    }

    private mutating func take(_ header: Int, _ count: Int) -> Range<Int> {
        let start = next + header
        next = start + count
        return start..<next
    }

    /// Kind of the next item, and sizes of its header and content, which are checked to lie within the input.
    @inline(__always)
    private func nextHeader() throws(RLPError) -> (isList: Bool, header: Int, count: Int) {
        guard next < end else { throw .truncated }
        let first = storage[next]
        let available = end - next - 1
        switch first {
        case ..<0x80:
            return (false, 0, 1)
        case ..<0xb8:
            let count = Int(first - 0x80)
            guard count <= available else { throw .truncated }
            if count == 1, storage[next + 1] < 0x80 { throw .nonCanonicalLength }
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
        let available = end - next - 1
        guard lengthBytes <= available else { throw .truncated }
        guard storage[next + 1] != 0 else { throw .nonCanonicalLength }
        var count: UInt64 = 0
        for index in next + 1...next + lengthBytes { count = count << 8 | UInt64(storage[index]) }
        guard count >= 56 else { throw .nonCanonicalLength }
        guard let exact = Int(exactly: count), exact <= available - lengthBytes else { throw .truncated }
        return exact
    }
}
