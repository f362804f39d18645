public import Primitives

extension NodeID {
    /// What the id has cost: the leading zero bits of its Keccak-256. On average 2^n keys must be made for n of them.
    ///
    /// The hash of the id and not the id itself, so that costly ids lie anywhere in the distributed hash table.
    ///
    /// - Complexity: one hash.
    public var work: Int { Keccak256.hash(self).leadingZeroBitCount }
}
