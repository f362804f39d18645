public import Primitives
public import RLP

/// What GetBlockHeaders asks for: `[start, limit, skip, reverse]`.
public struct HeadersRequest: Hashable, Sendable {
    public enum Start: Hashable, Sendable {
        case hash(Hash32)
        case number(UInt64)
    }

    public var start: Start
    /// How many headers.
    public var limit: UInt64
    /// Blocks left out between two headers.
    public var skip: UInt64
    /// Towards the genesis block.
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

    /// A start of 32 bytes is a hash, one of at most 8 a number; others are errors.
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
