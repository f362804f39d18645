import Primitives

extension JSON {
    /// A number as JSON-RPC writes it: `0x` and hexadecimal digits without leading zeros.
    static func quantity(_ value: UInt64) -> JSON { .string("0x" + String(value, radix: 16)) }

    static func quantity(_ value: UInt256) -> JSON { .string(value.hexQuantity) }

    static func quantity(_ value: Int) -> JSON { .quantity(UInt64(max(0, value))) }

    /// Bytes as JSON-RPC writes them: `0x` and two digits for each.
    static func data(_ bytes: some Collection<UInt8>) -> JSON { .string("0x" + Hex.encode(bytes)) }

    static func data(_ value: some FixedBytes) -> JSON { .string(value.description) }

    /// The value of `quantity` or null.
    static func optional<Value>(_ value: Value?, _ write: (Value) -> JSON) -> JSON { value.map(write) ?? .null }

    /// The shortest decimal number that reads back as the same one; null for one that JSON can't write.
    static func double(_ value: Double) -> JSON {
        guard value.isFinite else { return .null }
        let text = "\(value)"
        return .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }
}

extension [JSON.Member] {
    mutating func append(_ name: String, _ value: JSON) { append(JSON.Member(name, value)) }
}
