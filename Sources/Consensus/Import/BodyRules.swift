public import Chain
import Primitives
import RLP
import Trie

/// A rule about a block's body or its execution that a block can break.
public enum BlockRule: String, Hashable, Sendable, CaseIterable {
    case transactionsRoot = "the transactions have the header's root"
    case ommersHash = "the ommers have the header's hash"
    case withdrawalsRoot = "the withdrawals have the header's root"
    case gasUsed = "the transactions use the header's gas"
    case logsBloom = "the logs have the header's bloom"
    case receiptsRoot = "the receipts have the header's root"
    case stateRoot = "the state after the block has the header's root"
}

/// Whether a body is the one that a header commits to.
public enum BodyRules {
    /// The first rule that the body breaks; nil if it is the header's.
    ///
    /// - Complexity: hashes the whole body.
    public static func brokenRule(of body: BlockBody, header: Header) -> BlockRule? {
        guard body.ommersHash == header.ommersHash else { return .ommersHash }
        guard OrderedTrie.root(of: body.transactions.map(\.encoded)) == header.transactionsRoot else {
            return .transactionsRoot
        }
        guard body.withdrawals.map({ OrderedTrie.root(of: $0.map(\.rlp)) }) == header.withdrawalsRoot else {
            return .withdrawalsRoot
        }
        return nil
    }
}
