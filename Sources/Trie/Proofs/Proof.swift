import Chain
import EthCrypto
public import Primitives
import RLP

/// Verification of the proof for one key under a root: the encoded nodes on its path (trie.md, section 5).
/// `MerkleTrie.proof(of:)` makes proofs.
public enum Proof {
    /// Returns the value that the proof shows for `key`, or nil if it proves that the key has none.
    ///
    /// The nodes may come in any order, which is fastest from the root down; nodes off the path are ignored.
    ///
    /// - Throws: `missingNode` if a node on the path is missing, `malformedNode`.
    /// - Complexity: O(bytes of the proof); if the nodes aren't in order, also O(nodes on the path * nodes).
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

    /// The remaining nibbles of a key.
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

        /// Consumes the nibbles of a hex-prefix path; false if they don't come next.
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
