/// The 20-byte address of an account.
@frozen
public struct Address: FixedBytes {
    @usableFromInline var a: UInt64 = 0
    @usableFromInline var b: UInt64 = 0
    @usableFromInline var c: UInt32 = 0

    @inlinable public init() {}

    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        if left.a != right.a { return left.a.bigEndian < right.a.bigEndian }
        if left.b != right.b { return left.b.bigEndian < right.b.bigEndian }
        return left.c.bigEndian < right.c.bigEndian
    }

    /// The last 20 bytes of `hash`: the address of the account whose public key has this Keccak-256 (Yellow Paper,
    /// appendix F).
    public init(lastBytesOf hash: Hash32) {
        self.init()
        hash.withUnsafeBytes { source in
            withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[12...])) }
        }
    }
}
