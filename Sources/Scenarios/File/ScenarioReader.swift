import Foundation

/// Reads a JSON5 document (spec.json5.org) and says at which line and column one is wrong; Foundation's decoder doesn't.
struct ScenarioReader {
    static let maxDepth = 32

    private let text: [Character]
    private let file: String
    private var offset = 0

    /// - Parameter file: what errors call the document.
    static func read(_ document: [UInt8], file: String) throws(ScenarioError) -> ScenarioValue {
        guard let text = String(validating: document, as: UTF8.self) else {
            throw ScenarioError("\(file) is no text in UTF-8; is it a scenario file?")
        }
        var reader = ScenarioReader(text: Array(text.drop { $0 == "\u{feff}" }), file: file)
        try reader.skipSpace()
        let value = try reader.value(depth: 0)
        try reader.skipSpace()
        guard reader.offset == reader.text.count else {
            throw reader.error("something follows the end of the document")
        }
        return value
    }

    private init(text: [Character], file: String) {
        self.text = text
        self.file = file
    }

    private func error(_ what: String, at place: Int? = nil) -> ScenarioError {
        let before = text[..<min(place ?? offset, text.count)]
        let line = before.count { $0.isNewline } + 1
        let column = before.count - (before.lastIndex { $0.isNewline } ?? -1)
        return ScenarioError("\(file), line \(line), column \(column): \(what)")
    }

    /// What stands at the offset, for sentences.
    private var found: String {
        guard let next else { return "the file ends" }
        return next.isNewline ? "the line ends" : "there is '\(next)'"
    }

    private var next: Character? { offset < text.count ? text[offset] : nil }

    private func follows(_ word: String) -> Bool { text[offset...].starts(with: word) }

    /// White space and comments.
    private mutating func skipSpace() throws(ScenarioError) {
        while let character = next {
            if character.isWhitespace {
                offset += 1
            } else if follows("//") {
                offset = text[offset...].firstIndex { $0.isNewline } ?? text.count
            } else if follows("/*") {
                let start = offset
                offset += 2
                while offset < text.count, !follows("*/") { offset += 1 }
                guard offset < text.count else { throw error("this comment has no end; write */", at: start) }
                offset += 2
            } else {
                return
            }
        }
    }

    private mutating func value(depth: Int) throws(ScenarioError) -> ScenarioValue {
        guard depth < Self.maxDepth else { throw error("too many brackets inside each other") }
        switch next {
        case "{": return try object(depth: depth)
        case "[": return try list(depth: depth)
        case "\"", "'": return .string(try string())
        case let character? where character.isNumber || "+-.".contains(character): return .number(try number())
        case let character? where character.isLetter: return try word()
        default: throw error("a value is missing here; \(found)")
        }
    }

    private mutating func object(depth: Int) throws(ScenarioError) -> ScenarioValue {
        let start = offset
        offset += 1
        var members: [String: ScenarioValue] = [:]
        while true {
            try skipSpace()
            if next == "}" {
                offset += 1
                return .object(members)
            }
            guard next != nil else { throw error("this { has no }", at: start) }
            let place = offset
            let name = try name()
            guard members[name] == nil else { throw error("'\(name)' is there already", at: place) }
            try skipSpace()
            guard next == ":" else { throw error("a colon must follow '\(name)'; \(found)") }
            offset += 1
            try skipSpace()
            members[name] = try value(depth: depth + 1)
            try expectCommaOr("}", opened: start)
        }
    }

    private mutating func list(depth: Int) throws(ScenarioError) -> ScenarioValue {
        let start = offset
        offset += 1
        var elements: [ScenarioValue] = []
        while true {
            try skipSpace()
            if next == "]" {
                offset += 1
                return .list(elements)
            }
            guard next != nil else { throw error("this [ has no ]", at: start) }
            elements.append(try value(depth: depth + 1))
            try expectCommaOr("]", opened: start)
        }
    }

    /// Consumes a comma; leaves the end of an object or a list, which may follow one too.
    private mutating func expectCommaOr(_ end: Character, opened: Int) throws(ScenarioError) {
        try skipSpace()
        if next == "," {
            offset += 1
        } else if next == nil {
            throw error("this \(text[opened]) has no \(end)", at: opened)
        } else if next != end {
            throw error("a comma or \(end) must stand here; \(found)")
        }
    }

    private mutating func name() throws(ScenarioError) -> String {
        if next == "\"" || next == "'" { return try string() }
        let start = offset
        while let character = next, character.isLetter || character.isNumber || "_$".contains(character) { offset += 1 }
        guard offset > start, !text[start].isNumber else { throw error("a name is missing here; \(found)", at: start) }
        return String(text[start..<offset])
    }

    private mutating func word() throws(ScenarioError) -> ScenarioValue {
        let start = offset
        while let character = next, character.isLetter || character.isNumber || "_-".contains(character) { offset += 1 }
        let word = String(text[start..<offset])
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        case "Infinity": return .number(.infinity)
        case "NaN": return .number(.nan)
        default: throw error("'\(word)' is no value; a text needs quotation marks", at: start)
        }
    }

    private mutating func number() throws(ScenarioError) -> Double {
        let start = offset
        while let character = next, character.isLetter || character.isNumber || "+-.".contains(character) {
            offset += 1
        }
        let word = String(text[start..<offset])
        let isNegative = word.hasPrefix("-")
        let digits = word.hasPrefix("+") || isNegative ? String(word.dropFirst()) : word
        let value: Double?
        switch digits.lowercased() {
        case "infinity": value = .infinity
        case let hex where hex.hasPrefix("0x"): value = UInt64(hex.dropFirst(2), radix: 16).map { Double($0) }
        // `.5` and `5.` are numbers here; what else Double reads, such as `inf`, begins with a letter.
        case let plain where plain.first.map { $0.isNumber || $0 == "." } ?? false:
            value = Double(plain.hasSuffix(".") ? plain + "0" : plain)
        default: value = nil
        }
        guard let value else { throw error("'\(word)' is no number", at: start) }
        return isNegative ? -value : value
    }

    private mutating func string() throws(ScenarioError) -> String {
        let start = offset
        let quote = text[offset]
        offset += 1
        var string = ""
        while let character = next, !character.isNewline {
            offset += 1
            if character == quote { return string }
            string += character == "\\" ? try escaped() : String(character)
        }
        throw error("this text has no end; a \(quote) is missing", at: start)
    }

    private mutating func escaped() throws(ScenarioError) -> String {
        guard let character = next else { return "" }
        offset += 1
        switch character {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "b": return "\u{8}"
        case "f": return "\u{c}"
        case "v": return "\u{b}"
        case "0": return "\0"
        case "x": return try scalar(digits: 2)
        case "u": return try scalar(digits: 4)
        // A line that goes on in the next one.
        case let end where end.isNewline: return ""
        default: return String(character)
        }
    }

    private mutating func scalar(digits: Int) throws(ScenarioError) -> String {
        let end = offset + digits
        guard end <= text.count, let code = UInt32(String(text[offset..<end]), radix: 16),
            let scalar = Unicode.Scalar(code)
        else { throw error("\(digits) hexadecimal digits of a character must stand here") }
        offset = end
        return String(Character(scalar))
    }
}
