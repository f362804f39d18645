public import Primitives
public import RLP

/// A payment from the beacon chain to an account (EIP-4895): `[index, validatorIndex, address, amount]`.
public struct Withdrawal: Hashable, Sendable {
    /// The number of the withdrawal since the first one.
    public var index: UInt64
    /// The index of the validator on the beacon chain.
    public var validatorIndex: UInt64
    /// The account that is credited.
    public var address: Address
    /// In gwei.
    public var amount: UInt64

    public init(index: UInt64, validatorIndex: UInt64, address: Address, amount: UInt64) {
        self.index = index
        self.validatorIndex = validatorIndex
        self.address = address
        self.amount = amount
    }
}

extension Withdrawal: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(index)
            list.write(validatorIndex)
            list.write(address)
            list.write(amount)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        index = try list.read()
        validatorIndex = try list.read()
        address = try list.read()
        amount = try list.read()
        try list.expectEnd()
    }
}
