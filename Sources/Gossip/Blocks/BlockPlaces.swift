import EthWire
import RLP

/// Places of transactions in a block, ascending, two bytes each: what a peer is asked for.
public struct BlockPlaces: Hashable, Sendable {
    static let maxBytes = 2 * EthLimits.maxBlockTransactions

    /// As they are sent.
    public let bytes: ArraySlice<UInt8>

    /// - Parameter places: ascending, below 65,536.
    public init(_ places: some Collection<Int>) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * places.count)
        for place in places {
            bytes.append(UInt8(truncatingIfNeeded: place >> 8))
            bytes.append(UInt8(truncatingIfNeeded: place))
        }
        self.bytes = bytes[...]
    }

    /// - Throws: where the places don't ascend, or there is none.
    init(bytes: ArraySlice<UInt8>) throws(RLPError) {
        self.bytes = bytes
        guard !bytes.isEmpty, bytes.count % 2 == 0 else { throw .invalidValue }
        var last = -1
        for index in stride(from: bytes.startIndex, to: bytes.endIndex, by: 2) {
            let place = Int(bytes[index]) << 8 | Int(bytes[index + 1])
            guard place > last else { throw .invalidValue }
            last = place
        }
    }

    public var count: Int { bytes.count / 2 }

    /// The places, ascending.
    public var places: [Int] {
        stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
    }
}
