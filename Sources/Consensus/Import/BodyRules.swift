public import Chain
public import Primitives
import RLP
import Trie

/// A rule about a block's body or its execution. The raw value is the rule as a sentence.
public enum BlockRule: String, Hashable, Sendable, CaseIterable {
    case transactionsRoot = "the transactions have the header's root"
    case ommersHash = "the ommers have the header's hash"
    case withdrawalsRoot = "the withdrawals have the header's root"
    case gasUsed = "the transactions use the header's gas"
    case logsBloom = "the logs have the header's bloom"
    case receiptsRoot = "the receipts have the header's root"
    case stateRoot = "the state after the block has the header's root"
}

/// The checks that a body is the one that a header commits to.
public enum BodyRules {
    /// The first rule that the body breaks; nil if it belongs to the header.
    ///
    /// - Complexity: hashes the whole body.
    public static func brokenRule(of body: BlockBody, header: Header) -> BlockRule? {
        brokenRule(
            transactions: body.transactions.map(\.encoded), ommersHash: body.ommersHash,
            withdrawals: body.withdrawals?.map(\.rlp), header: header)
    }

    /// The first rule that an encoded body breaks; nil if it belongs to the header. So that only bodies that belong to
    /// a header are decoded.
    ///
    /// - Parameters:
    ///   - transactions: the consensus encodings, typed ones with their type byte.
    ///   - withdrawals: the RLP of each.
    public static func brokenRule(
        transactions: [[UInt8]], ommersHash: Hash32, withdrawals: [[UInt8]]?, header: Header
    ) -> BlockRule? {
        guard ommersHash == header.ommersHash else { return .ommersHash }
        guard OrderedTrie.root(of: transactions) == header.transactionsRoot else { return .transactionsRoot }
        guard withdrawals.map({ OrderedTrie.root(of: $0) }) == header.withdrawalsRoot else { return .withdrawalsRoot }
        return nil
    }
}
