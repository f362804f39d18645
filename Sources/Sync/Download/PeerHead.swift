public import Primitives

/// What a peer says is the end of its chain. Nothing of it is to be believed; it only decides whom to ask.
public struct PeerHead: Hashable, Sendable {
    public var hash: Hash32
    /// Nil where it isn't known: Status of eth/68 has none.
    public var number: UInt64?
    /// Nil where it isn't known: eth/69 has none.
    public var totalDifficulty: UInt256?

    public init(hash: Hash32, number: UInt64? = nil, totalDifficulty: UInt256? = nil) {
        self.hash = hash
        self.number = number
        self.totalDifficulty = totalDifficulty
    }
}
