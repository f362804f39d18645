/// A value of a fixed number of raw bytes, such as a hash or an address.
///
/// Conforming types store nothing but those bytes, in memory order, so that they are compared, hashed and copied
/// without an allocation.
public protocol FixedBytes: BitwiseCopyable, Hashable, Comparable, Sendable, LosslessStringConvertible,
    CustomStringConvertible
{
    /// All bytes zero.
    init()
}

extension FixedBytes {
    /// The number of bytes of every value.
    @inlinable public static var byteCount: Int { MemoryLayout<Self>.size }

    /// All bytes zero.
    @inlinable public static var zero: Self { Self() }

    /// The value with these bytes; nil unless there are exactly `byteCount` of them.
    @inlinable
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init()
        withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    }

    /// The value whose bytes `fill` writes.
    @inlinable
    public init<E: Error>(filledBy fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void) throws(E) {
        self.init()
        try withUnsafeMutableBytes(fill)
    }

    /// The value written in hexadecimal, with or without `0x`; nil unless it has exactly `byteCount` bytes.
    public init?(hex: some StringProtocol) {
        guard let bytes = [UInt8](hex: hex) else { return nil }
        self.init(bytes)
    }

    /// As `init(hex:)`.
    public init?(_ description: String) { self.init(hex: description) }

    /// Calls `body` with the `byteCount` bytes of a copy of the value. The buffer is valid during the call only.
    @inlinable
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        var copy = self
        return try copy.withUnsafeMutableBytes { (bytes) throws(E) in try body(UnsafeRawBufferPointer(bytes)) }
    }

    /// Calls `body` with the `byteCount` bytes, to write in place. The buffer is valid during the call only.
    @inlinable
    public mutating func withUnsafeMutableBytes<R, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try withUnsafeMutablePointer(to: &self) { (pointer) throws(E) in
            try body(UnsafeMutableRawBufferPointer(start: pointer, count: Self.byteCount))
        }
    }

    /// The bytes as an array.
    @inlinable public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// The byte at `index`; traps unless `0 <= index < byteCount`.
    @inlinable
    public subscript(_ index: Int) -> UInt8 { withUnsafeBytes { $0[index] } }

    /// Whether every byte is zero.
    @inlinable public var isZero: Bool { self == Self() }

    /// Lower-case hexadecimal with `0x`.
    public var description: String { "0x" + hex }

    /// Lower-case hexadecimal without a prefix.
    public var hex: String { withUnsafeBytes { Hex.encode($0) } }
}
