import Primitives

/// A node in memory. `NodeArena` says what the numbers are indices of.
struct TrieNode: Sendable {
    enum Kind: UInt8, Sendable {
        /// Known by its hash only; it is read from the source when something asks for what is below it.
        case unresolved
        case leaf, `extension`, branch
    }

    var kind: Kind
    /// `NodeReference.count` of what the parent writes for this node, 0 after a change at or below the node. The bytes are in
    /// `NodeArena.references`: walks don't need them.
    var referenceCount: UInt8 = 0
    /// Whether the source holds the node as it is, so that `commit` needn't return it.
    var isStored = false
    /// Leaf and extension: the path is nibbles `pathStart ..< pathStart + pathCount` of `NodeArena.keys`.
    var pathStart: UInt32 = 0
    var pathCount: UInt32 = 0
    /// Leaf: where its value begins in `values`. Extension: the node below. Branch: where its 17 begin in `children`.
    var link: UInt32 = 0
    /// Leaf: the size of the value.
    var valueCount: UInt32 = 0

    var path: Range<Int> { Int(pathStart)..<Int(pathStart) + Int(pathCount) }
    var value: Range<Int> { Int(link)..<Int(link) + Int(valueCount) }
}

/// The nodes of one trie, in five arrays instead of an object each: no reference counts, few allocations, and a copy of
/// the trie is a copy of arrays when it is first written to. Indices of 32 bits: a trie in memory is below 4 GiB.
///
/// Node 0 stands for "none". Of a branch's 17 children the last is the entry whose key ends there, held as a leaf of
/// an empty path. Paths are slices of keys: a leaf that a new branch pushes down keeps its bytes and moves its start.
struct NodeArena: Sendable {
    var nodes = [TrieNode(kind: .unresolved)]
    /// As many as nodes.
    private(set) var references = [Hash32()]
    var children: [UInt32] = []
    /// Keys and pieces of them, two nibbles a byte.
    var keys: [UInt8] = []
    var values: [UInt8] = []
    private var freeNodes: [UInt32] = []
    private var freeBranches: [UInt32] = []

    subscript(_ index: UInt32) -> TrieNode {
        @inline(__always) get { nodes[Int(index)] }
        @inline(__always) _modify { yield &nodes[Int(index)] }
    }

    @inline(__always)
    func nibble(_ index: Int) -> Int { Int(index & 1 == 0 ? keys[index / 2] >> 4 : keys[index / 2] & 15) }

    mutating func markChanged(_ index: UInt32) {
        nodes[Int(index)].referenceCount = 0
        nodes[Int(index)].isStored = false
    }

    /// What the parent of the node writes for it.
    func reference(to index: UInt32) -> NodeReference {
        NodeReference(bytes: references[Int(index)], count: nodes[Int(index)].referenceCount)
    }

    mutating func setReference(to index: UInt32, _ reference: NodeReference) {
        references[Int(index)] = reference.bytes
        nodes[Int(index)].referenceCount = reference.count
    }

    mutating func reserve(entries: Int, keyBytes: Int, valueBytes: Int) {
        // Of random keys, three quarters as many nodes again are branches, at the worst.
        nodes.reserveCapacity(nodes.count + entries + entries / 2)
        references.reserveCapacity(nodes.count + entries + entries / 2)
        children.reserveCapacity(children.count + entries / 2 * 17)
        keys.reserveCapacity(keys.count + keyBytes)
        values.reserveCapacity(values.count + valueBytes)
    }

    mutating func add(_ node: TrieNode) -> UInt32 {
        if let index = freeNodes.popLast() {
            nodes[Int(index)] = node
            return index
        }
        nodes.append(node)
        references.append(Hash32())
        return UInt32(nodes.count - 1)
    }

    mutating func addUnresolved(_ hash: Hash32) -> UInt32 {
        var node = TrieNode(kind: .unresolved)
        node.isStored = true
        let index = add(node)
        setReference(to: index, NodeReference(hash: hash))
        return index
    }

    mutating func addLeaf(path: Range<Int>, value: some Collection<UInt8>) -> UInt32 {
        var node = TrieNode(kind: .leaf)
        node.pathStart = UInt32(path.lowerBound)
        node.pathCount = UInt32(path.count)
        node.link = UInt32(values.count)
        node.valueCount = UInt32(value.count)
        values.append(contentsOf: value)
        return add(node)
    }

    mutating func addExtension(path: Range<Int>, child: UInt32) -> UInt32 {
        var node = TrieNode(kind: .extension)
        node.pathStart = UInt32(path.lowerBound)
        node.pathCount = UInt32(path.count)
        node.link = child
        return add(node)
    }

    /// A branch without children.
    mutating func addBranch() -> UInt32 {
        var node = TrieNode(kind: .branch)
        node.link = addChildren()
        return add(node)
    }

    /// The slot in `children` of a branch's child; 16 is the entry whose key ends at the branch.
    @inline(__always)
    func slot(_ branch: UInt32, _ nibble: Int) -> Int { Int(nodes[Int(branch)].link) + nibble }

    /// Forgets a node, but not what is below it.
    mutating func free(_ index: UInt32) {
        if nodes[Int(index)].kind == .branch { freeBranches.append(nodes[Int(index)].link) }
        nodes[Int(index)] = TrieNode(kind: .unresolved)
        freeNodes.append(index)
    }

    mutating func replaceValue(of leaf: UInt32, with value: [UInt8]) {
        let old = self[leaf].value
        if value.count <= old.count {
            values.replaceSubrange(old.lowerBound..<old.lowerBound + value.count, with: value)
        } else {
            self[leaf].link = UInt32(values.count)
            values.append(contentsOf: value)
        }
        self[leaf].valueCount = UInt32(value.count)
        markChanged(leaf)
    }

    /// Puts `nibble` before the path of a leaf or an extension.
    mutating func prepend(_ nibble: Int, to index: UInt32) {
        let path = self[index].path
        // Where the path is the rest of a whole key, the nibble wanted is the one before it.
        if path.lowerBound > 0, self.nibble(path.lowerBound - 1) == nibble {
            self[index].pathStart -= 1
            self[index].pathCount += 1
        } else {
            setPath(of: index, to: [UInt8(truncatingIfNeeded: nibble)] + nibbles(path))
        }
        markChanged(index)
    }

    /// Puts the path of an extension before that of the leaf or the extension `index`.
    mutating func prepend(pathOf upper: UInt32, to index: UInt32) {
        setPath(of: index, to: nibbles(self[upper].path) + nibbles(self[index].path))
        markChanged(index)
    }

    func nibbles(_ path: Range<Int>) -> [UInt8] { path.map { UInt8(truncatingIfNeeded: nibble($0)) } }

    private mutating func setPath(of index: UInt32, to nibbles: [UInt8]) {
        // The path ends at the end of a byte, as a key does: then it is encoded by copying bytes.
        let padded = nibbles.count & 1 == 0 ? nibbles : [0] + nibbles
        self[index].pathStart = UInt32(keys.count * 2 + padded.count - nibbles.count)
        self[index].pathCount = UInt32(nibbles.count)
        for at in stride(from: 0, to: padded.count, by: 2) { keys.append(padded[at] << 4 | padded[at + 1]) }
    }

    mutating func addChildren() -> UInt32 {
        if let start = freeBranches.popLast() {
            for slot in 0..<17 { children[Int(start) + slot] = 0 }
            return start
        }
        children.append(contentsOf: repeatElement(0, count: 17))
        return UInt32(children.count - 17)
    }
}
