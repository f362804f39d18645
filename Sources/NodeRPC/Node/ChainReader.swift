import Chain
import Execution
import KeyValue
import Primitives
import Storage

/// The chain on disk as the methods see it. Every call may read the disk, so all of them belong on a worker thread.
struct ChainReader: Sendable {
    let store: ChainStore
    let config: ChainConfig

    /// - Throws: an internal error where the store fails.
    func load<Value>(_ body: () throws(StorageError) -> Value) throws(RPCError) -> Value {
        do throws(StorageError) {
            return try body()
        } catch {
            throw .internalError("\(error)")
        }
    }

    func head() throws(RPCError) -> ChainHead {
        guard let head = try load({ () throws(StorageError) in try store.head() }) else {
            throw .internalError("the database holds no chain")
        }
        return head
    }

    /// The hash of the block that a client names; nil if there is none.
    ///
    /// - Throws: for `safe` and `finalized`, which a chain without finality has not, as go-ethereum does.
    func hash(_ selector: BlockSelector) throws(RPCError) -> Hash32? {
        switch selector {
        case .latest, .pending: return try head().hash
        case .earliest: return try load { () throws(StorageError) in try store.canonicalHash(0) }
        case .number(let number): return try load { () throws(StorageError) in try store.canonicalHash(number) }
        case .safe: throw .unknownBlock("safe")
        case .finalized: throw .unknownBlock("finalized")
        case .hash(let hash, let mustBeCanonical):
            if mustBeCanonical, try load({ () throws(StorageError) in try store.contains(hash) }) {
                guard try load({ () throws(StorageError) in try store.isCanonical(hash) }) else {
                    throw .failed("hash is not currently canonical")
                }
            }
            return hash
        }
    }

    /// The block that a client names; nil if it is unknown.
    func block(_ selector: BlockSelector) throws(RPCError) -> Block? {
        guard let hash = try hash(selector) else { return nil }
        return try load { () throws(StorageError) in try store.block(hash) }
    }

    /// The header that a client names.
    ///
    /// - Throws: go-ethereum's errors where it is unknown.
    func header(_ selector: BlockSelector) throws(RPCError) -> Header {
        guard let hash = try hash(selector) else { throw .failed("header not found") }
        guard let header = try load({ () throws(StorageError) in try store.header(hash) }) else {
            if case .hash = selector { throw .failed("header for hash not found") }
            throw .failed("header not found")
        }
        return header
    }

    func totalDifficulty(_ hash: Hash32) throws(RPCError) -> UInt256? {
        try load { () throws(StorageError) in try store.totalDifficulty(hash) }
    }

    /// A block's receipts with what they refer to.
    func receipts(of block: Block) throws(RPCError) -> [Receipt] {
        guard let receipts = try load({ () throws(StorageError) in try store.receipts(block.hash) }),
            receipts.count == block.transactions.count
        else {
            // The genesis block is written without receipts: it has no transactions.
            if block.transactions.isEmpty { return [] }
            throw .internalError("the receipts of block \(block.hash) are not in the database")
        }
        return receipts
    }

    /// A transaction of the canonical chain with its block; nil if it isn't there.
    func transaction(_ hash: Hash32) throws(RPCError) -> (block: Block, index: Int)? {
        guard let location = try load({ () throws(StorageError) in try store.transactionLocation(hash) }),
            let block = try load({ () throws(StorageError) in try store.block(location.blockHash) }),
            // A reorganization between the two reads puts another transaction there.
            block.transactions.indices.contains(location.index), block.transactions[location.index].hash == hash
        else { return nil }
        return (block, location.index)
    }

    /// Reads the state after the block that a client names.
    func state<Value>(
        at selector: BlockSelector, _ body: (inout WorldState) throws(ExecutionError) -> Value
    ) throws(RPCError) -> Value {
        var state = WorldState(root: try header(selector).stateRoot, chain: store)
        do throws(ExecutionError) {
            return try body(&state)
        } catch {
            throw .failed(error.description)
        }
    }

    func account(_ address: Address, at selector: BlockSelector) throws(RPCError) -> Account {
        try state(at: selector) { (state) throws(ExecutionError) in try state.account(address) ?? Account() }
    }
}
