import EthCrypto
public import Primitives

/// Where a trie reads the nodes that it has not in memory: a database, or the nodes of a proof.
public protocol TrieNodeSource: Sendable {
    /// The encoding of the node with this Keccak-256 hash; nil if the source has none.
    func node(_ hash: Hash32) throws(TrieError) -> [UInt8]?
}

/// Nodes in memory, found by their hashes: the source of a trie that begins empty, and of a proof.
public struct NodeSet: TrieNodeSource {
    private var nodes: [Hash32: [UInt8]] = [:]

    public init() {}

    /// The set of these encodings. Their hashes are computed here, so a peer cannot pass one off as another.
    ///
    /// - Complexity: O(bytes).
    public init(_ encodings: some Collection<[UInt8]>) {
        nodes.reserveCapacity(encodings.count)
        for (hash, encoding) in zip(Keccak256.hashes(of: encodings), encodings) { nodes[hash] = encoding }
    }

    public var count: Int { nodes.count }

    /// Adds what `MerkleTrie.commit()` returned; the hashes are believed.
    public mutating func insert(_ added: some Sequence<(hash: Hash32, encoding: [UInt8])>) {
        for node in added { nodes[node.hash] = node.encoding }
    }

    public func node(_ hash: Hash32) -> [UInt8]? { nodes[hash] }
}
