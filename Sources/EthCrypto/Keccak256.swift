import CKeccak
public import Primitives

/// Keccak-256 as Ethereum uses it: the padding of the original submission, not that of FIPS 202's SHA3-256.
///
/// A streaming hash: `update` absorbs bytes, `digest` returns the hash of all bytes so far, and more may follow. A copy
/// continues independently (200 bytes, no heap). The two MACs of an RLPx connection each keep one for its lifetime.
public struct Keccak256: Sendable {
    private var state = starling_keccak256_state()

    /// The hash of no bytes.
    public static let empty: Hash32 = Keccak256().digest()

    /// The state before any bytes.
    public init() {}

    /// Absorbs `bytes`. One permutation per 136 bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        starling_keccak256_update(&state, bytes.baseAddress, bytes.count)
    }

    /// Absorbs `bytes`, without a copy if they are contiguous in memory.
    @inlinable
    public mutating func update(_ bytes: some Collection<UInt8>) {
        if bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) != nil { return }
        Array(bytes).withUnsafeBytes { update($0) }
    }

    /// Absorbs the bytes of `value`.
    @inlinable
    public mutating func update(_ value: some FixedBytes) {
        value.withUnsafeBytes { update($0) }
    }

    /// The hash of all bytes absorbed so far. Finalises a copy (one permutation), so more bytes can be absorbed after
    /// it.
    public func digest() -> Hash32 {
        withUnsafePointer(to: state) { state in
            Hash32(writtenBy: { starling_keccak256_digest(state, $0) })
        }
    }

    /// The hash of `bytes`.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Hash32 {
        Hash32(writtenBy: { starling_keccak256(bytes.baseAddress, bytes.count, $0) })
    }

    /// The hash of `bytes`, without a copy if they are contiguous in memory.
    @inlinable
    public static func hash(_ bytes: some Collection<UInt8>) -> Hash32 {
        if let hash = bytes.withContiguousStorageIfAvailable({ hash(UnsafeRawBufferPointer($0)) }) { return hash }
        return Array(bytes).withUnsafeBytes { hash($0) }
    }

    /// The hash of the bytes of `value`.
    @inlinable
    public static func hash(_ value: some FixedBytes) -> Hash32 {
        value.withUnsafeBytes { hash($0) }
    }
}
