import Foundation

/// Numbers as people read them.
enum Text {
    /// Three digits that matter.
    static func short(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 100_000 { return "\(Int(number))" }
        if abs(number) >= 100 { return grouped(number) }
        return String(format: "%.3g", number)
    }

    static func percent(_ share: Double) -> String {
        let percent = share * 100
        return percent == percent.rounded() ? "\(Int(percent)) %" : String(format: "%.1f %%", percent)
    }

    /// A share that is near all: rounded down, so that 100 % are all.
    static func finePercent(_ share: Double) -> String {
        let percent = (share * 10_000).rounded(.down) / 100
        return percent == percent.rounded() ? "\(Int(percent)) %" : String(format: "%.2f %%", percent)
    }

    static func copies(_ count: Double) -> String { short(count) + " more" }

    /// With a space at every thousand.
    static func grouped(_ number: Double) -> String {
        let digits = Array("\(Int(clamping: Int64(number.rounded())))".reversed())
        let groups = stride(from: 0, to: digits.count, by: 3).map { String(digits[$0..<min($0 + 3, digits.count)]) }
        return String(groups.joined(separator: " ").reversed())
    }

    /// Bytes a second, in the unit that fits.
    static func rate(_ bytes: Double) -> String {
        switch bytes {
        case 1_000_000...: String(format: "%.2f MB/s", bytes / 1_000_000)
        case 1000...: String(format: "%.1f kB/s", bytes / 1000)
        default: String(format: "%.0f B/s", bytes)
        }
    }

    /// Seconds, as milliseconds where they are few.
    static func time(_ seconds: Double) -> String {
        seconds < 1 ? String(format: "%.0f ms", seconds * 1000) : String(format: "%.2f s", seconds)
    }
}
