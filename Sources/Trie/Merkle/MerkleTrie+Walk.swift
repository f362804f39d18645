extension MerkleTrie {
    /// Calls `body` with each entry whose key is `start` or greater, in ascending order of the keys, until it returns
    /// false.
    ///
    /// Every node visited stays in memory.
    ///
    /// - Throws: `missingNode`, `malformedNode` or `sourceFailed` for a node that is visited.
    public mutating func forEach(
        from start: [UInt8] = [], _ body: (_ key: [UInt8], _ value: ArraySlice<UInt8>) -> Bool
    ) throws(TrieError) {
        let start = start.flatMap { [$0 >> 4, $0 & 15] }
        // A stack of nodes to visit, each with the path of its parent.
        var pending: [(index: UInt32, link: Link, path: [UInt8])] = [(root, .root, [])]
        while let (index, link, above) = pending.popLast() {
            guard index != 0 else { continue }
            try resolve(index, under: link)
            let node = arena[index]
            let path = node.kind == .branch ? above : above + arena.nibbles(node.path)
            // All keys below are less than `start`, unless the path is a prefix of it.
            guard !path.lexicographicallyPrecedes(start) || node.kind != .leaf && start.starts(with: path) else {
                continue
            }
            switch node.kind {
            case .leaf:
                let key = stride(from: 0, to: path.count - 1, by: 2).map { path[$0] << 4 | path[$0 + 1] }
                guard body(key, arena.values[node.value]) else { return }
            case .extension:
                pending.append((node.link, .below(index), path))
            case .branch:
                for nibble in (0..<UInt8(16)).reversed() {
                    let slot = arena.slot(index, Int(nibble))
                    pending.append((arena.children[slot], .child(slot: slot), path + [nibble]))
                }
                let slot = arena.slot(index, 16)
                pending.append((arena.children[slot], .child(slot: slot), path))
            case .unresolved:
                break
            }
        }
    }
}
