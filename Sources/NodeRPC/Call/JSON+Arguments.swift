import Primitives

// How a JSON value is read as what Ethereum's JSON-RPC calls quantity and data. The wording of the errors is
// go-ethereum's.
extension JSON {
    func text() throws(ArgumentError) -> String {
        guard case .string(let text) = self else { throw .wrongKind("a string") }
        return text
    }

    func flag() throws(ArgumentError) -> Bool {
        guard case .bool(let flag) = self else { throw .wrongKind("true or false") }
        return flag
    }

    /// The hexadecimal digits after `0x`.
    private func digits() throws(ArgumentError) -> Substring {
        let text = try text()
        guard !text.isEmpty else { throw ArgumentError("empty hex string") }
        guard text.hasPrefix("0x") || text.hasPrefix("0X") else { throw ArgumentError("hex string without 0x prefix") }
        let digits = text.dropFirst(2)
        guard digits.utf8.allSatisfy(Self.isHexDigit) else { throw ArgumentError("invalid hex string") }
        return digits
    }

    private static func isHexDigit(_ unit: UInt8) -> Bool {
        switch unit {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    /// Any number of bytes: `0x` and two digits for each.
    func bytes() throws(ArgumentError) -> [UInt8] {
        guard let bytes = [UInt8](hex: try digits()) else { throw ArgumentError("hex string of odd length") }
        return bytes
    }

    /// - Parameter name: what go-ethereum calls the type, for the error.
    func fixedBytes<Value: FixedBytes>(_ name: String) throws(ArgumentError) -> Value {
        let digits = try digits()
        guard digits.utf8.count == 2 * Value.byteCount, let value = Value(hex: digits) else {
            throw ArgumentError("hex string has length \(digits.utf8.count), want \(2 * Value.byteCount) for \(name)")
        }
        return value
    }

    func bigQuantity() throws(ArgumentError) -> UInt256 {
        let digits = try digits()
        guard !digits.isEmpty else { throw ArgumentError("hex string \"0x\"") }
        guard digits == "0" || !digits.hasPrefix("0") else {
            throw ArgumentError("hex number with leading zero digits")
        }
        guard let value = UInt256("0x" + digits) else { throw ArgumentError("hex number > 256 bits") }
        return value
    }

    func quantity() throws(ArgumentError) -> UInt64 {
        guard let value = try bigQuantity().uint64 else { throw ArgumentError("hex number > 64 bits") }
        return value
    }

    /// As `quantity`, or a JSON number, or its digits in a string.
    func looseQuantity() throws(ArgumentError) -> UInt64 {
        switch self {
        case .number(let text), .string(let text):
            guard !text.hasPrefix("0x"), !text.hasPrefix("0X") else { return try quantity() }
            // The initializer takes a plus sign, JSON doesn't.
            guard !text.hasPrefix("+"), let value = UInt64(text) else { throw .wrongKind("a number") }
            return value
        case .object, .array, .bool, .null: throw .wrongKind("a number")
        }
    }

    func doubles() throws(ArgumentError) -> [Double] {
        guard case .array(let elements) = self else { throw .wrongKind("an array of numbers") }
        var numbers: [Double] = []
        for element in elements {
            guard case .number(let text) = element, let number = Double(text), number.isFinite else {
                throw .wrongKind("an array of numbers")
            }
            numbers.append(number)
        }
        return numbers
    }
}
