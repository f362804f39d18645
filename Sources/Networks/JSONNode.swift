import Foundation

/// A JSON value. Keys are compared without regard to case, as Go's decoder does it: files in use have `mixhash`.
enum JSONNode {
    case object([String: (key: String, value: JSONNode)])
    case array([JSONNode])
    case string(String)
    /// Exact to 38 digits; a longer number must be written as a string.
    case number(Decimal)
    case bool(Bool)
    case null
}

extension JSONNode: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        init(stringValue: String) { self.stringValue = stringValue }
        var intValue: Int? { nil }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Key.self) {
            var members: [String: (key: String, value: JSONNode)] = [:]
            for key in object.allKeys {
                members[key.stringValue.lowercased()] = (
                    key.stringValue, try object.decode(JSONNode.self, forKey: key)
                )
            }
            self = .object(members)
        } else if var array = try? decoder.unkeyedContainer() {
            var elements: [JSONNode] = []
            while !array.isAtEnd { elements.append(try array.decode(JSONNode.self)) }
            self = .array(elements)
        } else {
            let scalar = try decoder.singleValueContainer()
            if scalar.decodeNil() {
                self = .null
            } else if let text = try? scalar.decode(String.self) {
                self = .string(text)
            } else if let flag = try? scalar.decode(Bool.self) {
                self = .bool(flag)
            } else {
                self = .number(try scalar.decode(Decimal.self))
            }
        }
    }
}
