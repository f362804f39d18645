public import Primitives
public import SansIO

/// When a block first reached the node.
public struct ArrivedBlock: Hashable, Sendable {
    public var number: UInt64
    public var hash: Hash32
    public var at: Instant
    /// Whether the node sealed it itself.
    public var sealedHere: Bool

    public init(number: UInt64, hash: Hash32, at: Instant, sealedHere: Bool) {
        self.number = number
        self.hash = hash
        self.at = at
        self.sealedHere = sealedHere
    }
}
