public import KeyValue
public import Primitives

// Records are stored in the encoding of the eth protocol, so that responses need no decoding and encoding. All
// functions return nil for an unknown block.
extension ChainStore {
    /// The header's RLP.
    public func encodedHeader(_ hash: Hash32) throws(StorageError) -> [UInt8]? { try encoded(.headers, hash) }

    /// The body's RLP, as in the BlockBodies message.
    public func encodedBody(_ hash: Hash32) throws(StorageError) -> [UInt8]? { try encoded(.bodies, hash) }

    /// The RLP list of the block's receipts without blooms, as in the Receipts message of eth/69.
    public func encodedReceipts(_ hash: Hash32) throws(StorageError) -> [UInt8]? { try encoded(.receipts, hash) }

    /// Calls `body` with the hash and the RLP of each canonical header from `number` on, ascending, until it returns
    /// false or `limit` is reached. Takes two scans, whatever the number of headers.
    public func forEachCanonicalHeader(
        from number: UInt64, limit: Int, _ body: (_ hash: Hash32, _ encoded: [UInt8]) -> Bool
    ) throws(StorageError) {
        // `limit` is at most what a peer may request at once.
        var keys: [(key: [UInt8], hash: Hash32)] = []
        try store.scan(.canonical, from: Schema.numberKey(number), limit: limit) { key, value in
            guard let hash = Hash32(value) else { return false }
            keys.append((key + value, hash))
            return true
        }
        var next = 0
        guard let first = keys.first else { return }
        try store.scan(.headers, from: first.key) { key, value in
            // Skips headers of other branches.
            guard key == keys[next].key else { return !keys[next].key.lexicographicallyPrecedes(key) }
            guard body(keys[next].hash, value) else { return false }
            next += 1
            return next < keys.count
        }
    }

    private func encoded(_ column: Column, _ hash: Hash32) throws(StorageError) -> [UInt8]? {
        guard let number = try number(of: hash) else { return nil }
        return try store.get(Schema.blockKey(number, hash), in: column)
    }
}
