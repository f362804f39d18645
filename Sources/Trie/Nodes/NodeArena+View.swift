import Primitives

extension NodeArena {
    /// The arrays as plain memory, for the time of a call: what reads many nodes counts no references.
    struct View {
        let nodes: UnsafeBufferPointer<TrieNode>
        let references: UnsafeBufferPointer<Hash32>
        let children: UnsafeBufferPointer<UInt32>
        let keys: UnsafeRawBufferPointer
        let values: UnsafeRawBufferPointer

        /// Writes the node. Those below it have their references.
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
    /// Goes down along the key in `keys` that ends at nibble `end`, and marks as changed what it passes: to where there is no
    /// node, to a node that is not in memory, or to a leaf or an extension that the key doesn't pass.
    mutating func descend(_ place: inout MerkleTrie.Place, end: Int) {
        nodes.withUnsafeMutableBufferPointer { nodes in
            children.withUnsafeBufferPointer { children in
                keys.withUnsafeBufferPointer { keys in
                    func nibble(_ index: Int) -> Int {
                        Int(index & 1 == 0 ? keys[index / 2] >> 4 : keys[index / 2] & 15)
                    }
                    while place.index != 0 {
                        let index = Int(place.index)
                        switch nodes[index].kind {
                        case .branch:
                            let slot = Int(nodes[index].link) + (place.at == end ? 16 : nibble(place.at))
                            place.link = .child(slot: slot)
                            place.index = children[slot]
                            place.at = min(place.at + 1, end)
                        case .extension:
                            let path = nodes[index].path
                            guard path.count <= end - place.at,
                                path.indices.allSatisfy({ nibble($0) == nibble(place.at + $0 - path.lowerBound) })
                            else { return }
                            place.link = .below(place.index)
                            place.index = nodes[index].link
                            place.at += path.count
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
