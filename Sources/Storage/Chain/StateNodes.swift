public import KeyValue
public import Primitives
public import Trie

/// Reads the nodes of state and storage tries from a store.
public struct StateNodes: TrieNodeSource {
    private let store: any KeyValueStore

    /// Reads from this store.
    public init(_ store: any KeyValueStore) { self.store = store }

    public func node(_ hash: Hash32) throws(TrieError) -> [UInt8]? {
        do throws(StorageError) {
            return try store.get(hash.bytes, in: .stateNodes)
        } catch {
            throw .sourceFailed("\(error)")
        }
    }
}
