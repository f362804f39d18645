import Primitives

extension NodeArena {
    /// The arrays as unsafe buffers for the time of a call, so that reading many nodes does no reference counting.
    struct View {
        let nodes: UnsafeBufferPointer<TrieNode>
        let references: UnsafeBufferPointer<Hash32>
        let children: UnsafeBufferPointer<UInt32>
        let keys: UnsafeRawBufferPointer
        let values: UnsafeRawBufferPointer

        /// Writes the node. The references of its children must be set.
        func encode(_ index: UInt32, with encoder: inout NodeEncoder) {
            let node = nodes[Int(index)]
            switch node.kind {
            case .leaf:
                encoder.leaf(path: node.path, in: keys, value: UnsafeRawBufferPointer(rebasing: values[node.value]))
            case .extension:
                encoder.extension(path: node.path, in: keys, child: reference(to: node.link))
            case .branch:
                let first = Int(node.link)
                let value = nodes[Int(children[first + 16])].value
                encoder.branch(value: UnsafeRawBufferPointer(rebasing: values[value])) {
                    reference(to: children[first + $0])
                }
            case .unresolved:
                break
            }
        }

        @inline(__always)
        private func reference(to index: UInt32) -> NodeReference {
            NodeReference(bytes: references[Int(index)], count: nodes[Int(index)].referenceCount)
        }
    }

    func withView<R>(_ body: (View) -> R) -> R {
        nodes.withUnsafeBufferPointer { nodes in
            references.withUnsafeBufferPointer { references in
                children.withUnsafeBufferPointer { children in
                    keys.withUnsafeBytes { keys in
                        values.withUnsafeBytes { values in
                            body(
                                View(
                                    nodes: nodes, references: references, children: children, keys: keys,
                                    values: values))
                        }
                    }
                }
            }
        }
    }
}

extension NodeArena {
    /// Descends along the key in `keys` that ends at nibble `end`, and marks the nodes it passes as changed. Stops
    /// where there is no node, at a node that is not in memory, at a leaf, or at an extension whose path the key
    /// doesn't follow.
    mutating func descend(_ position: inout MerkleTrie.Position, end: Int) {
        nodes.withUnsafeMutableBufferPointer { nodes in
            children.withUnsafeBufferPointer { children in
                keys.withUnsafeBufferPointer { keys in
                    func nibble(_ index: Int) -> Int {
                        Int(index & 1 == 0 ? keys[index / 2] >> 4 : keys[index / 2] & 15)
                    }
                    while position.index != 0 {
                        let index = Int(position.index)
                        switch nodes[index].kind {
                        case .branch:
                            let slot = Int(nodes[index].link) + (position.at == end ? 16 : nibble(position.at))
                            position.link = .child(slot: slot)
                            position.index = children[slot]
                            position.at = min(position.at + 1, end)
                        case .extension:
                            let path = nodes[index].path
                            guard path.count <= end - position.at,
                                path.indices.allSatisfy({ nibble($0) == nibble(position.at + $0 - path.lowerBound) })
                            else { return }
                            position.link = .below(position.index)
                            position.index = nodes[index].link
                            position.at += path.count
                        case .leaf, .unresolved:
                            return
                        }
                        nodes[index].referenceCount = 0
                        nodes[index].isStored = false
                    }
                }
            }
        }
    }
}
