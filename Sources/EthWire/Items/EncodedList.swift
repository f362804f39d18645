public import DevP2P
public import RLP

/// A list whose items are still encoded: they are counted and known to be complete RLP items, but not decoded.
///
/// It is a slice of the message in which it came, which it keeps in memory.
public struct EncodedList<Element: WireItem>: Sendable {
    /// The concatenated items, without the list header.
    public let payload: ArraySlice<UInt8>
    /// The number of items.
    public let count: Int

    /// Encodes these elements.
    public init(_ elements: some Collection<Element>) {
        var writer = RLPWriter()
        for element in elements { element.encode(to: &writer) }
        payload = writer.bytes[...]
        count = elements.count
    }

    /// The list of items that are already encoded, for instance as stored.
    public init(encoded items: some Collection<some Collection<UInt8>>) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(items.reduce(0) { $0 + $1.count })
        for item in items { bytes.append(contentsOf: item) }
        payload = bytes[...]
        count = items.count
    }

    /// Reads a list of at most `limit` items.
    ///
    /// - Throws: `tooMany`, before any item is decoded.
    public init(from reader: inout RLPReader, limit: Int) throws(RLPError) {
        let list = try reader.readList()
        count = try list.countItems(limit: limit)
        payload = list.remaining
    }

    public var isEmpty: Bool { count == 0 }

    /// Decodes all elements.
    ///
    /// - Throws: `limitExceeded` for an item too large to be decoded, else `malformed`.
    public func decoded() throws(WireError) -> [Element] {
        try items().map { (item) throws(WireError) in try decode(item) }
    }

    /// Decodes one of `items`.
    ///
    /// - Throws: as `decoded`.
    public func decode(_ item: ArraySlice<UInt8>) throws(WireError) -> Element {
        do {
            return try Element(checking: item)
        } catch .tooMany(let limit) {
            throw .limitExceeded(limit: limit)
        } catch {
            throw .malformed(error)
        }
    }

    /// The encoded items, as slices of `payload`.
    public func items() -> [ArraySlice<UInt8>] {
        var reader = RLPReader(payload)
        var items: [ArraySlice<UInt8>] = []
        items.reserveCapacity(count)
        while let item = try? reader.readRaw() { items.append(item) }
        return items
    }
}

extension EncodedList: RLPEncodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { $0.writeRaw(payload) }
    }
}

extension EncodedList: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.payload == right.payload }
    public func hash(into hasher: inout Hasher) { hasher.combine(payload) }
}

extension RLPReader {
    /// As `countItems`, ending with `tooMany` at the first item beyond the limit.
    func countItems(limit: Int) throws(RLPError) -> Int {
        var copy = self
        var count = 0
        while !copy.isAtEnd {
            guard count < limit else { throw .tooMany(limit: limit) }
            try copy.skip()
            count += 1
        }
        return count
    }
}
