public import Primitives
public import RLP

/// The fields of a type 2 transaction, to be signed (EIP-1559). `value` is in wei, fees are in wei per unit of gas.
public struct DynamicFeeTransaction: UnsignedTransaction {
    public static let type = TransactionType.dynamicFee

    public var chainID: UInt64
    public var nonce: UInt64
    public var maxPriorityFeePerGas: UInt256
    public var maxFeePerGas: UInt256
    public var gasLimit: UInt64
    /// Nil creates a contract.
    public var to: Address?
    public var value: UInt256
    public var data: [UInt8]
    public var accessList: [AccessListEntry]

    public init(
        chainID: UInt64, nonce: UInt64, maxPriorityFeePerGas: UInt256, maxFeePerGas: UInt256, gasLimit: UInt64,
        to: Address?, value: UInt256 = .zero, data: [UInt8] = [], accessList: [AccessListEntry] = []
    ) {
        self.chainID = chainID
        self.nonce = nonce
        self.maxPriorityFeePerGas = maxPriorityFeePerGas
        self.maxFeePerGas = maxFeePerGas
        self.gasLimit = gasLimit
        self.to = to
        self.value = value
        self.data = data
        self.accessList = accessList
    }

    public func encodeFields(to list: inout RLPWriter) {
        list.write(chainID)
        list.write(nonce)
        list.write(maxPriorityFeePerGas)
        list.write(maxFeePerGas)
        list.write(gasLimit)
        list.write(recipient: to)
        list.write(value)
        list.write(data)
        list.write(list: accessList)
    }
}
