import Chain
import EthWire
import Primitives
import RLP

extension CompactBlock {
    /// Whether this is what it says, knowing the block: the ids, the given transactions and the rest are the block's.
    ///
    /// - Complexity: O(transactions).
    func matches(_ block: Block) -> Bool {
        guard transactionCount == block.transactions.count, let placed = try? prefilled.decoded(),
            let rest = try? BlockBody(rlp: rest), rest.transactions.isEmpty, rest.ommers == block.body.ommers,
            rest.withdrawals == block.body.withdrawals
        else { return false }
        let hash = ShortIDHash(block: block.hash, nonce: nonce)
        var given = placed[...]
        var named = 0
        for (index, transaction) in block.transactions.enumerated() {
            if let next = given.first, Int(next.index) == index {
                guard next.transaction == transaction else { return false }
                given.removeFirst()
            } else {
                guard named < idCount, shortID(named) == hash.id(of: transaction.hash) else { return false }
                named += 1
            }
        }
        return given.isEmpty && named == idCount
    }
}

extension PartialBlock<CompactForm> {
    /// What this node lacked of the block that this has become, by a form that is true; nil where none tells it.
    func lack(of block: Block) -> RepairSize? {
        for form in forms where form.state != .refuted && form.compact.matches(block) {
            if let lack = form.lack(of: block) { return lack }
        }
        return nil
    }
}
