import Chain
import Primitives

/// A sender's ready transactions from the first one up to some nonce, taken together.
///
/// None of them is worth more than the worst paid one before it, since it can't be included before that one. Fee and
/// tip are kept apart, so that nothing has to be counted again when the base fee changes.
struct ReadyPrefix: Sendable {
    /// What they may take from the sender, in wei.
    private(set) var cost = UInt256.zero
    private(set) var bytes = 0
    /// The lowest maximum fee, in wei.
    private(set) var minFee = UInt256.max
    private var minTip = UInt256.max

    /// The prefix with one more; nil where the cost needs more than 256 bits.
    func adding(_ transaction: Transaction, cost added: UInt256) -> ReadyPrefix? {
        guard let sum = cost.adding(added) else { return nil }
        var longer = self
        longer.cost = sum
        longer.bytes += transaction.size
        longer.minFee = min(minFee, transaction.maxFeePerGas)
        longer.minTip = min(minTip, transaction.maxPriorityFeePerGas)
        return longer
    }

    /// The least that one of them pays to the author of a block for a unit of gas; nil where one of them doesn't pay the
    /// base fee, so that the last one can't be included.
    func tip(baseFee: UInt256?) -> UInt256? {
        guard let baseFee else { return minFee }
        return minFee.subtracting(baseFee).map { min(minTip, $0) }
    }
}
