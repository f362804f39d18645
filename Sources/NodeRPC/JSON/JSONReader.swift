import JSONText

/// Reads one JSON document (RFC 8259) from untrusted bytes: bounded in depth and in the number of values.
struct JSONReader {
    /// No request needs more than a handful of levels; without a limit a request could overflow the stack.
    static let maxDepth = 64
    /// Of values of all kinds: 5 MiB of `0,0,0…` would become 100 MiB otherwise.
    static let maxValues = 500_000

    private var scanner: JSONScanner
    private var count = 0

    static func read(_ text: [UInt8]) throws(JSONError) -> JSON {
        var reader = JSONReader(scanner: JSONScanner(text))
        let value = try reader.value(depth: 0)
        reader.scanner.skipSpace()
        guard reader.scanner.next == nil else { throw .invalid(at: reader.scanner.offset) }
        return value
    }

    private mutating func scan<Word>(
        _ read: (inout JSONScanner) throws(JSONSyntaxError) -> Word
    ) throws(JSONError) -> Word {
        do throws(JSONSyntaxError) { return try read(&scanner) } catch { throw .invalid(at: error.offset) }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth < Self.maxDepth else { throw .tooDeep }
        count += 1
        guard count <= Self.maxValues else { throw .tooManyValues }
        scanner.skipSpace()
        switch scanner.next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""):
            return .string(try scan { (scanner) throws(JSONSyntaxError) in try scanner.string() })
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try scan { (scanner) throws(JSONSyntaxError) in try scanner.number() })
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        _ = scanner.take(UInt8(ascii: "{"))
        var members: [JSON.Member] = []
        while let (name, _) = try scan({ (scanner) throws(JSONSyntaxError) in
            try scanner.memberName(isFirst: members.isEmpty)
        }) {
            members.append(JSON.Member(name, try value(depth: depth + 1)))
        }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        _ = scanner.take(UInt8(ascii: "["))
        var elements: [JSON] = []
        while try scan({ (scanner) throws(JSONSyntaxError) in try scanner.advanceToElement(isFirst: elements.isEmpty) })
        {
            elements.append(try value(depth: depth + 1))
        }
        return .array(elements)
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
        try scan { (scanner) throws(JSONSyntaxError) in try scanner.word(word) }
        return value
    }
}
