import Chain
public import Primitives
import RLP

/// The proof of what one key has under a root: the encoded nodes on the way (trie.md, section 5).
/// `MerkleTrie.proof(of:)` makes them.
public enum Proof {
    /// The value that the proof shows `key` to have, or nil where it shows that the key has none.
    ///
    /// The nodes may come in any order; those off the way are ignored.
    ///
    /// - Throws: `missingNode` where the proof ends too early, `malformedNode`.
    /// - Complexity: O(bytes of the proof).
    public static func verify(_ key: [UInt8], root: Hash32, nodes: [[UInt8]]) throws(TrieError) -> [UInt8]? {
        guard root != .emptyTrieRoot else { return nil }
        let nodes = NodeSet(nodes)
        let nibbles = key.flatMap { [$0 >> 4, $0 & 15] }
        var rest = nibbles[...]
        var child = NodeView.Child.hash(root)
        while true {
            let encoding: ArraySlice<UInt8>
            switch child {
            case .none: return nil
            case .embedded(let bytes): encoding = bytes
            case .hash(let hash):
                guard let bytes = nodes.node(hash) else { throw .missingNode(hash) }
                encoding = bytes[...]
            }
            let step: Step
            do throws(RLPError) { step = try self.step(into: encoding, along: &rest) } catch {
                throw .malformedNode(error)
            }
            switch step {
            case .end(let value): return value.map(Array.init)
            case .down(let next): child = next
            }
        }
    }

    private enum Step {
        case end(ArraySlice<UInt8>?)
        case down(NodeView.Child)
    }

    private static func step(
        into encoding: ArraySlice<UInt8>, along rest: inout ArraySlice<UInt8>
    ) throws(RLPError) -> Step {
        switch try NodeView(encoding) {
        case .leaf(let path, let value):
            return .end(try HexPrefix.decode(path).nibbles[...] == rest ? value : nil)
        case .extension(let path, let child):
            let nibbles = try HexPrefix.decode(path).nibbles
            guard rest.starts(with: nibbles) else { return .end(nil) }
            rest = rest.dropFirst(nibbles.count)
            return .down(child)
        case .plainBranch(let branch):
            guard let nibble = rest.popFirst(), let hash = branch.child(Int(nibble)) else { return .end(nil) }
            return .down(.hash(hash))
        case .branch(var items):
            guard let nibble = rest.popFirst() else {
                for _ in 0..<16 { try items.skip() }
                let value = try items.readBytes()
                return .end(value.isEmpty ? nil : value)
            }
            for _ in 0..<nibble { try items.skip() }
            return .down(try NodeView.Child(from: &items))
        }
    }
}
