import SansIO

/// What a node may send, all connections and datagrams together, as bytes on the wire.
///
/// It holds over any stretch of time: never more than what the stretch is worth, and twice `burst` (which relaying and
/// serving have one each of). A limit for a day is therefore spread over the day.
public struct UploadLimit: Hashable, Sendable {
    public let bytes: Int64
    public let period: Duration
    /// What may go at once after a quiet time, in bytes.
    public let burst: Int64

    /// No rate below it leaves room for a handshake, a Status and a header.
    public static let minBytesPerSecond: Int64 = 1024
    public static let minBytesPerDay: Int64 = 86_400 * minBytesPerSecond
    /// Far beyond any network card: a terabyte a second.
    public static let maxBytesPerSecond: Int64 = 1_000_000_000_000
    public static let maxBytesPerDay: Int64 = 86_400 * maxBytesPerSecond

    /// What a second is worth may go at once. Nil for less than `minBytesPerSecond`, or more than the maximum.
    public init?(bytesPerSecond: Int64) {
        guard (Self.minBytesPerSecond...Self.maxBytesPerSecond).contains(bytesPerSecond) else { return nil }
        (bytes, period, burst) = (bytesPerSecond, .seconds(1), bytesPerSecond)
    }

    /// What half an hour is worth, 2 % of the day, may go at once. Nil for less than `minBytesPerDay`, or more than the
    /// maximum.
    public init?(bytesPerDay: Int64) {
        guard (Self.minBytesPerDay...Self.maxBytesPerDay).contains(bytesPerDay) else { return nil }
        (bytes, period, burst) = (bytesPerDay, .seconds(86_400), bytesPerDay / 48)
    }
}
