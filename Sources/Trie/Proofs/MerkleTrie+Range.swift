import Primitives
import RLP

// The parts of a range proof's verification that depend on the shape of the trie. Nodes on the paths of both bounds are
// in memory (`get` reads them); all others are hashes and stay so.
extension MerkleTrie {
    /// The trie of a proof: unlike that of a database, it has a root node even if the root hash is that of the empty
    /// trie.
    init(proven hash: Hash32, nodes: NodeSet) {
        self.init()
        source = nodes
        root = arena.addUnresolved(hash)
    }

    /// Whether the trie has an entry after `key`. The nodes on the path of `key` must be in memory.
    func hasEntries(after key: [UInt8]) -> Bool {
        var rest = Self.nibbles(key)[...]
        var link = Link.root
        while case let index = self[link], index != 0 {
            let node = arena[index]
            switch node.kind {
            case .branch:
                guard let nibble = rest.popFirst() else { return hasChildren(index, 0..<16) }
                if hasChildren(index, Int(nibble) + 1..<16) { return true }
                link = .child(slot: arena.slot(index, Int(nibble)))
            case .leaf, .extension:
                let side = side(of: rest, from: node)
                guard side == .along, node.kind == .extension else { return side == .before }
                rest = rest.dropFirst(node.path.count)
                link = .below(index)
            case .unresolved:
                return true
            }
        }
        return false
    }

    /// Removes all entries and references from `first` through `last`, which have the same length. The rest is left as
    /// it is: branches may keep a single child, because the caller adds the entries of the range again.
    ///
    /// - Throws: `emptyRange` if both keys lie in the same gap of the trie; `malformedNode` if one of the keys is a
    ///   proper prefix of an entry's key, which is impossible in a trie whose keys have the same length.
    mutating func removeAll(from first: [UInt8], through last: [UInt8]) throws(TrieError) {
        var left = Self.nibbles(first)[...]
        var right = Self.nibbles(last)[...]
        var link = Link.root
        while case let index = self[link], index != 0 {
            let node = arena[index]
            arena.markChanged(index)
            switch node.kind {
            case .branch:
                guard let low = left.popFirst(), let high = right.popFirst() else {
                    throw .malformedNode(.invalidValue)
                }
                link = .child(slot: arena.slot(index, Int(low)))
                guard low != high else { continue }
                removeChildren(index, Int(low) + 1..<Int(high))
                try trim(link, right: true, of: left)
                try trim(.child(slot: arena.slot(index, Int(high))), right: false, of: right)
                return
            case .leaf, .extension:
                guard try fork(at: index, link, left, right) else { return }
                left = left.dropFirst(node.path.count)
                right = right.dropFirst(node.path.count)
                link = .below(index)
            case .unresolved:
                throw .missingNode(arena.reference(to: index).bytes)
            }
        }
    }

    // At a leaf or extension: true if its path lies along both keys; otherwise removes the part of it between them.
    private mutating func fork(
        at index: UInt32, _ link: Link, _ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>
    ) throws(TrieError) -> Bool {
        let node = arena[index]
        switch (side(of: left, from: node), side(of: right, from: node)) {
        case (.along, .along) where node.kind == .extension:
            return true
        case (.before, .after):
            self[link] = 0
        case (.before, .along) where node.kind == .leaf, (.along, .after) where node.kind == .leaf:
            self[link] = 0
        case (.before, .along):
            try trim(.below(index), right: false, of: right.dropFirst(node.path.count))
        case (.along, .after):
            try trim(.below(index), right: true, of: left.dropFirst(node.path.count))
        case (.before, .before), (.after, _), (.along, _):
            throw .emptyRange
        }
        return false
    }

    // Removes what lies below `link` on one side of the path `rest`, and the entry at its end.
    private mutating func trim(_ start: Link, right: Bool, of rest: ArraySlice<UInt8>) throws(TrieError) {
        var rest = rest
        var link = start
        while case let index = self[link], index != 0 {
            let node = arena[index]
            switch node.kind {
            case .branch:
                guard let nibble = rest.popFirst() else { throw .malformedNode(.invalidValue) }
                arena.markChanged(index)
                removeChildren(index, right ? Int(nibble) + 1..<16 : 0..<Int(nibble))
                // An entry whose key ends here comes before all others.
                if !right { removeChildren(index, 16..<17) }
                link = .child(slot: arena.slot(index, Int(nibble)))
            case .leaf, .extension:
                let side = side(of: rest, from: node)
                guard side == .along, node.kind == .extension else {
                    if side == .along || side == (right ? .before : .after) { self[link] = 0 }
                    return
                }
                arena.markChanged(index)
                rest = rest.dropFirst(node.path.count)
                link = .below(index)
            case .unresolved:
                throw .missingNode(arena.reference(to: index).bytes)
            }
        }
    }

    private enum Side {
        case before, along, after
    }

    // The position of the rest of a key relative to the path of a leaf or an extension.
    private func side(of rest: ArraySlice<UInt8>, from node: TrieNode) -> Side {
        let path = arena.nibbles(node.path)
        if rest.starts(with: path) { return node.kind == .leaf && rest.count > path.count ? .after : .along }
        return rest.lexicographicallyPrecedes(path) ? .before : .after
    }

    private func hasChildren(_ branch: UInt32, _ nibbles: Range<Int>) -> Bool {
        nibbles.contains { arena.children[arena.slot(branch, $0)] != 0 }
    }

    private mutating func removeChildren(_ branch: UInt32, _ nibbles: Range<Int>) {
        for nibble in nibbles { arena.children[arena.slot(branch, nibble)] = 0 }
    }

    private static func nibbles(_ key: [UInt8]) -> [UInt8] { key.flatMap { [$0 >> 4, $0 & 15] } }
}
