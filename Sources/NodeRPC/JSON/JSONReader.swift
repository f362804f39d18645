/// Why text is no JSON that this node reads.
public enum JSONError: Error, Hashable, Sendable {
    /// The offset in bytes of what doesn't fit.
    case invalid(at: Int)
    /// Arrays and objects inside each other, more than `JSONReader.maxDepth`.
    case tooDeep
    /// More than `JSONReader.maxValues` values.
    case tooManyValues
}

/// Reads one JSON document (RFC 8259) from untrusted bytes: bounded in depth and in the number of values.
struct JSONReader {
    /// No request needs more than a handful of levels; without a limit a request could overflow the stack.
    static let maxDepth = 64
    /// Of values of all kinds: 5 MiB of `0,0,0…` would become 100 MiB otherwise.
    static let maxValues = 500_000

    private let text: [UInt8]
    private var offset = 0
    private var count = 0

    private init(_ text: [UInt8]) { self.text = text }

    static func read(_ text: [UInt8]) throws(JSONError) -> JSON {
        var reader = JSONReader(text)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.offset == text.count else { throw reader.failure }
        return value
    }

    private var failure: JSONError { .invalid(at: offset) }

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

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth < Self.maxDepth else { throw .tooDeep }
        count += 1
        guard count <= Self.maxValues else { throw .tooManyValues }
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

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        offset += 1
        var members: [JSON.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure }
            members.append(JSON.Member(name, try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw failure }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        offset += 1
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw failure }
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let end = offset + word.utf8CodeUnitCount
        guard end <= text.count, text[offset..<end].elementsEqual("\(word)".utf8) else { throw failure }
        offset = end
        return value
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    private mutating func number() throws(JSONError) -> JSON {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return .number(String(decoding: text[start..<offset], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = offset
        while let byte = next, (0x30...0x39).contains(byte) { offset += 1 }
        guard offset > start else { throw failure }
    }

    private mutating func string() throws(JSONError) -> String {
        guard take(UInt8(ascii: "\"")) else { throw failure }
        var units: [UInt8] = []
        var runStart = offset
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                units.append(contentsOf: text[runStart..<offset])
                guard let string = String(validating: units, as: UTF8.self) else { throw failure }
                offset += 1
                return string
            case UInt8(ascii: "\\"):
                units.append(contentsOf: text[runStart..<offset])
                offset += 1
                units.append(contentsOf: try escaped())
                runStart = offset
            case 0..<0x20: throw failure
            default: offset += 1
            }
        }
        throw failure
    }

    private mutating func escaped() throws(JSONError) -> [UInt8] {
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
        default: throw failure
        }
    }

    /// `\uXXXX`, or two of them that are a surrogate pair.
    private mutating func escapedCharacter() throws(JSONError) -> [UInt8] {
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]) {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw failure }
            units.append(try codeUnit())
        }
        guard let string = String(validating: units, as: UTF16.self) else { throw failure }
        return Array(string.utf8)
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        guard offset + 4 <= text.count, text[offset] != UInt8(ascii: "+"),
            let unit = UInt16(String(decoding: text[offset..<offset + 4], as: UTF8.self), radix: 16)
        else { throw failure }
        offset += 4
        return unit
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalid(let offset): "it is no JSON from byte \(offset) on"
        case .tooDeep: "its arrays and objects are nested too deep"
        case .tooManyValues: "it has too many values"
        }
    }
}
