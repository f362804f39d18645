import EthWire
import RLP

/// Indices of transactions in a block, ascending, two bytes each, big-endian: what a peer is asked for.
public struct TransactionIndices: Hashable, Sendable {
    static let maxBytes = 2 * EthLimits.maxBlockTransactions

    /// As they are sent.
    public let bytes: ArraySlice<UInt8>

    /// - Parameter indices: ascending, below 65,536.
    public init(_ indices: some Collection<Int>) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * indices.count)
        for index in indices {
            bytes.append(UInt8(truncatingIfNeeded: index >> 8))
            bytes.append(UInt8(truncatingIfNeeded: index))
        }
        self.bytes = bytes[...]
    }

    /// - Throws: where the indices don't ascend, or there is none.
    init(bytes: ArraySlice<UInt8>) throws(RLPError) {
        self.bytes = bytes
        guard !bytes.isEmpty, bytes.count % 2 == 0 else { throw .invalidValue }
        var last = -1
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 2) {
            let index = Int(bytes[start]) << 8 | Int(bytes[start + 1])
            guard index > last else { throw .invalidValue }
            last = index
        }
    }

    public var count: Int { bytes.count / 2 }

    /// The indices, ascending.
    public var indices: [Int] {
        stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
    }
}
