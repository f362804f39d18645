import Chain
import EthCrypto
public import KeyValue
public import Primitives
import RLP
import Storage
import Trie

extension WorldState {
    /// The root of the state with all changes. Ends the current transaction: its changes can't be rolled back any more.
    ///
    /// - Throws: `state`.
    /// - Complexity: O(accounts and slots changed since the last call).
    public mutating func root() throws(ExecutionError) -> Hash32 {
        do throws(TrieError) {
            // In ascending order, so that the batches written are deterministic.
            for address in changedAccounts.sorted() { try update(address) }
        } catch {
            throw .state(error)
        }
        changedAccounts = []
        journal = []
        return trie.rootHash()
    }

    /// Adds everything that is new to a batch: nodes of the state trie and the storage tries, and code. The caller must
    /// write the batch, or discard this value.
    ///
    /// - Returns: the state root.
    /// - Throws: `state`.
    public mutating func commit(into batch: inout WriteBatch) throws(ExecutionError) -> Hash32 {
        _ = try root()
        for address in storages.keys.sorted() {
            if let nodes = storages[address]?.commit().nodes { batch.put(stateNodes: nodes) }
        }
        for (hash, bytes) in code.sorted(by: { $0.key < $1.key }) { batch.put(code: bytes, hash: hash) }
        code = [:]
        let (root, nodes) = trie.commit()
        batch.put(stateNodes: nodes)
        return root
    }

    private mutating func update(_ address: Address) throws(TrieError) {
        let key = Keccak256.hash(address).bytes
        guard case .some(.some(var account)) = accounts[address] else {
            storages[address] = nil
            try trie.remove(key)
            return
        }
        account.storageRoot = try updateStorage(of: address, root: account.storageRoot)
        accounts[address] = account
        try trie.set(key, to: account.rlp)
    }
}
