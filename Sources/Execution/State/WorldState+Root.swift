import Chain
import EthCrypto
public import Primitives
import RLP
public import Storage
import Trie

extension WorldState {
    /// The root of the state as it is now. Ends the running transaction: nothing before can be rolled back.
    ///
    /// - Throws: `state`.
    /// - Complexity: O(accounts and slots changed since the last time).
    public mutating func root() throws(ExecutionError) -> Hash32 {
        do throws(TrieError) {
            // In order, so that two nodes that do the same write the same batches.
            for address in changedAccounts.sorted() { try update(address) }
        } catch {
            throw .state(error)
        }
        changedAccounts = []
        journal = []
        return trie.rootHash()
    }

    /// Adds everything that is new to a batch: nodes of the state's and the storage tries, and code. The caller writes
    /// the batch, or drops this value.
    ///
    /// - Returns: the root.
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
