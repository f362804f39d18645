import EthCrypto
public import Primitives
public import RLP

/// A signed transaction, of any type.
///
/// It keeps its canonical bytes, their hash, and where the fields lie in them; what isn't needed for ordering is read
/// from the bytes each time. So a decoded transaction takes its encoded size and some 150 bytes, however many access
/// list entries or authorizations it has.
///
/// Stricter than go-ethereum's decoder in one point: types 0 to 2 with a number of more than 256 bits (64 for `v` and
/// the chain id) don't decode. go-ethereum decodes them and refuses them later.
public struct Transaction: Sendable {
    /// `type || rlp(fields)`, or `rlp(fields)` of a legacy transaction: what the hash and the transactions' trie cover.
    public let encoded: [UInt8]
    /// Keccak-256 of `encoded`.
    public let hash: Hash32
    public let type: TransactionType
    public let nonce: UInt64
    public let gasLimit: UInt64
    let layout: Layout

    /// Decodes `encoded`'s form. The form in which blob transactions are pooled, with a sidecar, is not it:
    /// that is `PooledTransaction`, and fails here as `expectedString`.
    public init(encoded bytes: ArraySlice<UInt8>) throws(RLPError) { try self.init(encoded: Array(bytes)) }

    /// As `init(encoded:)` of a slice, keeping the array.
    public init(encoded bytes: [UInt8]) throws(RLPError) {
        guard let first = bytes.first else { throw .truncated }
        guard bytes.count <= Int(UInt32.max) else { throw .tooMany(limit: Int(UInt32.max)) }
        if first < 0xc0 {
            guard let type = TransactionType(rawValue: first), type != .legacy else { throw .invalidValue }
            self.type = type
        } else {
            type = .legacy
        }
        var reader = RLPReader(type == .legacy ? bytes[...] : bytes[1...])
        var fields = try reader.readList()
        try reader.expectEnd()
        (nonce, gasLimit, layout) = try Layout.read(&fields, type)
        encoded = bytes
        hash = Keccak256.hash(bytes)
    }

    /// The bytes that announcements and limits count: those of `encoded`.
    public var size: Int { encoded.count }
}

extension Transaction: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.hash == right.hash }
    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

extension Transaction: RLPEncodable, RLPDecodable {
    /// The form inside lists: a typed transaction is wrapped as a byte string (EIP-2718).
    public func encode(to writer: inout RLPWriter) {
        if type == .legacy { writer.writeRaw(encoded) } else { writer.write(encoded) }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        if reader.nextIsList == false {
            let bytes = try reader.readBytes()
            // A legacy transaction inside a string is not canonical.
            guard let first = bytes.first, first < 0xc0 else { throw .invalidValue }
            try self.init(encoded: bytes)
        } else {
            try self.init(encoded: try reader.readRaw())
        }
    }
}
