public import Primitives
import RLP

/// The blocks whose bodies and receipts a peer can serve, `earliest ... latest` (EIP-7642).
public struct BlockRange: Hashable, Sendable {
    /// The lowest block number.
    public var earliest: UInt64
    /// The highest block number: that of the head.
    public var latest: UInt64
    /// The hash of the head.
    public var latestHash: Hash32

    public init(earliest: UInt64, latest: UInt64, latestHash: Hash32) {
        self.earliest = earliest
        self.latest = latest
        self.latestHash = latestHash
    }

    /// Whether the range is valid. go-ethereum disconnects if it isn't. EIP-7642's text has the comparison of the
    /// numbers the wrong way round.
    public var isValid: Bool { earliest <= latest && !latestHash.isZero }

    func encodeFields(to list: inout RLPWriter) {
        list.write(earliest)
        list.write(latest)
        list.write(latestHash)
    }

    init(fieldsFrom list: inout RLPReader) throws(RLPError) {
        earliest = try list.read()
        latest = try list.read()
        latestHash = try list.read()
    }
}
