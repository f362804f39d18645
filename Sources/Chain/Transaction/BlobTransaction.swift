public import Primitives
public import RLP

/// The fields of a type 3 transaction, to be signed (EIP-4844). The blobs are not part of it. `value` is in wei, fees
/// are in wei per unit of gas or blob gas.
public struct BlobTransaction: UnsignedTransaction {
    public static let type = TransactionType.blob

    public var chainID: UInt64
    public var nonce: UInt64
    public var maxPriorityFeePerGas: UInt256
    public var maxFeePerGas: UInt256
    public var gasLimit: UInt64
    public var to: Address
    public var value: UInt256
    public var data: [UInt8]
    public var accessList: [AccessListEntry]
    public var maxFeePerBlobGas: UInt256
    /// The versioned hashes of the blobs.
    public var blobHashes: [Hash32]

    public init(
        chainID: UInt64, nonce: UInt64, maxPriorityFeePerGas: UInt256, maxFeePerGas: UInt256, gasLimit: UInt64,
        to: Address, value: UInt256 = .zero, data: [UInt8] = [], accessList: [AccessListEntry] = [],
        maxFeePerBlobGas: UInt256, blobHashes: [Hash32]
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
        self.maxFeePerBlobGas = maxFeePerBlobGas
        self.blobHashes = blobHashes
    }

    public func encodeFields(to list: inout RLPWriter) {
        list.write(chainID)
        list.write(nonce)
        list.write(maxPriorityFeePerGas)
        list.write(maxFeePerGas)
        list.write(gasLimit)
        list.write(to)
        list.write(value)
        list.write(data)
        list.write(list: accessList)
        list.write(maxFeePerBlobGas)
        list.write(list: blobHashes)
    }
}
