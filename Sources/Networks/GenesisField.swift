import Foundation
import Primitives

/// A value of a genesis file together with where it stands, so that an error can name it.
struct GenesisField {
    let file: String
    /// The keys from the top, joined with dots; empty for the whole document.
    let key: String
    let json: JSONNode?

    /// Whether the key is there with a value other than null.
    var isPresent: Bool {
        if case .null? = json { false } else { json != nil }
    }

    func invalid(_ expected: String) -> GenesisFileError { .invalid(file: file, key: name, expected: expected) }

    private var name: String { key.isEmpty ? "the document" : key }

    private func present() throws(GenesisFileError) -> JSONNode {
        guard isPresent, let json else { throw .missing(file: file, key: name) }
        return json
    }

    // MARK: Containers

    /// The value of a key of this object.
    func member(_ name: String) throws(GenesisFileError) -> GenesisField {
        guard case .object(let members) = try present() else { throw invalid("an object") }
        let path = key.isEmpty ? name : key + "." + name
        return GenesisField(file: file, key: path, json: members[name.lowercased()]?.value)
    }

    /// Every member, ascending by key, with the key as it is written.
    func members() throws(GenesisFileError) -> [(name: String, field: GenesisField)] {
        guard case .object(let members) = try present() else { throw invalid("an object") }
        return members.sorted { $0.key < $1.key }.map { _, member in
            let path = key.isEmpty ? member.key : key + "." + member.key
            return (member.key, GenesisField(file: file, key: path, json: member.value))
        }
    }

    // MARK: Numbers

    private static let longestNumber = Decimal(sign: .plus, exponent: 38, significand: 1)

    /// A number as a number, or as a string in decimal or, after `0x`, in hexadecimal.
    func uint256() throws(GenesisFileError) -> UInt256 {
        let expected = "a whole number of at most 256 bits, in decimal or in hexadecimal after 0x"
        switch try present() {
        case .string(let text):
            guard let number = UInt256(text) else { throw invalid(expected) }
            return number
        case .number(let decimal):
            guard decimal < Self.longestNumber else { throw invalid("in quotation marks, being so large") }
            guard let number = UInt256(decimal.description) else { throw invalid(expected) }
            return number
        case .object, .array, .bool, .null: throw invalid(expected)
        }
    }

    func uint64() throws(GenesisFileError) -> UInt64 {
        guard let number = try uint256().uint64 else { throw invalid("a number of at most 64 bits") }
        return number
    }

    func bool() throws(GenesisFileError) -> Bool {
        guard case .bool(let flag) = try present() else { throw invalid("true or false") }
        return flag
    }

    // MARK: Bytes

    /// Hexadecimal digits with or without `0x`.
    func bytes() throws(GenesisFileError) -> [UInt8] {
        guard case .string(let text) = try present(), let bytes = [UInt8](hex: text) else {
            throw invalid("a string of hexadecimal digits, two for each byte")
        }
        return bytes
    }

    func fixedBytes<Value: FixedBytes>(_ type: Value.Type = Value.self) throws(GenesisFileError) -> Value {
        guard let value = Value(try bytes()) else {
            throw invalid("a string of \(2 * Value.byteCount) hexadecimal digits")
        }
        return value
    }

    // MARK: Values that may be absent

    func optional<Value>(
        _ read: (GenesisField) throws(GenesisFileError) -> Value
    ) throws(GenesisFileError) -> Value? {
        isPresent ? try read(self) : nil
    }
}
