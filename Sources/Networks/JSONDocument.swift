/// Reads one JSON document (RFC 8259), and says where it isn't one. Two members with one name are a mistake: readers don't
/// agree which of them counts.
struct JSONDocument {
    private static let maxDepth = 64

    private let text: [UInt8]
    private var offset = 0

    private init(_ text: [UInt8]) { self.text = text }

    static func read(_ text: [UInt8]) throws(JSONFault) -> JSONNode {
        var document = JSONDocument(text)
        // The byte order mark of some editors.
        if text.starts(with: [0xef, 0xbb, 0xbf]) { document.offset = 3 }
        let node = try document.value(depth: 0)
        document.skipSpace()
        guard document.offset == text.count else { throw document.expected("the end of the file") }
        return node
    }

    private func expected(_ what: String) -> JSONFault { .unexpected(offset: offset, expected: what) }

    private var next: UInt8? { offset < text.count ? text[offset] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
    }

    /// Consumes `byte` if it comes next.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONNode {
        guard depth < Self.maxDepth else { throw expected("at most \(Self.maxDepth) arrays and objects in each other") }
        skipSpace()
        let start = offset
        let value: JSONNode.Value
        switch next {
        case UInt8(ascii: "{"): value = .object(try members(depth: depth))
        case UInt8(ascii: "["): value = .array(try elements(depth: depth))
        case UInt8(ascii: "\""): value = .string(try string())
        case UInt8(ascii: "t"): value = try word("true", .bool(true))
        case UInt8(ascii: "f"): value = try word("false", .bool(false))
        case UInt8(ascii: "n"): value = try word("null", .null)
        default: value = .number(try number())
        }
        return JSONNode(offset: start, value: value)
    }

    private mutating func members(depth: Int) throws(JSONFault) -> [JSONNode.Member] {
        offset += 1
        var members: [JSONNode.Member] = []
        var places: [String: Int] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return members }
        while true {
            skipSpace()
            let start = offset
            guard next == UInt8(ascii: "\"") else { throw expected("a name in quotation marks") }
            let key = try string()
            if let first = places.updateValue(start, forKey: key.lowercased()) {
                throw .duplicate(offset: start, key: key, first: first)
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw expected("':'") }
            members.append(JSONNode.Member(key: key, offset: start, value: try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return members }
            guard take(UInt8(ascii: ",")) else { throw expected("',' or '}'") }
        }
    }

    private mutating func elements(depth: Int) throws(JSONFault) -> [JSONNode] {
        offset += 1
        var elements: [JSONNode] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw expected("',' or ']'") }
        }
    }

    private mutating func word(_ word: String, _ value: JSONNode.Value) throws(JSONFault) -> JSONNode.Value {
        guard text[offset...].starts(with: word.utf8) else { throw expected("a value") }
        offset += word.utf8.count
        return value
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    private mutating func number() throws(JSONFault) -> String {
        let start = offset
        let isNegative = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits(isNegative ? "a digit" : "a value") }
        if take(UInt8(ascii: ".")) { try digits("a digit") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits("a digit")
        }
        return String(decoding: text[start..<offset], as: UTF8.self)
    }

    private mutating func digits(_ what: String) throws(JSONFault) {
        let start = offset
        while let byte = next, (0x30...0x39).contains(byte) { offset += 1 }
        guard offset > start else { throw expected(what) }
    }

    private mutating func string() throws(JSONFault) -> String {
        let start = offset
        offset += 1
        var units: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                guard let string = String(validating: units, as: UTF8.self) else {
                    throw .unexpected(offset: start, expected: "text in UTF-8")
                }
                return string
            case UInt8(ascii: "\\"):
                offset += 1
                units += try escaped()
            case 0..<0x20: throw expected("'\"' at the end of the text")
            default:
                units.append(byte)
                offset += 1
            }
        }
        throw expected("'\"' at the end of the text")
    }

    private mutating func escaped() throws(JSONFault) -> [UInt8] {
        let escapes: [UInt8: UInt8] = [
            0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, 0x62: 0x08, 0x66: 0x0c, 0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09,
        ]
        if let byte = next, let plain = escapes[byte] {
            offset += 1
            return [plain]
        }
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]) {
            guard take(UInt8(ascii: "\\")) else { throw expected("the second half of the character") }
            units.append(try codeUnit())
        }
        guard let string = String(validating: units, as: UTF16.self) else { throw expected("a character") }
        return Array(string.utf8)
    }

    /// `uXXXX`.
    private mutating func codeUnit() throws(JSONFault) -> UInt16 {
        let digits = text[offset...].dropFirst().prefix(4)
        guard next == UInt8(ascii: "u"), digits.count == 4, digits.first != UInt8(ascii: "+"),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw expected("an escape of JSON") }
        offset += 5
        return unit
    }
}
