import Chain
import EthCrypto
public import Primitives
import RLP
import Storage
import Trie

extension WorldState {
    /// A slot of an account's storage; zero if it was never set.
    ///
    /// - Throws: `state`, `malformedState`.
    public mutating func slot(_ key: Hash32, of address: Address) throws(ExecutionError) -> UInt256 {
        if let known = slots[address]?[key] { return known }
        let value = try read(key, of: address, root: try account(address)?.storageRoot ?? .emptyTrieRoot)
        slots[address, default: [:]][key] = value
        return value
    }

    /// Sets a slot; zero removes it. The account must exist when `root` or `commit` is called.
    ///
    /// - Throws: `state`, `malformedState`.
    public mutating func setSlot(_ key: Hash32, of address: Address, to value: UInt256) throws(ExecutionError) {
        journal.append(.slot(address, key, try slot(key, of: address)))
        slots[address, default: [:]][key] = value
        changedSlots[address, default: []].insert(key)
        changedAccounts.insert(address)
    }

    private mutating func read(
        _ key: Hash32, of address: Address, root: Hash32
    ) throws(ExecutionError) -> UInt256 {
        guard root != .emptyTrieRoot else { return .zero }
        do throws(TrieError) {
            var trie = storage(of: address, root: root)
            defer { storages[address] = trie }
            guard let bytes = try trie.get(Keccak256.hash(key).bytes) else { return .zero }
            var reader = RLPReader(bytes)
            do throws(RLPError) { return try reader.read(UInt256.self) } catch { throw .malformedNode(error) }
        } catch {
            if case .malformedNode = error { throw .malformedState(address) }
            throw .state(error)
        }
    }

    /// Writes the slots changed since the last call into the account's storage trie.
    ///
    /// - Returns: the new root.
    mutating func updateStorage(of address: Address, root: Hash32) throws(TrieError) -> Hash32 {
        guard let changed = changedSlots.removeValue(forKey: address), !changed.isEmpty else { return root }
        var trie = storage(of: address, root: root)
        for slot in changed.sorted() {
            let value = slots[address]?[slot] ?? .zero
            var writer = RLPWriter()
            writer.write(value)
            try trie.set(Keccak256.hash(slot).bytes, to: value.isZero ? [] : writer.bytes)
        }
        let root = trie.rootHash()
        storages[address] = trie
        return root
    }

    // The account's cached trie if it has this root; it may be that of an account that was removed and created again.
    private mutating func storage(of address: Address, root: Hash32) -> MerkleTrie {
        if var known = storages.removeValue(forKey: address), known.rootHash() == root { return known }
        return MerkleTrie(root: root, source: StateNodes(chain.store))
    }
}
