import Primitives

/// A node in memory. Its numbers are indices into the arrays of `NodeArena`.
struct TrieNode: Sendable {
    enum Kind: UInt8, Sendable {
        /// Known only by its hash; read from the source when its content is needed.
        case unresolved
        case leaf, `extension`, branch
    }

    var kind: Kind
    /// `NodeReference.count` of this node's reference; 0 after a change at or below the node. The reference's bytes are
    /// in `NodeArena.references`, because traversal doesn't need them.
    var referenceCount: UInt8 = 0
    /// Whether the source holds the node unchanged, so that `commit` needn't return it.
    var isStored = false
    /// Leaf and extension: the path is nibbles `pathStart ..< pathStart + pathCount` of `NodeArena.keys`.
    var pathStart: UInt32 = 0
    var pathCount: UInt32 = 0
    /// Leaf: the offset of its value in `values`. Extension: the index of its child. Branch: the index of its first
    /// child in `children`.
    var link: UInt32 = 0
    /// Leaf: the size of the value.
    var valueCount: UInt32 = 0

    var path: Range<Int> { Int(pathStart)..<Int(pathStart) + Int(pathCount) }
    var value: Range<Int> { Int(link)..<Int(link) + Int(valueCount) }
}

/// The nodes of one trie, in five arrays instead of one object per node: no reference counting, few allocations, and a
/// copy of the trie copies the arrays when it is first changed. Indices of 32 bits: a trie in memory is below 4 GiB.
///
/// Node 0 stands for "none". The last of a branch's 17 children is the entry whose key ends there, a leaf with an empty
/// path. Paths are slices of keys: a leaf that a new branch pushes down keeps its bytes and moves its start.
struct NodeArena: Sendable {
    var nodes = [TrieNode(kind: .unresolved)]
    /// The reference of each node, by the node's index.
    private(set) var references = [Hash32()]
    var children: [UInt32] = []
    /// Keys and parts of them, two nibbles per byte.
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

    /// The reference to the node in its parent's encoding.
    func reference(to index: UInt32) -> NodeReference {
        NodeReference(bytes: references[Int(index)], count: nodes[Int(index)].referenceCount)
    }

    mutating func setReference(to index: UInt32, _ reference: NodeReference) {
        references[Int(index)] = reference.bytes
        nodes[Int(index)].referenceCount = reference.count
    }

    mutating func reserve(entries: Int, keyBytes: Int, valueBytes: Int) {
        // Room for half as many branches as entries: about what random keys need.
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

    /// The index in `children` of a branch's child; child 16 is the entry whose key ends at the branch.
    @inline(__always)
    func slot(_ branch: UInt32, _ nibble: Int) -> Int { Int(nodes[Int(branch)].link) + nibble }

    /// Frees a node, but not its children.
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
        // If the path is the end of a whole key, the nibble before it in `keys` is the one to prepend.
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
        // The path must end at a byte boundary, like a key, so that it can be encoded by copying bytes.
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
