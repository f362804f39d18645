import Chain
import Primitives

/// How little a transaction deserves its place: the lowest rank goes first.
///
/// What can't be executed goes before what can, so that transactions of the future, which cost nothing to make, can
/// never push out others ("DETER", Li et al., CCS 2021); then the lower tip, then the later arrival.
struct EvictionRank: Comparable, Sendable {
    enum Kind: UInt8, Comparable, Sendable {
        case queued
        /// Ready, but the base fee is above its maximum fee; the price is that maximum.
        case belowBaseFee
        case ready

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let kind: Kind
    let price: UInt256
    let sequence: UInt64

    init(_ transaction: PoolTransaction, isReady: Bool, baseFee: UInt256?) {
        let tip = transaction.transaction.effectiveTip(baseFee: baseFee)
        price = tip ?? transaction.transaction.maxFeePerGas
        kind = !isReady ? .queued : tip == nil ? .belowBaseFee : .ready
        sequence = transaction.sequence
    }

    static func < (left: Self, right: Self) -> Bool {
        if left.kind != right.kind { return left.kind < right.kind }
        if left.price != right.price { return left.price < right.price }
        return left.sequence > right.sequence
    }

    /// Whether a newcomer of this rank may push out another one: only for a better kind or a higher price.
    func outbids(_ other: Self) -> Bool { kind != other.kind ? kind > other.kind : price > other.price }
}
