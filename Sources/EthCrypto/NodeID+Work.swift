public import Primitives

extension NodeID {
    /// The proof of work of the id: the number of leading zero bits of its Keccak-256. On average 2^n keys must be
    /// generated to find an id with n of them.
    ///
    /// Of the hash of the id instead of the id itself, so that ids with work are spread over the whole distributed hash
    /// table.
    ///
    /// - Complexity: one hash.
    public var work: Int { Keccak256.hash(self).leadingZeroBitCount }
}
