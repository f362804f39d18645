public import Primitives
import RLP

/// The blocks whose bodies and receipts a peer can serve, `earliest ... latest` (EIP-7642).
public struct BlockRange: Hashable, Sendable {
    public var earliest: UInt64
    public var latest: UInt64
    public var latestHash: Hash32

    public init(earliest: UInt64, latest: UInt64, latestHash: Hash32) {
        self.earliest = earliest
        self.latest = latest
        self.latestHash = latestHash
    }

    /// Whether it can be true. go-ethereum disconnects where it can't; EIP-7642's text has the order of the numbers
    /// the wrong way round.
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
