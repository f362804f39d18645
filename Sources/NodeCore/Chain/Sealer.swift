import Consensus
import EthCrypto
import Primitives
import SansIO

/// When to seal the next block.
struct Sealer: Sendable {
    /// Nil for a node that doesn't seal.
    let key: PrivateKey?
    /// What the engine allows on top of the head; nil where it is somebody else's turn, or not known yet.
    private(set) var plan: SealPlan?
    /// Between the start of a seal and its result nothing else is begun.
    var isUnderway = false

    init(key: PrivateKey?) { self.key = key }

    var deadline: Instant? { isUnderway ? nil : plan?.when }

    mutating func set(_ plan: SealPlan?) { self.plan = plan }

    /// The plan whose time has come, if it is for this head.
    mutating func takeDue(head: Hash32, hasTransactions: Bool, now: Instant) -> SealPlan? {
        guard !isUnderway, let due = plan, due.when <= now else { return nil }
        guard due.parent == head else {
            plan = nil
            return nil
        }
        guard due.allowsEmptyBlock || hasTransactions else {
            // Looks again at the next transaction or head, at the latest in a second.
            plan?.when = now + .seconds(1)
            return nil
        }
        plan = nil
        isUnderway = true
        return due
    }
}
