import Chain
public import Primitives

/// A pool's ready transactions from the best paid on, each sender's in the order of nonces.
///
/// The order depends on tips and the order of arrival only.
public struct BestTransactions: Sequence, IteratorProtocol, Sendable {
    private struct Rank: Comparable, Sendable {
        let tip: UInt256
        let sequence: UInt64

        /// The lowest comes first out of the heap, so the highest tip is the lowest rank.
        static func < (left: Self, right: Self) -> Bool {
            left.tip != right.tip ? left.tip > right.tip : left.sequence < right.sequence
        }
    }

    private let baseFee: UInt256?
    private var rest: [Address: ArraySlice<PoolTransaction>] = [:]
    private var heads = IndexedHeap<Address, Rank>()

    init(_ senders: some Sequence<ArraySlice<PoolTransaction>>, baseFee: UInt256?) {
        self.baseFee = baseFee
        for ready in senders { offer(ready) }
    }

    /// The best paid one of those whose sender has none before it.
    public mutating func next() -> PoolTransaction? {
        guard let sender = heads.lowest?.key, let ready = rest[sender], let transaction = ready.first else {
            return nil
        }
        heads.set(sender, to: nil)
        rest[sender] = nil
        offer(ready.dropFirst())
        return transaction
    }

    /// Leaves out the rest of a sender's transactions: one of them could not be executed.
    public mutating func skip(_ sender: Address) {
        heads.set(sender, to: nil)
        rest[sender] = nil
    }

    private mutating func offer(_ ready: ArraySlice<PoolTransaction>) {
        guard let first = ready.first, let tip = first.transaction.effectiveTip(baseFee: baseFee) else { return }
        rest[first.sender] = ready
        heads.set(first.sender, to: Rank(tip: tip, sequence: first.sequence))
    }
}
