/// What the messages of one mesh are about: a name that all its nodes have agreed on, of at most 64 bytes.
///
/// Put the capability's name in front, as in `toy/votes`: whoever subscribes first at a node owns the topic there.
public struct Topic: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The longest name, in bytes.
    public static let maxBytes = 64
    /// Topics that a node, or a peer, may have.
    public static let maxCount = 64

    public let bytes: [UInt8]

    /// The topic of a name of at most 64 bytes of UTF-8.
    public init(_ name: String) {
        bytes = Array(name.utf8)
        precondition(!bytes.isEmpty && bytes.count <= Self.maxBytes, "a topic's name has 1 to 64 bytes")
    }

    /// The topic that a peer names; nil where the name is too long or empty.
    public init?(bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty, bytes.count <= Self.maxBytes else { return nil }
        self.bytes = Array(bytes)
    }

    public static func < (left: Self, right: Self) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }

    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
