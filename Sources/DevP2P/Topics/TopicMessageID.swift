public import Primitives

/// The name of a topic's message: the first 16 bytes of a hash that nobody can find two inputs for.
///
/// 16 bytes keep a second input for a given message out of reach (2^128 attempts); who makes two messages with one name
/// only gets one of his own suppressed.
@frozen
public struct TopicMessageID: FixedBytes {
    @usableFromInline var a: UInt64 = 0
    @usableFromInline var b: UInt64 = 0

    @inlinable public init() {}

    /// A name made of two numbers, for programs that don't hash.
    @inlinable
    public init(_ high: UInt64, _ low: UInt64) {
        a = high.bigEndian
        b = low.bigEndian
    }

    /// The first 16 bytes of a hash.
    public init(prefixOf hash: Hash32) {
        self.init()
        hash.withUnsafeBytes { source in
            withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<Self.byteCount])) }
        }
    }

    /// By the bytes.
    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        left.a != right.a ? left.a.bigEndian < right.a.bigEndian : left.b.bigEndian < right.b.bigEndian
    }
}
