import Primitives

/// How a client names a block: a tag, a number, or a hash (EIP-1898).
enum BlockSelector: Hashable, Sendable {
    case earliest
    case latest
    /// The latest block: this node builds no block of pending transactions.
    case pending
    case safe
    case finalized
    case number(UInt64)
    case hash(Hash32, mustBeCanonical: Bool)

    /// The largest number that go-ethereum takes.
    private static let maxNumber = UInt64(Int64.max)

    /// A tag or a number.
    init(number value: JSON) throws(ArgumentError) {
        switch try value.text() {
        case "earliest": self = .earliest
        case "latest": self = .latest
        case "pending": self = .pending
        case "safe": self = .safe
        case "finalized": self = .finalized
        default:
            let number = try value.quantity()
            guard number <= Self.maxNumber else { throw ArgumentError("block number larger than int64") }
            self = .number(number)
        }
    }

    /// A tag, a number, a hash, or an object with `blockNumber`, or with `blockHash` and perhaps `requireCanonical`.
    init(_ value: JSON) throws(ArgumentError) {
        guard case .object = value else {
            if value.string?.utf8.count == 2 + 2 * Hash32.byteCount {
                self = .hash(try value.fixedBytes("common.Hash"), mustBeCanonical: false)
            } else {
                try self.init(number: value)
            }
            return
        }
        let members = (number: value["blockNumber"] ?? .null, hash: value["blockHash"] ?? .null)
        switch members {
        case (.null, .null): throw ArgumentError("at least one of blockNumber or blockHash is needed")
        case (let number, .null): try self.init(number: number)
        case (.null, let hash):
            let flag = value["requireCanonical"] ?? .null
            let mustBeCanonical = flag == .null ? false : try flag.flag()
            self = .hash(try hash.fixedBytes("common.Hash"), mustBeCanonical: mustBeCanonical)
        default: throw ArgumentError("cannot specify both BlockHash and BlockNumber, choose one or the other")
        }
    }
}
