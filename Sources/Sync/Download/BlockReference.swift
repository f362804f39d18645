public import Primitives

/// A block by its place and name.
public struct BlockReference: Hashable, Sendable {
    public var number: UInt64
    public var hash: Hash32

    public init(number: UInt64, hash: Hash32) {
        self.number = number
        self.hash = hash
    }
}
