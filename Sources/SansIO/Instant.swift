/// A moment, as nanoseconds since the Unix epoch.
///
/// The driver computes it as the wall clock at start-up plus the time that a monotonic clock has measured since. So it
/// never runs backwards, and differs from Unix time once the system clock is set: `WallClock` converts between the two.
/// The simulator computes it from virtual time. Protocol code only ever receives it as an argument.
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the Unix epoch.
    public var nanoseconds: Int64

    /// The moment `nanoseconds` after the Unix epoch.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The moment `seconds` after the Unix epoch; `distantFuture` if that is after the year 2262, where 64 bits end.
    public init(unixSeconds seconds: UInt64) {
        let (product, overflow) = Int64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
        nanoseconds = overflow ? .max : product
    }

    /// The latest moment that can be represented, in the year 2262.
    public static let distantFuture = Instant(nanoseconds: .max)

    /// Whole seconds since the Unix epoch.
    public var unixSeconds: UInt64 { UInt64(max(0, nanoseconds / 1_000_000_000)) }

    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Saturates at the ends of the range.
    public static func + (instant: Self, duration: Duration) -> Self {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return Self(nanoseconds: overflow ? (duration.nanoseconds > 0 ? .max : .min) : sum)
    }

    /// The time from `right` to `left`; saturates at 64 bits of nanoseconds.
    public static func - (left: Self, right: Self) -> Duration {
        let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
        return .nanoseconds(overflow ? (left > right ? .max : .min) : difference)
    }
}

extension Duration {
    /// The duration in nanoseconds, clamped to 64 bits (292 years).
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds > 0 ? .max : .min }
        let (sum, again) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return again ? (seconds > 0 ? .max : .min) : sum
    }

    /// The duration in seconds, rounded to the precision of a `Double`: for display and rates.
    public var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
