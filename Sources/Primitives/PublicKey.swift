/// A secp256k1 public key as 64 raw bytes, X then Y, big-endian, without the 04 prefix: the identity of a node.
///
/// Any 64 bytes make a value; `EthCrypto` checks that the point is on the curve before it computes with one.
@frozen
public struct PublicKey: FixedBytes {
    /// The X coordinate, big-endian.
    public var x: Hash32
    /// The Y coordinate, big-endian.
    public var y: Hash32

    @inlinable
    public init() {
        x = Hash32()
        y = Hash32()
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        left.x != right.x ? left.x < right.x : left.y < right.y
    }
}
