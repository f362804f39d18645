/// What a peer has been of use for, the best last.
///
/// The steps are by what it costs to pretend: transactions take money, valid new blocks take a place in the network that
/// gets them early.
enum Use: UInt8, Comparable, Sendable {
    case nothing
    /// Transactions that were new here, or answers to requests.
    case gossip
    /// Blocks that were new here and valid.
    case blocks

    static func < (left: Use, right: Use) -> Bool { left.rawValue < right.rawValue }
}
