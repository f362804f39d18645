public import RLP

/// What tells chains and their forks apart before anything is exchanged (EIP-2124): `[hash B_4, next]`.
public struct ForkID: Hashable, Sendable, CustomStringConvertible {
    /// CRC-32 of the genesis hash and the forks passed.
    public var hash: UInt32
    /// The number or time of the next fork known; 0 for none.
    public var next: UInt64

    public init(hash: UInt32, next: UInt64) {
        self.hash = hash
        self.next = next
    }

    /// The hash's eight digits, and the next fork after a slash where there is one.
    public var description: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits + (next == 0 ? "" : "/\(next)")
    }
}

extension ForkID: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write((0..<4).map { UInt8(truncatingIfNeeded: hash >> (24 - 8 * $0)) })
            list.write(next)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        let bytes = try list.readBytes()
        guard bytes.count == 4 else { throw .wrongLength(expected: 4, found: bytes.count) }
        hash = bytes.reduce(0) { $0 << 8 | UInt32($1) }
        next = try list.read()
        try list.expectEnd()
    }
}
