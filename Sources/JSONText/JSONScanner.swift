/// Reads the tokens of one JSON document (RFC 8259), one after the other. The caller decides what to build from them,
/// and limits depth and size.
package struct JSONScanner: Sendable {
    private let text: [UInt8]
    /// The offset of the next byte, from the beginning of the text.
    package private(set) var offset: Int

    /// A scanner over UTF-8 text, starting at a byte offset.
    package init(_ text: [UInt8], from offset: Int = 0) {
        self.text = text
        self.offset = offset
    }

    /// The error to throw if `what` should come next and doesn't.
    package func expected(_ what: String) -> JSONSyntaxError { JSONSyntaxError(offset: offset, expected: what) }

    /// The next byte, not consumed; nil at the end.
    package var next: UInt8? { offset < text.count ? text[offset] : nil }

    /// Skips the white space of JSON: space, line feed, carriage return, tab.
    package mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
    }

    /// Consumes `byte` and returns true if it comes next; otherwise returns false.
    package mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        offset += 1
        return true
    }

    // MARK: Containers

    /// Advances to the next element of an array, whose value the caller reads next; false at the end of the array,
    /// which is consumed. To be called after `[`, and after the value of each element.
    package mutating func advanceToElement(isFirst: Bool) throws(JSONSyntaxError) -> Bool {
        skipSpace()
        if take(UInt8(ascii: "]")) { return false }
        guard isFirst || take(UInt8(ascii: ",")) else { throw expected("',' or ']'") }
        return true
    }

    /// Reads the name of the next member of an object, and gives its offset; the caller reads the value next. Nil at
    /// the end of the object, which is consumed. To be called after `{`, and after the value of each member.
    package mutating func memberName(isFirst: Bool) throws(JSONSyntaxError) -> (name: String, offset: Int)? {
        skipSpace()
        if take(UInt8(ascii: "}")) { return nil }
        guard isFirst || take(UInt8(ascii: ",")) else { throw expected("',' or '}'") }
        skipSpace()
        let start = offset
        guard next == UInt8(ascii: "\"") else { throw expected("a name in quotation marks") }
        let name = try string()
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw expected("':'") }
        return (name, start)
    }

    // MARK: Values

    /// Consumes `word`, which is `true`, `false` or `null`.
    package mutating func word(_ word: String) throws(JSONSyntaxError) {
        guard text[offset...].starts(with: word.utf8) else { throw expected("a value") }
        offset += word.utf8.count
    }

    /// The text of a number: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    package mutating func number() throws(JSONSyntaxError) -> String {
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

    private mutating func digits(_ what: String) throws(JSONSyntaxError) {
        let start = offset
        while let byte = next, (0x30...0x39).contains(byte) { offset += 1 }
        guard offset > start else { throw expected(what) }
    }

    /// Reads a string and decodes its escapes. Throws for invalid UTF-8, control characters and unpaired surrogates.
    package mutating func string() throws(JSONSyntaxError) -> String {
        guard take(UInt8(ascii: "\"")) else { throw expected("a text in quotation marks") }
        var units: [UInt8] = []
        var runStart = offset
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                units.append(contentsOf: text[runStart..<offset])
                guard let string = String(validating: units, as: UTF8.self) else {
                    throw expected("text in UTF-8 up to here")
                }
                offset += 1
                return string
            case UInt8(ascii: "\\"):
                units.append(contentsOf: text[runStart..<offset])
                offset += 1
                units.append(contentsOf: try escaped())
                runStart = offset
            case 0..<0x20: throw expected("'\"' at the end of the text")
            default: offset += 1
            }
        }
        throw expected("'\"' at the end of the text")
    }

    private mutating func escaped() throws(JSONSyntaxError) -> [UInt8] {
        let plain: UInt8
        switch next {
        case UInt8(ascii: "\"")?, UInt8(ascii: "\\")?, UInt8(ascii: "/")?: plain = text[offset]
        case UInt8(ascii: "b")?: plain = 0x08
        case UInt8(ascii: "f")?: plain = 0x0c
        case UInt8(ascii: "n")?: plain = 0x0a
        case UInt8(ascii: "r")?: plain = 0x0d
        case UInt8(ascii: "t")?: plain = 0x09
        default: return try escapedCharacter()
        }
        offset += 1
        return [plain]
    }

    /// `uXXXX`, or a surrogate pair `uXXXX\uXXXX`.
    private mutating func escapedCharacter() throws(JSONSyntaxError) -> [UInt8] {
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]) {
            guard take(UInt8(ascii: "\\")) else { throw expected("the second half of the character") }
            units.append(try codeUnit())
        }
        guard let string = String(validating: units, as: UTF16.self) else { throw expected("a character") }
        return Array(string.utf8)
    }

    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
        let digits = text[offset...].dropFirst().prefix(4)
        guard next == UInt8(ascii: "u"), digits.count == 4, digits.first != UInt8(ascii: "+"),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw expected("an escape of JSON") }
        offset += 5
        return unit
    }
}
