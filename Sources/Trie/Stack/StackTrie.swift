import Chain
public import Primitives

/// Computes the root of entries that are added in ascending order of their keys, with memory for one path only
/// (trie.md, section 4).
///
/// All nodes before the newest key are final: they are encoded, referred to by the branch above, and freed. Keys ascend
/// strictly and none is a prefix of the next, as in the secure tries and the index tries.
public struct StackTrie: Sendable {
    /// Called with each finished node that is not embedded in its parent: the nibbles of its path, its hash and its
    /// encoding.
    public typealias NodeReceiver = (_ path: ArraySlice<UInt8>, _ hash: Hash32, _ encoding: [UInt8]) -> Void

    /// A branch on the path of the newest key, `depth` nibbles below the root.
    private struct OpenBranch {
        var depth: Int
        var children = [NodeReference](repeating: NodeReference(), count: 16)
    }

    /// In ascending order of depth.
    private var open: [OpenBranch] = []
    /// The newest entry, which becomes a leaf once the next key determines the length of its path.
    private var key: [UInt8] = []
    private var value: [UInt8] = []
    private var encoder = NodeEncoder()

    /// An empty trie.
    public init() {}

    /// Whether no entry was added since the start or the last `finish`.
    public var isEmpty: Bool { value.isEmpty }

    /// Adds an entry, whose key must be greater than all before.
    ///
    /// - Throws: `emptyValue`; `keysOutOfOrder` unless the key is greater than the previous key and doesn't begin with
    ///   it.
    public mutating func append(
        _ key: [UInt8], _ value: [UInt8], _ receive: NodeReceiver? = nil
    ) throws(TrieError) {
        guard !value.isEmpty else { throw .emptyValue }
        if !isEmpty {
            let common = Self.commonNibbles(self.key, key)
            guard common < 2 * min(self.key.count, key.count), nibble(common) < Self.nibble(common, of: key) else {
                throw .keysOutOfOrder
            }
            close(to: common, receive)
        }
        self.key = key
        self.value = value
    }

    /// Returns the root of the entries added, and empties the trie.
    public mutating func finish(_ receive: NodeReceiver? = nil) -> Hash32 {
        guard !isEmpty else { return .emptyTrieRoot }
        var reference = leaf(below: open.last.map { $0.depth + 1 } ?? 0, receive)
        while let branch = open.popLast() {
            reference = self.branch(branch, with: reference, below: open.last.map { $0.depth + 1 } ?? 0, receive)
        }
        // A root of less than 32 bytes has no parent to be embedded in; its encoding is still the last one written.
        if !reference.isHash { receive?([], reference.hash, encoder.bytes) }
        value = []
        return reference.hash
    }

    // Finishes all nodes below nibble `common` of the newest key, and opens a branch there if there is none.
    private mutating func close(to common: Int, _ receive: NodeReceiver?) {
        var reference = leaf(below: max(common, open.last?.depth ?? -1) + 1, receive)
        while let branch = open.last, branch.depth > common {
            open.removeLast()
            let top = max(common, open.last?.depth ?? -1) + 1
            reference = self.branch(branch, with: reference, below: top, receive)
        }
        if open.last?.depth != common { open.append(OpenBranch(depth: common)) }
        open[open.count - 1].children[nibble(common)] = reference
    }

    private mutating func leaf(below depth: Int, _ receive: NodeReceiver?) -> NodeReference {
        encoder.clear()
        key.withUnsafeBytes { key in
            value.withUnsafeBytes { encoder.leaf(path: depth..<2 * key.count, in: key, value: $0) }
        }
        return finished(at: depth, receive)
    }

    // Encodes a branch with its last child, below an extension if the branch is deeper than `depth`.
    private mutating func branch(
        _ branch: OpenBranch, with last: NodeReference, below depth: Int, _ receive: NodeReceiver?
    ) -> NodeReference {
        var children = branch.children
        children[nibble(branch.depth)] = last
        encoder.clear()
        encoder.branch(value: UnsafeRawBufferPointer(start: nil, count: 0)) { children[$0] }
        let reference = finished(at: branch.depth, receive)
        guard branch.depth > depth else { return reference }
        encoder.clear()
        key.withUnsafeBytes { encoder.extension(path: depth..<branch.depth, in: $0, child: reference) }
        return finished(at: depth, receive)
    }

    private func finished(at depth: Int, _ receive: NodeReceiver?) -> NodeReference {
        let reference = encoder.withBytes { NodeReference(encoding: $0) }
        if let receive, reference.isHash {
            receive((0..<depth).map { UInt8(truncatingIfNeeded: nibble($0)) }[...], reference.bytes, encoder.bytes)
        }
        return reference
    }

    private func nibble(_ index: Int) -> Int { Self.nibble(index, of: key) }

    @inline(__always)
    private static func nibble(_ index: Int, of key: [UInt8]) -> Int {
        Int(index & 1 == 0 ? key[index / 2] >> 4 : key[index / 2] & 15)
    }

    private static func commonNibbles(_ left: [UInt8], _ right: [UInt8]) -> Int {
        let limit = min(left.count, right.count)
        var count = 0
        while count < limit, left[count] == right[count] { count += 1 }
        return count < limit && left[count] >> 4 == right[count] >> 4 ? 2 * count + 1 : 2 * count
    }
}
