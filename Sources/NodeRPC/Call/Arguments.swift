import Primitives

/// The parameters of a call, checked as they are taken.
///
/// Every getter throws `invalid argument n: …` with go-ethereum's wording; none of them traps on anything.
struct Arguments: Sendable {
    private let values: [JSON]

    /// - Throws: a parameter that isn't there, or one too many.
    init(_ values: [JSON], of method: RPCMethod) throws(RPCError) {
        guard values.count <= method.parameters.count else {
            throw .invalidParameters("too many arguments, want at most \(method.parameters.count)")
        }
        for index in 0..<method.requiredCount where index >= values.count || values[index] == .null {
            throw .invalidParameters("missing value for required argument \(index)")
        }
        self.values = values
    }

    /// The value at `index`; nil where it was left out or is null.
    subscript(index: Int) -> JSON? {
        guard values.indices.contains(index), values[index] != .null else { return nil }
        return values[index]
    }

    /// Reads the value at `index`, which the method's list says is there.
    private func value<Value>(
        _ index: Int, _ read: (JSON) throws(ArgumentError) -> Value
    ) throws(RPCError) -> Value {
        guard let value = self[index] else { throw .invalidParameters("missing value for required argument \(index)") }
        do throws(ArgumentError) {
            return try read(value)
        } catch {
            throw .invalidArgument(index, error.description)
        }
    }

    /// Reads the value at `index`, if there is one.
    private func optional<Value>(
        _ index: Int, _ read: (JSON) throws(ArgumentError) -> Value
    ) throws(RPCError) -> Value? {
        self[index] == nil ? nil : try value(index, read)
    }

    func address(_ index: Int) throws(RPCError) -> Address {
        try value(index) { (value) throws(ArgumentError) in try value.fixedBytes("common.Address") }
    }

    func hash(_ index: Int) throws(RPCError) -> Hash32 {
        try value(index) { (value) throws(ArgumentError) in try value.fixedBytes("common.Hash") }
    }

    func bytes(_ index: Int) throws(RPCError) -> [UInt8] {
        try value(index) { (value) throws(ArgumentError) in try value.bytes() }
    }

    /// A number; JSON numbers are accepted beside `0x…`, as some clients send them.
    func count(_ index: Int) throws(RPCError) -> UInt64 {
        try value(index) { (value) throws(ArgumentError) in try value.looseQuantity() }
    }

    func optionalCount(_ index: Int) throws(RPCError) -> UInt64? {
        try optional(index) { (value) throws(ArgumentError) in try value.looseQuantity() }
    }

    func quantity(_ index: Int) throws(RPCError) -> UInt64 {
        try value(index) { (value) throws(ArgumentError) in try value.quantity() }
    }

    /// A slot of storage: up to 64 digits, an odd number of them too, with or without `0x`.
    func storageKey(_ index: Int) throws(RPCError) -> Hash32 {
        let text = try text(index)
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
        guard digits.utf8.count <= 2 * Hash32.byteCount else {
            throw .invalidParameters("storage key too long (want at most 32 bytes): \"\(text)\"")
        }
        let padding = String(repeating: "0", count: 2 * Hash32.byteCount - digits.utf8.count)
        guard let key = Hash32(hex: padding + digits) else {
            throw .invalidParameters("invalid hex in storage key: \"\(text)\"")
        }
        return key
    }

    func text(_ index: Int) throws(RPCError) -> String {
        try value(index) { (value) throws(ArgumentError) in try value.text() }
    }

    /// True or false; false where it was left out.
    func flag(_ index: Int) throws(RPCError) -> Bool {
        let flag = try optional(index) { (value) throws(ArgumentError) in try value.flag() }
        return flag ?? false
    }

    /// A block's number or tag.
    func blockNumber(_ index: Int) throws(RPCError) -> BlockSelector {
        try value(index) { (value) throws(ArgumentError) in try BlockSelector(number: value) }
    }

    /// A block's number, tag, hash, or EIP-1898's object; the latest block where it was left out.
    func block(_ index: Int) throws(RPCError) -> BlockSelector {
        let block = try optional(index) { (value) throws(ArgumentError) in try BlockSelector(value) }
        return block ?? .latest
    }

    func call(_ index: Int) throws(RPCError) -> CallRequest {
        try value(index) { (value) throws(ArgumentError) in try CallRequest(value) }
    }

    /// Numbers from 0 to 100, ascending; none where they were left out.
    func percentiles(_ index: Int) throws(RPCError) -> [Double] {
        let list = try optional(index) { (value) throws(ArgumentError) in try value.doubles() }
        return list ?? []
    }
}

/// Why a parameter is not what the method wants.
struct ArgumentError: Error {
    let description: String

    init(_ description: String) { self.description = description }

    static func wrongKind(_ wanted: String) -> ArgumentError { ArgumentError("expected \(wanted)") }
}
