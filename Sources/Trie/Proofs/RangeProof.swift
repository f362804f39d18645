public import Primitives

/// The proof that given entries are all that a trie has between two keys (trie.md, section 5; the `snap` protocol).
public enum RangeProof {
    /// Checks that `keys` with `values` are all the entries from `first` to the last key. Returns whether the trie has
    /// more entries after the last key.
    ///
    /// Without a proof (nil) the entries must be the whole trie. A proof has the nodes on the paths of `first` and of
    /// the last key, whether these exist or not; all keys are as long as `first`. No keys mean that there is no entry
    /// from `first` on.
    ///
    /// - Throws: what is wrong; then nothing is proved about any entry.
    /// - Complexity: O(entries + bytes of the proof).
    public static func verify(
        root: Hash32, first: [UInt8], keys: [[UInt8]], values: [[UInt8]], nodes: [[UInt8]]?
    ) throws(TrieError) -> Bool {
        guard keys.count == values.count else { throw .countMismatch(keys: keys.count, values: values.count) }
        try checkOrder(keys)
        guard !values.contains(where: \.isEmpty) else { throw .emptyValue }
        guard let nodes else {
            try verifyWhole(root, keys, values)
            return false
        }
        var trie = MerkleTrie(proven: root, nodes: NodeSet(nodes))
        guard let last = keys.last, let least = keys.first else {
            guard try trie.get(first) == nil, !trie.hasEntries(after: first) else { throw .incompleteRange }
            return false
        }
        guard first <= least else { throw .invalidBounds }
        if first == last {
            guard try trie.get(first) == values[0] else { throw .valueMismatch }
            return trie.hasEntries(after: first)
        }
        guard keys.allSatisfy({ $0.count == first.count }) else { throw .invalidBounds }
        // Reads the nodes on the paths of both bounds, whether the bounds exist or not.
        _ = try trie.get(first)
        _ = try trie.get(last)
        try trie.removeAll(from: first, through: last)
        // If an entry within the range needs a node from outside of it, the range has a gap: `missingNode`.
        trie.source = NodeSet()
        trie.arena.reserve(
            entries: keys.count, keyBytes: keys.count * first.count, valueBytes: values.reduce(0) { $0 + $1.count })
        for (key, value) in zip(keys, values) { try trie.set(key, to: value) }
        let found = trie.rootHash()
        guard found == root else { throw .rootMismatch(expected: root, found: found) }
        return trie.hasEntries(after: last)
    }

    /// The nodes that prove the range from `first` to `last`, each once: those on the paths of both.
    ///
    /// - Throws: `missingNode`, `malformedNode` or `sourceFailed` for a node on either path.
    public static func nodes(
        from first: [UInt8], through last: [UInt8], in trie: inout MerkleTrie
    ) throws(TrieError) -> [[UInt8]] {
        let left = try trie.proof(of: first)
        let right = try trie.proof(of: last)
        let shared = zip(left, right).prefix { $0 == $1 }.count
        return left + right[shared...]
    }

    private static func checkOrder(_ keys: [[UInt8]]) throws(TrieError) {
        for (key, next) in zip(keys, keys.dropFirst()) {
            guard key < next, !next.starts(with: key) else { throw .keysOutOfOrder }
        }
    }

    private static func verifyWhole(_ root: Hash32, _ keys: [[UInt8]], _ values: [[UInt8]]) throws(TrieError) {
        var trie = StackTrie()
        for (key, value) in zip(keys, values) { try trie.append(key, value) }
        let found = trie.finish()
        guard found == root else { throw .rootMismatch(expected: root, found: found) }
    }
}

// Compares byte strings lexicographically.
extension [UInt8] {
    fileprivate static func < (left: [UInt8], right: [UInt8]) -> Bool { left.lexicographicallyPrecedes(right) }
    fileprivate static func <= (left: [UInt8], right: [UInt8]) -> Bool { !(right < left) }
}
