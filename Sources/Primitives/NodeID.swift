/// The address of a node in the distributed hash table: Keccak-256 of its 64-byte public key (enr.md, "v4" scheme).
@frozen
public struct NodeID: FixedBytes {
    /// The 32 bytes.
    public var hash: Hash32

    @inlinable public init() { hash = Hash32() }

    /// The id with these bytes.
    @inlinable public init(_ hash: Hash32) { self.hash = hash }

    @inlinable public static func < (left: Self, right: Self) -> Bool { left.hash < right.hash }

    /// The logarithmic XOR distance, 0 for equal ids, else 1 ... 256 (go-ethereum's `LogDist`).
    @inlinable
    public func logDistance(to other: NodeID) -> Int { 256 - (hash ^ other.hash).leadingZeroBitCount }

    /// Whether `left` is nearer to this id than `right`.
    @inlinable
    public func isNearer(_ left: NodeID, than right: NodeID) -> Bool { hash ^ left.hash < hash ^ right.hash }

    /// The first four bytes in hexadecimal: enough to tell nodes apart in a log.
    public var short: String { String(hex.prefix(8)) }
}
