import Chain
public import Primitives
import RLP

/// A Merkle-Patricia trie: entries by key, and one hash that commits to all of them (trie.md, section 3).
///
/// Nodes are read from the source when they are first needed, kept in memory from then on, and hashed again only after
/// a change. Keys may be of any length and prefixes of each other; the *secure* tries of the state have
/// Keccak-256 hashes for keys, which the caller computes.
///
///     var trie = MerkleTrie()
///     try trie.set(Array("dog".utf8), to: Array("puppy".utf8))
///     let (root, nodes) = trie.commit()
///
/// After an error that `set` or `remove` threw, the content is unspecified: start again from the last root.
public struct MerkleTrie: Sendable {
    var arena = NodeArena()
    /// The index of the root node; 0 in an empty trie.
    var root: UInt32 = 0
    var source: any TrieNodeSource

    /// An empty trie.
    public init() { source = NodeSet() }

    /// The trie with this root hash, whose nodes are in `source`. Nothing is read yet.
    public init(root hash: Hash32, source: any TrieNodeSource) {
        self.source = source
        if hash != .emptyTrieRoot { root = arena.addUnresolved(hash) }
    }

    /// Whether the trie has no entries.
    public var isEmpty: Bool { root == 0 }

    /// The number of nodes in memory, including those known only by their hash.
    public var nodeCount: Int { arena.nodes.count - 1 }

    /// The value of `key`; nil if it has none.
    ///
    /// - Throws: `missingNode`, `malformedNode` or `sourceFailed` for a node on the path.
    /// - Complexity: O(length of the key).
    public mutating func get(_ key: [UInt8]) throws(TrieError) -> [UInt8]? {
        var at = 0
        var link = Link.root
        while case let index = self[link], index != 0 {
            try resolve(index, under: link)
            let node = arena[index]
            switch node.kind {
            case .leaf:
                guard key.count * 2 - at == node.path.count, matches(node.path, key, at: at) else { return nil }
                return Array(arena.values[node.value])
            case .extension:
                guard key.count * 2 - at >= node.path.count, matches(node.path, key, at: at) else { return nil }
                at += node.path.count
                link = .below(index)
            case .branch:
                link = .child(slot: arena.slot(index, at == key.count * 2 ? 16 : Self.nibble(at, of: key)))
                at = min(at + 1, key.count * 2)
            case .unresolved:
                return nil
            }
        }
        return nil
    }

    /// Sets the value of `key`; an empty value removes it.
    ///
    /// - Throws: `missingNode`, `malformedNode` or `sourceFailed` for a node on the path.
    /// - Complexity: O(length of the key).
    public mutating func set(_ key: [UInt8], to value: [UInt8]) throws(TrieError) {
        guard !value.isEmpty else {
            try remove(key)
            return
        }
        let start = arena.keys.count * 2
        arena.keys.append(contentsOf: key)
        let end = arena.keys.count * 2
        var position = Position(link: .root, index: root, at: start)
        while true {
            arena.descend(&position, end: end)
            let index = position.index
            guard index != 0 else { break }
            if arena[index].kind == .unresolved {
                try read(index)
                continue
            }
            // The child of an extension is always a branch, which `descend` passes.
            if case .below = position.link { throw .malformedNode(.invalidValue) }
            let common = commonPrefix(arena[index].path, position.at..<end)
            arena.markChanged(index)
            if arena[index].kind == .leaf, common == arena[index].path.count, common == end - position.at {
                arena.replaceValue(of: index, with: value)
                if arena.keys.count * 2 == end { arena.keys.removeLast(key.count) }
            } else {
                self[position.link] = split(index, after: common, key: position.at..<end, value)
            }
            return
        }
        self[position.link] = arena.addLeaf(path: position.at..<end, value: value)
    }

    // Inserts a branch where the path of leaf or extension `index` and a new key diverge, after `common` nibbles.
    private mutating func split(_ index: UInt32, after common: Int, key: Range<Int>, _ value: [UInt8]) -> UInt32 {
        let branch = arena.addBranch()
        let old = arena[index]
        if common == old.path.count {
            // Must be a leaf: its key ends here, and the new key is longer.
            arena[index].pathCount = 0
            arena.children[arena.slot(branch, 16)] = index
        } else {
            let slot = arena.slot(branch, arena.nibble(old.path.lowerBound + common))
            if old.kind == .extension, common + 1 == old.path.count {
                arena.children[slot] = old.link
                arena.free(index)
            } else {
                arena[index].pathStart += UInt32(common + 1)
                arena[index].pathCount -= UInt32(common + 1)
                arena.children[slot] = index
            }
        }
        let at = key.lowerBound + common
        let slot = arena.slot(branch, at == key.upperBound ? 16 : arena.nibble(at))
        arena.children[slot] = arena.addLeaf(path: min(at + 1, key.upperBound)..<key.upperBound, value: value)
        return common == 0 ? branch : arena.addExtension(path: key.lowerBound..<at, child: branch)
    }
}

// Walking.
extension MerkleTrie {
    /// The variable that holds the index of a node.
    enum Link {
        case root
        /// The child of an extension.
        case below(UInt32)
        case child(slot: Int)
    }

    /// A position on the path of a key: the node there, the variable that holds its index, and the nibbles above it.
    struct Position {
        var link: Link
        var index: UInt32
        /// The number of nibbles of the key above the node.
        var at: Int
    }

    subscript(_ link: Link) -> UInt32 {
        @inline(__always)
        get {
            switch link {
            case .root: root
            case .below(let index): arena[index].link
            case .child(let slot): arena.children[slot]
            }
        }
        set {
            switch link {
            case .root: root = newValue
            case .below(let index): arena[index].link = newValue
            case .child(let slot): arena.children[slot] = newValue
            }
        }
    }

    /// Reads the node from the source if it is not in memory.
    @inline(__always)
    mutating func resolve(_ index: UInt32, under link: Link) throws(TrieError) {
        if arena[index].kind == .unresolved { try read(index) }
        // The child of an extension must be a branch; otherwise two different tries could hold the same entries.
        if case .below = link, arena[index].kind != .branch { throw .malformedNode(.invalidValue) }
    }

    private mutating func read(_ index: UInt32) throws(TrieError) {
        let hash = arena.reference(to: index).bytes
        guard let encoding = try source.node(hash) else { throw .missingNode(hash) }
        do throws(RLPError) { try arena.resolve(index, from: encoding[...]) } catch { throw .malformedNode(error) }
    }

    @inline(__always)
    static func nibble(_ index: Int, of key: [UInt8]) -> Int {
        Int(index & 1 == 0 ? key[index / 2] >> 4 : key[index / 2] & 15)
    }

    /// Whether the path equals the nibbles of `key` from index `at` on. `key` must have at least as many nibbles.
    func matches(_ path: Range<Int>, _ key: [UInt8], at start: Int) -> Bool {
        var at = start
        for index in path {
            guard arena.nibble(index) == Self.nibble(at, of: key) else { return false }
            at += 1
        }
        return true
    }

    private func commonPrefix(_ path: Range<Int>, _ key: Range<Int>) -> Int {
        let limit = min(path.count, key.count)
        var count = 0
        while count < limit, arena.nibble(path.lowerBound + count) == arena.nibble(key.lowerBound + count) {
            count += 1
        }
        return count
    }
}
