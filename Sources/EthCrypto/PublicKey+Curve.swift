public import Primitives

extension PublicKey {
    /// Checks the key.
    ///
    /// - Throws: `CryptoError.invalidPublicKey` unless the point is on secp256k1.
    public func validated() throws(CryptoError) {
        guard Secp256k1.parse(self) != nil else { throw .invalidPublicKey }
    }

    /// The node's address in the distributed hash table: Keccak-256 of the 64 bytes (enr.md, "v4" scheme).
    public var nodeID: NodeID { NodeID(Keccak256.hash(self)) }

    /// The account of the key: the last 20 bytes of Keccak-256 of the 64 bytes (Yellow Paper, appendix F).
    public var address: Address { Address(lastBytesOf: Keccak256.hash(self)) }

    /// The key encoded in 33 bytes: 02 or 03 for an even or odd Y, then X (SEC 1, section 2.3.4).
    ///
    /// - Throws: `CryptoError.invalidPublicKey` for another length or prefix, or if no point has this X.
    /// - Complexity: a square root modulo a 256-bit prime.
    public init(compressed bytes: some Collection<UInt8>) throws(CryptoError) {
        guard bytes.count == PublicKey.compressedByteCount else { throw .invalidPublicKey }
        let point = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: PublicKey.compressedByteCount) { encoded in
            _ = encoded.initialize(fromContentsOf: bytes)
            return Secp256k1.parse(UnsafeBufferPointer(encoded))
        }
        guard let point else { throw .invalidPublicKey }
        self = Secp256k1.publicKey(point)
    }

    /// The length of a compressed key in bytes.
    public static var compressedByteCount: Int { 33 }

    /// The encoding that `init(compressed:)` reads, 33 bytes. Does not check that the point is on the curve.
    public var compressed: [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(PublicKey.compressedByteCount)
        encoded.append(0x02 | y[Hash32.byteCount - 1] & 1)
        x.withUnsafeBytes { encoded.append(contentsOf: $0) }
        return encoded
    }
}
