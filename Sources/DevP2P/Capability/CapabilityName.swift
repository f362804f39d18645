/// Name and version of a capability, such as `eth/69`.
///
/// By the specification a name has at most eight ASCII characters; as in go-ethereum this is not enforced on what
/// peers announce.
public struct CapabilityName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let name: String
    public let version: UInt64

    public init(_ name: String, version: UInt64) {
        self.name = name
        self.version = version
    }

    /// By the bytes of the name, then by version: the order in which message ids are assigned (rlpx.md, section 5).
    public static func < (left: Self, right: Self) -> Bool {
        if left.name.utf8.elementsEqual(right.name.utf8) { return left.version < right.version }
        return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    // Bytes, not characters: Swift's String regards canonically equivalent spellings as equal, the wire does not.
    public static func == (left: Self, right: Self) -> Bool {
        left.version == right.version && left.name.utf8.elementsEqual(right.name.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(byte) }
        hasher.combine(version)
    }

    /// `name/version`.
    public var description: String { "\(name)/\(version)" }
}
