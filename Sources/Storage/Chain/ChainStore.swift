public import Chain
public import Primitives
import RLP

/// Blocks, receipts and indices, read from a key-value store. `WriteBatch` has the other half: what to write.
///
/// A value over a shared store: copy it to wherever it is needed, threads of jobs included.
public struct ChainStore: Sendable {
    public let store: any KeyValueStore

    public init(_ store: any KeyValueStore) { self.store = store }

    /// The head of the canonical chain; nil before genesis is written.
    public func head() throws(StorageError) -> ChainHead? {
        guard let bytes = try store.get(Schema.headKey, in: .metadata) else { return nil }
        guard let hash = Hash32(bytes), let head = try head(hash) else {
            throw .malformedRecord(.metadata, key: Schema.headKey, .invalidValue)
        }
        return head
    }

    /// Any block as the tip of its branch; nil if it is unknown.
    public func head(_ hash: Hash32) throws(StorageError) -> ChainHead? {
        guard let header = try header(hash), let total = try totalDifficulty(hash) else { return nil }
        return ChainHead(hash: hash, header: header, totalDifficulty: total)
    }

    public func header(_ hash: Hash32) throws(StorageError) -> Header? { try read(.headers, hash) }

    /// The canonical header of this number.
    public func header(number: UInt64) throws(StorageError) -> Header? {
        guard let hash = try canonicalHash(number) else { return nil }
        return try decode(.headers, Schema.blockKey(number, hash))
    }

    public func contains(_ hash: Hash32) throws(StorageError) -> Bool { try number(of: hash) != nil }

    /// The number of a known block, canonical or not.
    public func number(of hash: Hash32) throws(StorageError) -> UInt64? {
        guard let bytes = try store.get(hash.bytes, in: .numbers) else { return nil }
        guard let number = Schema.number(bytes) else {
            throw .malformedRecord(.numbers, key: hash.bytes, .invalidValue)
        }
        return number
    }

    /// The hash of the canonical block of this number; nil above the head.
    public func canonicalHash(_ number: UInt64) throws(StorageError) -> Hash32? {
        let key = Schema.numberKey(number)
        guard let bytes = try store.get(key, in: .canonical) else { return nil }
        guard let hash = Hash32(bytes) else { throw .malformedRecord(.canonical, key: key, .invalidValue) }
        return hash
    }

    public func isCanonical(_ hash: Hash32) throws(StorageError) -> Bool {
        guard let number = try number(of: hash) else { return false }
        return try canonicalHash(number) == hash
    }

    public func body(_ hash: Hash32) throws(StorageError) -> BlockBody? { try read(.bodies, hash) }

    public func block(_ hash: Hash32) throws(StorageError) -> Block? {
        guard let header = try header(hash), let body = try body(hash) else { return nil }
        return Block(header: header, body: body)
    }

    /// The receipts of a block that was executed here.
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

    /// Of the branch up to this block, its own difficulty included.
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

    /// Where a transaction is in the canonical chain; nil if it isn't there.
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
