/// The forks that changed what a transaction or a header may be, in their order.
///
/// Forks that moved the difficulty bomb, split off a chain (DAO) or only changed blob parameters (BPO) count in a fork
/// id, but not here.
public enum Fork: UInt8, CaseIterable, Comparable, Hashable, Sendable {
    case frontier
    case homestead
    /// EIP-150.
    case tangerineWhistle
    /// EIP-155 and EIP-158.
    case spuriousDragon
    case byzantium
    /// With Petersburg, which took back a part of it.
    case constantinople
    case istanbul
    case berlin
    case london
    case shanghai
    case cancun
    case prague
    case osaka
    case amsterdam

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
