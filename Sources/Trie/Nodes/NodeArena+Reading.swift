import Primitives
import RLP

extension NodeArena {
    /// Replaces the unresolved node `index` by the decoded node. Children given by hash become unresolved nodes. After
    /// an error the node is still unresolved.
    mutating func resolve(_ index: UInt32, from encoding: ArraySlice<UInt8>) throws(RLPError) {
        var node = try decode(encoding)
        node.isStored = true
        // The hash of a node read by its hash is known.
        let known = reference(to: index)
        self[index] = node
        let reference = encoding.count < 32 ? encoding.withUnsafeBytes { NodeReference(encoding: $0) } : known
        setReference(to: index, reference)
    }

    private mutating func decode(_ encoding: ArraySlice<UInt8>) throws(RLPError) -> TrieNode {
        switch try NodeView(encoding) {
        case .leaf(let path, let value):
            let index = addLeaf(path: addPath(path), value: value)
            defer { free(index) }
            return self[index]
        case .extension(let path, let child):
            var node = TrieNode(kind: .extension)
            let range = addPath(path)
            node.pathStart = UInt32(range.lowerBound)
            node.pathCount = UInt32(range.count)
            node.link = try add(child)
            return node
        case .plainBranch(let branch):
            var node = TrieNode(kind: .branch)
            node.link = addChildren()
            for nibble in 0..<16 {
                guard let hash = branch.child(nibble) else { continue }
                children[Int(node.link) + nibble] = addUnresolved(hash)
            }
            return node
        case .branch(let items):
            var items = items
            var node = TrieNode(kind: .branch)
            node.link = addChildren()
            for slot in 0..<16 { children[Int(node.link) + slot] = try add(NodeView.Child(from: &items)) }
            let value = try items.readBytes()
            if !value.isEmpty { children[Int(node.link) + 16] = addLeaf(path: 0..<0, value: value) }
            return node
        }
    }

    private mutating func add(_ child: NodeView.Child) throws(RLPError) -> UInt32 {
        switch child {
        case .none: return 0
        case .hash(let hash): return addUnresolved(hash)
        case .embedded(let encoding):
            // Each level is at least one byte shorter, so there are fewer than 32 levels.
            let index = addUnresolved(.zero)
            try resolve(index, from: encoding)
            return index
        }
    }

    private mutating func addPath(_ hexPrefix: ArraySlice<UInt8>) -> Range<Int> {
        let isOdd = hexPrefix.first.map { $0 & 0x10 != 0 } ?? false
        let start = keys.count * 2 + (isOdd ? 1 : 2)
        keys.append(contentsOf: hexPrefix)
        return start..<keys.count * 2
    }
}
