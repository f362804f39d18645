// Limits as people write them.
extension UploadLimit {
    /// From `500KB/s` or `500KB`.
    public init(perSecond text: String) throws(ByteAmountError) {
        let amount = text.hasSuffix("/s") ? text.dropLast(2) : text[...]
        guard let limit = Self(bytesPerSecond: try parseBytes(amount, of: text, example: "500KB/s")) else {
            throw .outOfRange(text, least: Self.minBytesPerSecond, most: Self.maxBytesPerSecond)
        }
        self = limit
    }

    /// From `20GB/day` or `20GB`.
    public init(perDay text: String) throws(ByteAmountError) {
        let amount = text.hasSuffix("/day") ? text.dropLast(4) : text[...]
        guard let limit = Self(bytesPerDay: try parseBytes(amount, of: text, example: "20GB")) else {
            throw .outOfRange(text, least: Self.minBytesPerDay, most: Self.maxBytesPerDay)
        }
        self = limit
    }
}

/// Why a text is no limit. The description follows the option's name.
public enum ByteAmountError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(String, example: String)
    case outOfRange(String, least: Int64, most: Int64)

    public var description: String {
        switch self {
        case .malformed(let text, let example):
            "\(text): write a number and a unit (B, KB, MB, GB, TB, or KiB, MiB, GiB, TiB), as \(example)"
        case .outOfRange(let text, let least, let most): "\(text): it must be from \(least) to \(most) bytes"
        }
    }
}

private let units: [(name: String, bytes: Double)] = [
    ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
    ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("b", 1), ("", 1),
]

/// A number, with a fraction if need be, and a unit in any case; bytes without one.
private func parseBytes(
    _ amount: Substring, of text: String, example: String
) throws(ByteAmountError) -> Int64 {
    let digits = amount.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = amount.dropFirst(digits.count).lowercased().filter { $0 != " " }
    guard let scale = units.first(where: { $0.name == unit })?.bytes, digits.first?.isNumber == true,
        let number = Double(digits)
    else { throw .malformed(text, example: example) }
    // Too large for an integer is out of range, whatever it is.
    return Int64(exactly: (number * scale).rounded()) ?? .max
}
