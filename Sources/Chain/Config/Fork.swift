/// The forks that changed the rules for transactions or headers, in chronological order.
///
/// Forks that moved the difficulty bomb, split off a chain (DAO) or only changed blob parameters (BPO) are part of fork
/// ids, but not listed here.
public enum Fork: UInt8, CaseIterable, Comparable, Hashable, Sendable {
    case frontier
    case homestead
    /// EIP-150.
    case tangerineWhistle
    /// EIP-155 and EIP-158.
    case spuriousDragon
    case byzantium
    /// With Petersburg, which removed EIP-1283 again.
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
