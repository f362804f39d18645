import JSONText

/// Reads one JSON document, with the position of each mistake. Duplicate names in an object are an error, because
/// readers disagree on which value to use.
struct JSONDocument {
    private static let maxDepth = 64

    private var scanner: JSONScanner

    static func read(_ text: [UInt8]) throws(JSONFault) -> JSONNode {
        // Skips the byte order mark that some editors write.
        let start = text.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        var document = JSONDocument(scanner: JSONScanner(text, from: start))
        let node = try document.value(depth: 0)
        document.scanner.skipSpace()
        guard document.scanner.next == nil else { throw .syntax(document.scanner.expected("the end of the file")) }
        return node
    }

    private mutating func scan<Word>(
        _ read: (inout JSONScanner) throws(JSONSyntaxError) -> Word
    ) throws(JSONFault) -> Word {
        do throws(JSONSyntaxError) { return try read(&scanner) } catch { throw .syntax(error) }
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONNode {
        guard depth < Self.maxDepth else {
            throw .syntax(scanner.expected("at most \(Self.maxDepth) arrays and objects in each other"))
        }
        scanner.skipSpace()
        let start = scanner.offset
        let value: JSONNode.Value
        switch scanner.next {
        case UInt8(ascii: "{"): value = .object(try members(depth: depth))
        case UInt8(ascii: "["): value = .array(try elements(depth: depth))
        case UInt8(ascii: "\""):
            value = .string(try scan { (scanner) throws(JSONSyntaxError) in try scanner.string() })
        case UInt8(ascii: "t"): value = try word("true", .bool(true))
        case UInt8(ascii: "f"): value = try word("false", .bool(false))
        case UInt8(ascii: "n"): value = try word("null", .null)
        default: value = .number(try scan { (scanner) throws(JSONSyntaxError) in try scanner.number() })
        }
        return JSONNode(offset: start, value: value)
    }

    private mutating func members(depth: Int) throws(JSONFault) -> [JSONNode.Member] {
        _ = scanner.take(UInt8(ascii: "{"))
        var members: [JSONNode.Member] = []
        var offsets: [String: Int] = [:]
        while let (key, offset) = try scan({ (scanner) throws(JSONSyntaxError) in
            try scanner.memberName(isFirst: members.isEmpty)
        }) {
            if let first = offsets.updateValue(offset, forKey: key.lowercased()) {
                throw .duplicate(offset: offset, key: key, first: first)
            }
            members.append(JSONNode.Member(key: key, offset: offset, value: try value(depth: depth + 1)))
        }
        return members
    }

    private mutating func elements(depth: Int) throws(JSONFault) -> [JSONNode] {
        _ = scanner.take(UInt8(ascii: "["))
        var elements: [JSONNode] = []
        while try scan({ (scanner) throws(JSONSyntaxError) in try scanner.advanceToElement(isFirst: elements.isEmpty) })
        {
            elements.append(try value(depth: depth + 1))
        }
        return elements
    }

    private mutating func word(_ word: String, _ value: JSONNode.Value) throws(JSONFault) -> JSONNode.Value {
        try scan { (scanner) throws(JSONSyntaxError) in try scanner.word(word) }
        return value
    }
}
