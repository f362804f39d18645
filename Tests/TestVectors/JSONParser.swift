extension JSONValue {
    /// Parses one JSON document (RFC 8259).
    ///
    /// Throws: `TestVectorsError.notJSON` with the offset of the first byte that does not fit.
    public init(parsing text: [UInt8]) throws(TestVectorsError) {
        var parser = JSONParser(text: text)
        self = try parser.value(depth: 0)
        parser.skipSpace()
        if parser.offset < text.count { throw parser.failure }
    }
}

/// A recursive-descent parser. Foundation's own loses the digits of large integers.
private struct JSONParser {
    let text: [UInt8]
    var offset = 0

    /// No vector is nested deeper; without a limit a broken file would overflow the stack.
    static let maximumDepth = 200

    var failure: TestVectorsError { .notJSON(at: offset) }

    var next: UInt8? { offset < text.count ? text[offset] : nil }

    init(text: [UInt8]) { self.text = text }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
    }

    /// Consumes `byte` if it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        offset += 1
        return true
    }

    mutating func value(depth: Int) throws(TestVectorsError) -> JSONValue {
        guard depth < JSONParser.maximumDepth else { throw failure }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    mutating func object(depth: Int) throws(TestVectorsError) -> JSONValue {
        offset += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure }
            members[key] = try value(depth: depth + 1)
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw failure }
        }
    }

    mutating func array(depth: Int) throws(TestVectorsError) -> JSONValue {
        offset += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw failure }
        }
    }

    mutating func word(_ word: StaticString, _ value: JSONValue) throws(TestVectorsError) -> JSONValue {
        let end = offset + word.utf8CodeUnitCount
        guard end <= text.count, text[offset..<end].elementsEqual("\(word)".utf8) else { throw failure }
        offset = end
        return value
    }

    mutating func number() throws(TestVectorsError) -> JSONValue {
        let start = offset
        while let byte = next {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                offset += 1
                continue
            default: break
            }
            break
        }
        let digits = String(decoding: text[start..<offset], as: UTF8.self)
        guard Double(digits) != nil else {
            offset = start
            throw failure
        }
        return .number(digits)
    }

    mutating func string() throws(TestVectorsError) -> String {
        guard take(UInt8(ascii: "\"")) else { throw failure }
        var units: [UInt8] = []
        var runStart = offset
        while let byte = next {
            if byte == UInt8(ascii: "\"") {
                units.append(contentsOf: text[runStart..<offset])
                guard let string = String(validating: units, as: UTF8.self) else { throw failure }
                offset += 1
                return string
            } else if byte == UInt8(ascii: "\\") {
                units.append(contentsOf: text[runStart..<offset])
                offset += 1
                units.append(contentsOf: try escaped())
                runStart = offset
            } else if byte < 0x20 {
                throw failure
            } else {
                offset += 1
            }
        }
        throw failure
    }

    mutating func escaped() throws(TestVectorsError) -> [UInt8] {
        guard let byte = next else { throw failure }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return try escapedCharacter()
        default:
            offset -= 1
            throw failure
        }
    }

    /// `\uXXXX`, or two of them that are a surrogate pair.
    mutating func escapedCharacter() throws(TestVectorsError) -> [UInt8] {
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]) {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw failure }
            units.append(try codeUnit())
        }
        guard let string = String(validating: units, as: UTF16.self) else { throw failure }
        return Array(string.utf8)
    }

    mutating func codeUnit() throws(TestVectorsError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = next, let nibble = JSONValue.nibble(digit) else { throw failure }
            offset += 1
            unit = unit << 4 | UInt16(nibble)
        }
        return unit
    }
}
