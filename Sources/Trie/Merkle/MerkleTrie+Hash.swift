import Chain
import EthCrypto
public import Primitives

extension MerkleTrie {
    /// The hash of the root node.
    ///
    /// - Complexity: O(nodes changed since the last call).
    public mutating func rootHash() -> Hash32 {
        guard root != 0 else { return .emptyTrieRoot }
        _ = hashNodes(collect: false) { $0.referenceCount == 0 }
        return arena.reference(to: root).hash
    }

    /// The root hash, and every node that the source doesn't hold yet, each before its ancestors.
    ///
    /// The nodes count as stored from then on, so the caller must add them to the source. Nodes of less than 32 bytes
    /// are embedded in their parents and not returned, except the root.
    ///
    /// - Complexity: O(nodes changed since the last `commit`).
    public mutating func commit() -> (root: Hash32, nodes: [(hash: Hash32, encoding: [UInt8])]) {
        guard root != 0 else { return (.emptyTrieRoot, []) }
        let nodes = hashNodes(collect: true) { !$0.isStored }
        return (arena.reference(to: root).hash, nodes)
    }

    /// A proof of the value of `key`, or of its absence: the encoded nodes on its path, from the root down.
    ///
    /// An empty trie has an empty proof. Nodes embedded in their parents are not listed separately.
    ///
    /// - Throws: `missingNode`, `malformedNode` or `sourceFailed` for a node on the path.
    public mutating func proof(of key: [UInt8]) throws(TrieError) -> [[UInt8]] {
        _ = rootHash()
        var proof: [[UInt8]] = []
        var encoder = NodeEncoder()
        var at = 0
        var link = Link.root
        while case let index = self[link], index != 0 {
            try resolve(index, under: link)
            let node = arena[index]
            if index == root || arena.reference(to: index).isHash {
                encoder.clear()
                arena.withView { $0.encode(index, with: &encoder) }
                proof.append(encoder.bytes)
            }
            switch node.kind {
            case .leaf, .unresolved: return proof
            case .extension:
                guard key.count * 2 - at >= node.path.count, matches(node.path, key, at: at) else { return proof }
                at += node.path.count
                link = .below(index)
            case .branch:
                guard at < key.count * 2 else { return proof }
                link = .child(slot: arena.slot(index, Self.nibble(at, of: key)))
                at += 1
            }
        }
        return proof
    }

    /// The number of nodes that are encoded before their hashes are computed together.
    private static let batch = 64

    // Computes the references of changed nodes without one, from the lowest level upwards. All ancestors of a changed
    // node are changed. Collected nodes count as stored.
    private mutating func hashNodes(
        collect: Bool, _ isChanged: (TrieNode) -> Bool
    ) -> [(hash: Hash32, encoding: [UInt8])] {
        let (order, levels) = changedNodes(isChanged)
        var collected: [(hash: Hash32, encoding: [UInt8])] = []
        if collect { collected.reserveCapacity(order.count) }
        var encoder = NodeEncoder()
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(Self.batch)
        for level in levels.reversed() {
            for start in stride(from: level.lowerBound, to: level.upperBound, by: Self.batch) {
                let nodes = order[start..<min(start + Self.batch, level.upperBound)]
                encoder.clear()
                ranges.removeAll(keepingCapacity: true)
                arena.withView { view in
                    for index in nodes {
                        let start = encoder.count
                        view.encode(index, with: &encoder)
                        ranges.append(start..<encoder.count)
                    }
                }
                encoder.withBytes { bytes in
                    setReferences(nodes, ranges, bytes)
                    guard collect else { return }
                    for (index, range) in zip(nodes, ranges) {
                        arena[index].isStored = true
                        let reference = arena.reference(to: index)
                        guard reference.isHash || index == root else { continue }
                        collected.append((reference.hash, Array(bytes[range])))
                    }
                }
            }
        }
        return collected
    }

    private mutating func setReferences(
        _ nodes: ArraySlice<UInt32>, _ ranges: [Range<Int>], _ bytes: UnsafeRawBufferPointer
    ) {
        let hashes = Keccak256.hashes(of: ranges, in: bytes)
        for (offset, index) in nodes.enumerated() where arena[index].referenceCount == 0 {
            let range = ranges[offset]
            let reference =
                range.count < 32
                ? NodeReference(encoding: UnsafeRawBufferPointer(rebasing: bytes[range]))
                : NodeReference(hash: hashes[offset])
            arena.setReference(to: index, reference)
        }
    }

    // The changed nodes by level, from the root down, and the range of each level.
    private func changedNodes(_ isChanged: (TrieNode) -> Bool) -> (order: [UInt32], levels: [Range<Int>]) {
        guard isChanged(arena[root]) else { return ([], []) }
        var order = [root]
        var levels: [Range<Int>] = []
        while case let level = (levels.last?.upperBound ?? 0)..<order.count, !level.isEmpty {
            levels.append(level)
            for next in level {
                let node = arena[order[next]]
                switch node.kind {
                case .branch:
                    for slot in Int(node.link)..<Int(node.link) + 16 {
                        let child = arena.children[slot]
                        if child != 0, isChanged(arena[child]) { order.append(child) }
                    }
                case .extension where node.link != 0 && isChanged(arena[node.link]):
                    order.append(node.link)
                case .extension, .leaf, .unresolved:
                    break
                }
            }
        }
        return (order, levels)
    }
}
