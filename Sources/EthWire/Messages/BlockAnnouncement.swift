public import Primitives
public import RLP

/// A block that the sender has: `[hash, number]` in NewBlockHashes.
public struct BlockAnnouncement: Hashable, Sendable {
    public var hash: Hash32
    public var number: UInt64

    public init(hash: Hash32, number: UInt64) {
        self.hash = hash
        self.number = number
    }
}

extension BlockAnnouncement: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(hash)
            list.write(number)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        hash = try list.read()
        number = try list.read()
        try list.expectEnd()
    }
}
