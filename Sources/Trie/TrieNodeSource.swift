import EthCrypto
public import Primitives

/// The source from which a trie reads nodes that it doesn't have in memory: a database, or the nodes of a proof.
public protocol TrieNodeSource: Sendable {
    /// The encoding of the node with this Keccak-256 hash; nil if the source doesn't have it.
    ///
    /// - Throws: `sourceFailed` if reading failed.
    func node(_ hash: Hash32) throws(TrieError) -> [UInt8]?
}

/// Nodes in memory by their hashes: the source of a trie that begins empty, and of a proof.
public struct NodeSet: TrieNodeSource {
    private var nodes: [Hash32: [UInt8]] = [:]

    public init() {}

    /// The set of these encodings. Their hashes are computed here, so a peer can't substitute one node for another.
    ///
    /// - Complexity: O(bytes).
    public init(_ encodings: some Collection<[UInt8]>) {
        nodes.reserveCapacity(encodings.count)
        for (hash, encoding) in zip(Keccak256.hashes(of: encodings), encodings) { nodes[hash] = encoding }
    }

    public var count: Int { nodes.count }

    /// Adds the nodes returned by `MerkleTrie.commit()`, whose hashes are not checked.
    public mutating func insert(_ added: some Sequence<(hash: Hash32, encoding: [UInt8])>) {
        for node in added { nodes[node.hash] = node.encoding }
    }

    public func node(_ hash: Hash32) -> [UInt8]? { nodes[hash] }
}
