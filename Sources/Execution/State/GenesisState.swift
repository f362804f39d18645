public import Chain
import KeyValue
import Primitives
public import Storage

/// The genesis block of a chain, and its state.
public enum GenesisState {
    /// Writes the genesis block, its state and its code, and makes it the head of an empty database. Writes nothing if
    /// the database already has a head.
    ///
    /// - Parameter networkID: the network id of eth's Status message; nil for the chain id.
    /// - Returns: the genesis block.
    /// - Throws: `identity(.otherNetwork)` if the database belongs to another chain; other errors of the store.
    /// - Complexity: O(accounts and slots).
    @discardableResult
    public static func commit(
        _ genesis: Genesis, into chain: ChainStore, networkID: UInt64? = nil
    ) throws(ExecutionError) -> Block {
        var batch = WriteBatch()
        let block = try build(genesis, into: &batch)
        let identity = ChainIdentity(genesisHash: block.hash, networkID: networkID ?? genesis.config.chainID)
        do { try chain.claim(for: identity) } catch { throw .identity(error) }
        do throws(StorageError) {
            guard try chain.head() == nil else { return block }
            batch.put(block: block, receipts: [], totalDifficulty: genesis.difficulty)
            batch.putCanonical(block)
            batch.putHead(block.hash)
            try chain.store.write(batch, durable: true)
        } catch {
            throw .storage(error)
        }
        return block
    }

    /// The genesis block, without writing anything.
    ///
    /// - Throws: an error only if `genesis` is invalid.
    /// - Complexity: O(accounts and slots).
    public static func block(of genesis: Genesis) throws(ExecutionError) -> Block {
        var batch = WriteBatch()
        return try build(genesis, into: &batch)
    }

    private static func build(_ genesis: Genesis, into batch: inout WriteBatch) throws(ExecutionError) -> Block {
        var state = WorldState(chain: ChainStore(MemoryStore()))
        for allocation in genesis.alloc {
            let address = allocation.address
            let account = allocation.account
            try state.setAccount(Account(nonce: account.nonce, balance: account.balance), at: address)
            if !account.code.isEmpty { try state.setCode(account.code, of: address) }
            for (slot, value) in account.storage.sorted(by: { $0.key < $1.key }) where !value.isZero {
                try state.setSlot(slot, of: address, to: UInt256(bigEndian: value))
            }
        }
        // Empty accounts of a genesis exist, until a transaction touches them (EIP-161).
        state.finishTransaction(removingEmpty: false)
        return genesis.block(stateRoot: try state.commit(into: &batch))
    }
}
