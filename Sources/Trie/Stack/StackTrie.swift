import Chain
public import Primitives

/// The root of entries that come in the order of their keys, in memory for one path only (trie.md, section 4).
///
/// Whatever lies left of the newest key is final: it is encoded, named by its reference in the branch above, and
/// forgotten. Keys ascend strictly and none is a prefix of the next, as in the secure tries and the index tries.
public struct StackTrie: Sendable {
    /// Takes each finished node that is not part of its parent: the nibbles that lead to it, its hash and its encoding.
    public typealias NodeReceiver = (_ path: ArraySlice<UInt8>, _ hash: Hash32, _ encoding: [UInt8]) -> Void

    /// A branch on the path to the newest key, at that many nibbles from the top.
    private struct OpenBranch {
        var depth: Int
        var children = [NodeReference](repeating: NodeReference(), count: 16)
    }

    /// Nested: each deeper than the one before it.
    private var open: [OpenBranch] = []
    /// The newest entry, which becomes a leaf when the next key tells how long its path is.
    private var key: [UInt8] = []
    private var value: [UInt8] = []
    private var encoder = NodeEncoder()

    public init() {}

    public var isEmpty: Bool { value.isEmpty }

    /// Adds an entry after all others.
    ///
    /// - Throws: `emptyValue`; `keysOutOfOrder` unless the key is after the one before it and doesn't begin with it.
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

    /// The root of the entries added. The trie is empty again after it.
    public mutating func finish(_ receive: NodeReceiver? = nil) -> Hash32 {
        guard !isEmpty else { return .emptyTrieRoot }
        var reference = leaf(below: open.last.map { $0.depth + 1 } ?? 0, receive)
        while let branch = open.popLast() {
            reference = self.branch(branch, with: reference, below: open.last.map { $0.depth + 1 } ?? 0, receive)
        }
        // A root of less than 32 bytes has no parent to be within; its encoding is still the last one written.
        if !reference.isHash { receive?([], reference.hash, encoder.bytes) }
        value = []
        return reference.hash
    }

    // Finishes what hangs below nibble `common` of the newest key, and opens a branch there if there is none.
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

    // The branch with its last child, under an extension where it is more than a nibble below `depth`.
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
