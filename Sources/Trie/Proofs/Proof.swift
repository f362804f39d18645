import Chain
import EthCrypto
public import Primitives
import RLP

/// The proof of what one key has under a root: the encoded nodes on the way (trie.md, section 5).
/// `MerkleTrie.proof(of:)` makes them.
public enum Proof {
    /// The value that the proof shows `key` to have, or nil where it shows that the key has none.
    ///
    /// The nodes may come in any order, but those on the way cost least in theirs; those off the way are ignored.
    ///
    /// - Throws: `missingNode` where the proof ends too early, `malformedNode`.
    /// - Complexity: O(bytes of the proof); where the nodes aren't in order, O(nodes on the way * nodes) besides.
    public static func verify(_ key: [UInt8], root: Hash32, nodes: [[UInt8]]) throws(TrieError) -> [UInt8]? {
        guard root != .emptyTrieRoot else { return nil }
        let hashes = Keccak256.hashes(of: nodes)
        var expected = 0
        var rest = Path(key)
        var child = NodeView.Child.hash(root)
        while true {
            let encoding: ArraySlice<UInt8>
            switch child {
            case .none: return nil
            case .embedded(let bytes): encoding = bytes
            case .hash(let hash):
                let index = hashes[expected...].firstIndex(of: hash) ?? hashes[..<expected].firstIndex(of: hash)
                guard let index else { throw .missingNode(hash) }
                encoding = nodes[index][...]
                expected = index + 1
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

    /// The nibbles of a key that are still ahead.
    private struct Path {
        private let key: [UInt8]
        private var at = 0

        init(_ key: [UInt8]) { self.key = key }

        var isAtEnd: Bool { at == 2 * key.count }

        mutating func next() -> Int? {
            guard !isAtEnd else { return nil }
            defer { at += 1 }
            return Int(at & 1 == 0 ? key[at / 2] >> 4 : key[at / 2] & 15)
        }

        /// Whether the nibbles of a hex-prefix path come next; if so they are passed.
        mutating func take(_ path: ArraySlice<UInt8>) throws(RLPError) -> Bool {
            let (_, isOdd) = try HexPrefix.flags(of: path)
            if isOdd, let first = path.first, next() != Int(first & 15) { return false }
            for byte in path.dropFirst() {
                guard next() == Int(byte >> 4), next() == Int(byte & 15) else { return false }
            }
            return true
        }
    }

    private static func step(
        into encoding: ArraySlice<UInt8>, along rest: inout Path
    ) throws(RLPError) -> Step {
        switch try NodeView(encoding) {
        case .leaf(let path, let value):
            return .end(try rest.take(path) && rest.isAtEnd ? value : nil)
        case .extension(let path, let child):
            return try rest.take(path) ? .down(child) : .end(nil)
        case .plainBranch(let branch):
            guard let nibble = rest.next(), let hash = branch.child(nibble) else { return .end(nil) }
            return .down(.hash(hash))
        case .branch(var items):
            guard let nibble = rest.next() else {
                for _ in 0..<16 { try items.skip() }
                let value = try items.readBytes()
                return .end(value.isEmpty ? nil : value)
            }
            for _ in 0..<nibble { try items.skip() }
            return .down(try NodeView.Child(from: &items))
        }
    }
}
