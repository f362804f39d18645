import Chain
import Primitives

/// The transaction object of eth_call and eth_estimateGas: every member may be missing, unknown ones are ignored.
struct CallRequest: Sendable {
    var from: Address?
    var to: Address?
    var gas: UInt64?
    /// In wei; the gas price, or the most that a dynamic-fee transaction would pay.
    var maxFeePerGas: UInt256?
    var value = UInt256.zero
    var input: [UInt8] = []
    var accessList: [AccessListEntry] = []

    init(_ json: JSON) throws(ArgumentError) {
        guard case .object = json else { throw .wrongKind("a transaction object") }
        func member<Value>(
            _ name: String, _ read: (JSON) throws(ArgumentError) -> Value
        ) throws(ArgumentError) -> Value? {
            guard let value = json[name], value != .null else { return nil }
            do throws(ArgumentError) {
                return try read(value)
            } catch {
                throw ArgumentError("\(name): \(error.description)")
            }
        }
        func big(_ name: String) throws(ArgumentError) -> UInt256? {
            try member(name) { (value) throws(ArgumentError) in try value.bigQuantity() }
        }
        func bytes(_ name: String) throws(ArgumentError) -> [UInt8]? {
            try member(name) { (value) throws(ArgumentError) in try value.bytes() }
        }
        func address(_ name: String) throws(ArgumentError) -> Address? {
            try member(name) { (value) throws(ArgumentError) in try value.fixedBytes("common.Address") }
        }
        from = try address("from")
        to = try address("to")
        gas = try member("gas") { (value) throws(ArgumentError) in try value.quantity() }
        value = try big("value") ?? .zero
        let (gasPrice, maxFee) = (try big("gasPrice"), try big("maxFeePerGas"))
        guard gasPrice == nil || maxFee == nil, gasPrice == nil || json["maxPriorityFeePerGas"] ?? .null == .null else {
            throw ArgumentError("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified")
        }
        maxFeePerGas = gasPrice ?? maxFee
        let (data, input) = (try bytes("data"), try bytes("input"))
        guard data == nil || input == nil || data == input else {
            throw ArgumentError(
                #"both "data" and "input" are set and not equal. Please use "input" to pass transaction call data"#)
        }
        self.input = input ?? data ?? []
        accessList = try member("accessList", Self.entries) ?? []
    }

    private static func entries(_ json: JSON) throws(ArgumentError) -> [AccessListEntry] {
        guard let elements = json.array else { throw .wrongKind("an array") }
        var entries: [AccessListEntry] = []
        for element in elements {
            guard let address = element["address"] else { throw .wrongKind("entries with an address") }
            var keys: [Hash32] = []
            for key in element["storageKeys"]?.array ?? [] { keys.append(try key.fixedBytes("common.Hash")) }
            entries.append(AccessListEntry(address: try address.fixedBytes("common.Address"), storageKeys: keys))
        }
        return entries
    }
}
