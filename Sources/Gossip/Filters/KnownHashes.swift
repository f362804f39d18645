import Primitives

/// The hashes that one peer is known to have: at least the latest `capacity / 2`, at most the latest `capacity`.
///
/// Two sets that take turns: when the younger is full the older is dropped. Only the first eight bytes of a hash are
/// kept, so a full set of 32,768 takes about 0.6 MB and not 2.8. Two hashes that share them would cost the peer a
/// transaction that another peer sends it.
struct KnownHashes: Sendable {
    private let half: Int
    private var young: Set<UInt64> = []
    private var old: Set<UInt64> = []

    init(capacity: Int) { half = max(1, capacity / 2) }

    var count: Int { young.count + old.count }

    func contains(_ hash: Hash32) -> Bool { young.contains(hash.prefix64) || old.contains(hash.prefix64) }

    /// False where the hash was there already.
    @discardableResult
    mutating func insert(_ hash: Hash32) -> Bool {
        guard !contains(hash) else { return false }
        if young.count >= half {
            old = young
            young = []
        }
        young.insert(hash.prefix64)
        return true
    }
}
