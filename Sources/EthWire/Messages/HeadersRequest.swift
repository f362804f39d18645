public import Primitives
public import RLP

/// The headers that GetBlockHeaders requests: `[start, limit, skip, reverse]`.
public struct HeadersRequest: Hashable, Sendable {
    /// The first header.
    public enum Start: Hashable, Sendable {
        case hash(Hash32)
        case number(UInt64)
    }

    /// The first header.
    public var start: Start
    /// The maximum number of headers.
    public var limit: UInt64
    /// The number of blocks skipped between two headers.
    public var skip: UInt64
    /// Whether the numbers descend, towards the genesis block.
    public var isReverse: Bool

    public init(from start: Start, limit: UInt64, skip: UInt64 = 0, isReverse: Bool = false) {
        self.start = start
        self.limit = limit
        self.skip = skip
        self.isReverse = isReverse
    }
}

extension HeadersRequest: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            switch start {
            case .hash(let hash): list.write(hash)
            case .number(let number): list.write(number)
            }
            list.write(limit)
            list.write(skip)
            list.write(isReverse)
        }
    }

    /// A start of 32 bytes is a hash, one of at most 8 bytes a number; other lengths are errors.
    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        var copy = list
        let start = try list.readBytes()
        if let hash = Hash32(start) {
            self.start = .hash(hash)
        } else {
            self.start = .number(try copy.read())
        }
        limit = try list.read()
        skip = try list.read()
        isReverse = try list.read()
        try list.expectEnd()
    }
}
