import Consensus
import EthCrypto
import Primitives
import SansIO

/// When to seal the next block, in Unix time.
struct Sealer: Sendable {
    private static let rest = Duration.seconds(1)

    /// Nil for a node that doesn't seal.
    let key: PrivateKey?
    /// What the engine allows on top of the head; nil where it is somebody else's turn, or not known yet.
    private(set) var plan: SealPlan?
    /// When to look again for transactions, where a block needs some and there are none: at the next one or at the
    /// next head, and at the latest then.
    private var idleUntil: Instant?
    /// Between the start of a seal and its result nothing else is begun.
    var isUnderway = false

    init(key: PrivateKey?) { self.key = key }

    var deadline: Instant? {
        guard !isUnderway, let plan else { return nil }
        return idleUntil.map { max($0, plan.when) } ?? plan.when
    }

    mutating func set(_ plan: SealPlan?) {
        self.plan = plan
        idleUntil = nil
    }

    /// There are new transactions.
    mutating func wake() { idleUntil = nil }

    /// Of what the pool has nothing can be executed now: the same plan again, with other transactions.
    mutating func rest(_ plan: SealPlan, now: Instant) {
        self.plan = plan
        idleUntil = now + Self.rest
    }

    /// A seal came to nothing: the same plan again, later.
    mutating func retry(_ plan: SealPlan, at moment: Instant) {
        var later = plan
        later.when = moment
        self.plan = later
    }

    /// The plan whose time has come, if it is for this head.
    mutating func takeDue(head: Hash32, hasTransactions: Bool, now: Instant) -> SealPlan? {
        guard let deadline, deadline <= now, var due = plan else { return nil }
        guard due.parent == head else {
            plan = nil
            return nil
        }
        if !due.allowsEmptyBlock {
            guard hasTransactions else {
                idleUntil = now + Self.rest
                return nil
            }
            // The plan may be hours old.
            due.timestamp = max(due.timestamp, now.unixSeconds)
        }
        plan = nil
        isUnderway = true
        return due
    }
}
