public import Chain
public import KeyValue
public import Primitives
import RLP

/// Reads blocks, receipts and indices from a key-value store. Extensions of `WriteBatch` write them.
///
/// A value over a shared store, which may be copied to other threads. Errors of all functions are those of the store,
/// and `malformedRecord` for a record that can't be decoded.
public struct ChainStore: Sendable {
    /// The key-value store.
    public let store: any KeyValueStore

    /// Reads from this store.
    public init(_ store: any KeyValueStore) { self.store = store }

    /// The head of the canonical chain; nil before genesis is written.
    public func head() throws(StorageError) -> ChainHead? {
        guard let bytes = try store.get(Schema.headKey, in: .metadata) else { return nil }
        guard let hash = Hash32(bytes), let head = try head(hash) else {
            throw .malformedRecord(.metadata, key: Schema.headKey, .invalidValue)
        }
        return head
    }

    /// A block with its total difficulty, canonical or not; nil if it is unknown.
    public func head(_ hash: Hash32) throws(StorageError) -> ChainHead? {
        guard let header = try header(hash), let total = try totalDifficulty(hash) else { return nil }
        return ChainHead(hash: hash, header: header, totalDifficulty: total)
    }

    /// The header of a block, canonical or not; nil if it is unknown.
    public func header(_ hash: Hash32) throws(StorageError) -> Header? { try read(.headers, hash) }

    /// The canonical header with this number; nil above the head.
    public func header(number: UInt64) throws(StorageError) -> Header? {
        guard let hash = try canonicalHash(number) else { return nil }
        return try decode(.headers, Schema.blockKey(number, hash))
    }

    /// Whether the block is known, canonical or not.
    public func contains(_ hash: Hash32) throws(StorageError) -> Bool { try number(of: hash) != nil }

    /// The number of a block, canonical or not; nil if it is unknown.
    public func number(of hash: Hash32) throws(StorageError) -> UInt64? {
        guard let bytes = try store.get(hash.bytes, in: .numbers) else { return nil }
        guard let number = Schema.number(bytes) else {
            throw .malformedRecord(.numbers, key: hash.bytes, .invalidValue)
        }
        return number
    }

    /// The hash of the canonical block with this number; nil above the head.
    public func canonicalHash(_ number: UInt64) throws(StorageError) -> Hash32? {
        let key = Schema.numberKey(number)
        guard let bytes = try store.get(key, in: .canonical) else { return nil }
        guard let hash = Hash32(bytes) else { throw .malformedRecord(.canonical, key: key, .invalidValue) }
        return hash
    }

    /// Whether the block is in the canonical chain.
    public func isCanonical(_ hash: Hash32) throws(StorageError) -> Bool {
        guard let number = try number(of: hash) else { return false }
        return try canonicalHash(number) == hash
    }

    /// The body of a block; nil if it is unknown.
    public func body(_ hash: Hash32) throws(StorageError) -> BlockBody? { try read(.bodies, hash) }

    /// A block, canonical or not; nil if it is unknown.
    public func block(_ hash: Hash32) throws(StorageError) -> Block? {
        guard let header = try header(hash), let body = try body(hash) else { return nil }
        return Block(header: header, body: body)
    }

    /// The receipts of a block; nil if it was not executed by this node.
    public func receipts(_ hash: Hash32) throws(StorageError) -> [Receipt]? {
        guard let number = try number(of: hash) else { return nil }
        let key = Schema.blockKey(number, hash)
        guard let bytes = try store.get(key, in: .receipts) else { return nil }
        do throws(RLPError) {
            var reader = RLPReader(bytes)
            let receipts = try reader.readList(limit: .max) { (list) throws(RLPError) in
                try Receipt(withoutBloomFrom: &list)
            }
            try reader.expectEnd()
            return receipts
        } catch {
            throw .malformedRecord(.receipts, key: key, error)
        }
    }

    /// The total difficulty of the branch up to and including this block; nil if it is unknown.
    public func totalDifficulty(_ hash: Hash32) throws(StorageError) -> UInt256? {
        guard let number = try number(of: hash) else { return nil }
        let key = Schema.blockKey(number, hash)
        guard let bytes = try store.get(key, in: .difficulties) else { return nil }
        do throws(RLPError) {
            var reader = RLPReader(bytes)
            return try reader.read(UInt256.self)
        } catch {
            throw .malformedRecord(.difficulties, key: key, error)
        }
    }

    /// The position of a transaction in the canonical chain; nil if it isn't in it.
    public func transactionLocation(_ hash: Hash32) throws(StorageError) -> TransactionLocation? {
        guard let bytes = try store.get(hash.bytes, in: .transactions) else { return nil }
        guard let (number, index) = Schema.location(bytes) else {
            throw .malformedRecord(.transactions, key: hash.bytes, .invalidValue)
        }
        guard let blockHash = try canonicalHash(number) else { return nil }
        return TransactionLocation(blockHash: blockHash, number: number, index: index)
    }

    /// A contract's code; nil if it is unknown.
    public func code(_ hash: Hash32) throws(StorageError) -> [UInt8]? {
        hash == .emptyCodeHash ? [] : try store.get(hash.bytes, in: .code)
    }

    private func read<Value: RLPDecodable>(_ column: Column, _ hash: Hash32) throws(StorageError) -> Value? {
        guard let number = try number(of: hash) else { return nil }
        return try decode(column, Schema.blockKey(number, hash))
    }

    private func decode<Value: RLPDecodable>(_ column: Column, _ key: [UInt8]) throws(StorageError) -> Value? {
        guard let bytes = try store.get(key, in: column) else { return nil }
        do throws(RLPError) { return try Value(rlp: bytes) } catch { throw .malformedRecord(column, key: key, error) }
    }
}
