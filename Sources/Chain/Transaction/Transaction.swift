import EthCrypto
public import Primitives
public import RLP

/// A signed transaction, of any type.
///
/// It keeps its canonical encoding, the hash, and the offsets of the fields; fields that aren't needed for ordering are
/// decoded at each access. So a decoded transaction takes its encoded size and some 150 bytes, however many access
/// list entries or authorizations it has.
///
/// Stricter than go-ethereum's decoder in one way: a number of more than 256 bits (64 for `v` and the chain id) in
/// types 0 to 2 is a decoding error. go-ethereum decodes such transactions and refuses them later.
public struct Transaction: Sendable {
    /// `type || rlp(fields)`, or `rlp(fields)` for a legacy transaction: the value that is hashed and that is in the
    /// transactions' trie.
    public let encoded: [UInt8]
    /// Keccak-256 of `encoded`.
    public let hash: Hash32
    /// The type (EIP-2718).
    public let type: TransactionType
    /// The number of transactions that the sender has sent before this one.
    public let nonce: UInt64
    /// The maximum gas that the transaction may use.
    public let gasLimit: UInt64
    let layout: Layout

    /// Decodes and checks the form of `encoded`.
    ///
    /// A blob transaction with its sidecar isn't in this form and throws `expectedString`: `PooledTransaction` decodes
    /// it.
    public init(encoded bytes: ArraySlice<UInt8>) throws(RLPError) { try self.init(encoded: Array(bytes)) }

    /// Decodes and checks the form of `encoded`, and keeps the array.
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

    /// The size in bytes for announcements and limits: that of `encoded`.
    public var size: Int { encoded.count }
}

extension Transaction: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.hash == right.hash }
    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

extension Transaction: RLPEncodable, RLPDecodable {
    /// The encoding as a list element: a typed transaction is wrapped in a byte string (EIP-2718).
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
