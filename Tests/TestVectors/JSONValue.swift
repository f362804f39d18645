/// A JSON value as tests read it. Numbers keep their text, because vectors hold integers larger than 64 bits.
///
/// Every accessor is nil where the value is of another kind, so tests write
/// `let nonce = try #require(vector["nonce"]?.uint64)` and fail, not pass, when a vector lacks a member.
public indirect enum JSONValue: Sendable, Hashable {
    case object([String: JSONValue])
    case array([JSONValue])
    case string(String)
    case number(String)
    case bool(Bool)
    case null

    /// The member `key` of an object.
    public subscript(key: String) -> JSONValue? { object?[key] }

    /// The element `index` of an array.
    public subscript(index: Int) -> JSONValue? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    public var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The members of an object, sorted by key.
    public var members: [(key: String, value: JSONValue)]? {
        object?.sorted { $0.key < $1.key }
    }

    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    public var isNull: Bool { self == .null }

    /// The integer of a number.
    public var int: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }

    /// The integer of a number, or of a string in decimal or, after `0x`, hexadecimal digits.
    public var uint64: UInt64? {
        switch self {
        case .number(let text): UInt64(text)
        case .string(let text) where text.hasPrefix("0x"): UInt64(text.dropFirst(2), radix: 16)
        case .string(let text): UInt64(text)
        case .object, .array, .bool, .null: nil
        }
    }

    /// The bytes of a string of hexadecimal digits, with or without `0x`. Nil if their number is odd.
    public var bytes: [UInt8]? {
        guard let string else { return nil }
        let digits = Array((string.hasPrefix("0x") ? string.dropFirst(2) : string[...]).utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = JSONValue.nibble(digits[index]), let low = JSONValue.nibble(digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
