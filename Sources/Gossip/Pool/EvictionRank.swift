import Chain
import Primitives

/// How little a transaction deserves its slot: the lowest rank goes first.
///
/// What can't be included in the next block goes before what can, so that transactions that cost nothing to make, since
/// they will never be paid for, can't push out others ("DETER", Li et al., CCS 2021): neither with a gap in the nonces,
/// nor behind one that pays too little. Then goes what is beyond its sender's share of slots, so that a few
/// large senders can't push out many small ones; then the lower price, then the later arrival.
struct EvictionRank: Comparable, Sendable {
    enum Standing: UInt8, Comparable, Sendable {
        /// It waits for another nonce, or for money.
        case queued
        /// Ready, but it or one before it doesn't pay the base fee.
        case blocked
        /// The next block could include it.
        case includable

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let standing: Standing
    let isWithinShare: Bool
    /// Of an includable one the lowest tip up to it, of a blocked one the lowest maximum fee up to it, of a queued one
    /// its own tip. In wei.
    let price: UInt256
    let sequence: UInt64

    /// - Parameters:
    ///   - prefix: the sender's ready transactions up to this one; nil for a queued one.
    ///   - isWithinShare: whether it is in one of the slots that its sender keeps where room is needed.
    init(_ transaction: Transaction, sequence: UInt64, prefix: ReadyPrefix?, isWithinShare: Bool, baseFee: UInt256?) {
        let tip = prefix?.tip(baseFee: baseFee)
        standing = prefix == nil ? .queued : tip == nil ? .blocked : .includable
        price = tip ?? prefix?.minFee ?? transaction.effectiveTip(baseFee: baseFee) ?? transaction.maxFeePerGas
        self.isWithinShare = isWithinShare
        self.sequence = sequence
    }

    static func < (left: Self, right: Self) -> Bool {
        if left.isOfOtherClass(than: right) { return left.isOfLowerClass(than: right) }
        if left.price != right.price { return left.price < right.price }
        return left.sequence > right.sequence
    }

    /// Whether a newcomer of this rank may push out another one: only for a better class or a higher price.
    func outbids(_ other: Self) -> Bool {
        isOfOtherClass(than: other) ? other.isOfLowerClass(than: self) : price > other.price
    }

    private func isOfOtherClass(than other: Self) -> Bool {
        standing != other.standing || isWithinShare != other.isWithinShare
    }

    private func isOfLowerClass(than other: Self) -> Bool {
        standing != other.standing ? standing < other.standing : !isWithinShare && other.isWithinShare
    }
}
