public import RLP

/// Identifies a chain and its forks before two nodes exchange anything else (EIP-2124): `[hash B_4, next]`.
public struct ForkID: Hashable, Sendable, CustomStringConvertible {
    /// CRC-32 of the genesis hash and of the forks passed.
    public var hash: UInt32
    /// The block number or time of the next known fork; 0 if there is none.
    public var next: UInt64

    public init(hash: UInt32, next: UInt64) {
        self.hash = hash
        self.next = next
    }

    /// The hash as eight hexadecimal digits; then, if there is a next fork, a slash and `next`.
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
