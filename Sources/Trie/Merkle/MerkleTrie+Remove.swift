extension MerkleTrie {
    /// Removes `key` and its value; does nothing if it has none.
    ///
    /// A branch with a single child left is replaced by that child, so that the same entries always make the same trie.
    ///
    /// - Throws: `missingNode`, `malformedNode` or `sourceFailed` for a node on the path, or for the remaining
    ///   sibling.
    /// - Complexity: O(length of the key).
    public mutating func remove(_ key: [UInt8]) throws(TrieError) {
        var at = 0
        var link = Link.root
        var trail: [(link: Link, index: UInt32)] = []
        while case let index = self[link], index != 0 {
            try resolve(index, under: link)
            let node = arena[index]
            switch node.kind {
            case .leaf:
                guard key.count * 2 - at == node.path.count, matches(node.path, key, at: at) else { return }
                arena.free(index)
                self[link] = 0
                try collapse(trail)
                return
            case .extension:
                guard key.count * 2 - at >= node.path.count, matches(node.path, key, at: at) else { return }
                trail.append((link, index))
                at += node.path.count
                link = .below(index)
            case .branch:
                trail.append((link, index))
                link = .child(slot: arena.slot(index, at == key.count * 2 ? 16 : Self.nibble(at, of: key)))
                at = min(at + 1, key.count * 2)
            case .unresolved:
                return
            }
        }
    }

    // Restores the canonical shape of the ancestors of a removed leaf, from the lowest upwards.
    private mutating func collapse(_ trail: [(link: Link, index: UInt32)]) throws(TrieError) {
        for (link, index) in trail.reversed() {
            arena.markChanged(index)
            switch arena[index].kind {
            case .branch: try collapseBranch(index, link)
            case .extension: collapseExtension(index, link)
            case .leaf, .unresolved: break
            }
        }
    }

    private mutating func collapseBranch(_ index: UInt32, _ link: Link) throws(TrieError) {
        var only: Int?
        for nibble in 0..<17 where arena.children[arena.slot(index, nibble)] != 0 {
            guard only == nil else { return }
            only = nibble
        }
        guard let only else {
            // A branch without children: it had a single one, which only a malformed source has.
            arena.free(index)
            self[link] = 0
            return
        }
        let child = arena.children[arena.slot(index, only)]
        if only == 16 {
            arena.markChanged(child)
            arena.free(index)
            self[link] = child
            return
        }
        try resolve(child, under: .child(slot: arena.slot(index, only)))
        arena.free(index)
        if arena[child].kind == .branch {
            let start = arena.keys.count * 2
            arena.keys.append(UInt8(truncatingIfNeeded: only))
            self[link] = arena.addExtension(path: start + 1..<start + 2, child: child)
        } else {
            arena.prepend(only, to: child)
            self[link] = child
        }
    }

    private mutating func collapseExtension(_ index: UInt32, _ link: Link) {
        let child = arena[index].link
        guard child != 0 else {
            arena.free(index)
            self[link] = 0
            return
        }
        guard arena[child].kind != .branch else { return }
        arena.prepend(pathOf: index, to: child)
        arena.free(index)
        self[link] = child
    }
}
