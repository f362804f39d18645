import Primitives

/// The layout of the database. Only this file makes keys.
///
/// | table | key | value |
/// |---|---|---|
/// | `metadata` | `identity` | RLP `[schema version, genesis hash, network id]` |
/// | | `head` | the 32-byte hash of the head block |
/// | `headers` | number ‖ block hash | the header's RLP |
/// | `bodies` | number ‖ block hash | the body's RLP, as in the BlockBodies message |
/// | `receipts` | number ‖ block hash | RLP list of receipts in the form of eth/69: without blooms |
/// | `difficulties` | number ‖ block hash | RLP of the total difficulty, the block's own included |
/// | `numbers` | block hash | number |
/// | `canonical` | number | block hash |
/// | `transactions` | transaction hash | number ‖ index in the block, of the canonical block that contains it |
/// | `state_nodes` | node hash | the node of a state or storage trie |
/// | `code` | code hash | a contract's code |
///
/// Numbers have 8 bytes, indices 4 bytes, big-endian: so blocks are in the order of their numbers, a range of headers
/// takes one scan, and blocks of different branches never overwrite each other. State nodes are never removed: the node
/// keeps every state.
enum Schema {
    /// Incremented with each change that older programs can't read.
    static let version: UInt64 = 1

    static let identityKey = Array("identity".utf8)
    static let headKey = Array("head".utf8)

    static func numberKey(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }

    static func blockKey(_ number: UInt64, _ hash: Hash32) -> [UInt8] { numberKey(number) + hash.bytes }

    static func number(_ bytes: some Collection<UInt8>) -> UInt64? {
        bytes.count == 8 ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }

    static func location(number: UInt64, index: UInt32) -> [UInt8] {
        numberKey(number) + (0..<4).map { UInt8(truncatingIfNeeded: index >> (24 - 8 * UInt32($0))) }
    }

    static func location(_ bytes: [UInt8]) -> (number: UInt64, index: Int)? {
        guard bytes.count == 12, let number = number(bytes[..<8]) else { return nil }
        return (number, bytes[8...].reduce(0) { $0 << 8 | Int($1) })
    }
}
