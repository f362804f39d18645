public import Primitives
public import RLP

/// The fields of a type 1 transaction, to be signed (EIP-2930). `value` is in wei, `gasPrice` in wei per unit of gas.
public struct AccessListTransaction: UnsignedTransaction {
    public static let type = TransactionType.accessList

    public var chainID: UInt64
    public var nonce: UInt64
    public var gasPrice: UInt256
    public var gasLimit: UInt64
    /// Nil creates a contract.
    public var to: Address?
    public var value: UInt256
    public var data: [UInt8]
    public var accessList: [AccessListEntry]

    public init(
        chainID: UInt64, nonce: UInt64, gasPrice: UInt256, gasLimit: UInt64, to: Address?, value: UInt256 = .zero,
        data: [UInt8] = [], accessList: [AccessListEntry] = []
    ) {
        self.chainID = chainID
        self.nonce = nonce
        self.gasPrice = gasPrice
        self.gasLimit = gasLimit
        self.to = to
        self.value = value
        self.data = data
        self.accessList = accessList
    }

    public func encodeFields(to list: inout RLPWriter) {
        list.write(chainID)
        list.write(nonce)
        list.write(gasPrice)
        list.write(gasLimit)
        list.write(recipient: to)
        list.write(value)
        list.write(data)
        list.write(list: accessList)
    }
}
