public import DevP2P
import EthWire
import Gossip
import PeerBook
import Primitives
public import SansIO

/// Behaves perfectly for a time, and so earns the slots that are safe and a good place in the meshes; then passes
/// nothing on for a time, then is good again, and so on: all the attacker's nodes at the same moments.
///
/// While it attacks it announces what it never delivers. It knows what peers are judged by (docs/REPUTATION.md), and
/// does as it should wherever one more offence would lead to anything.
public struct ScoreGaming: Behaviour {
    private let calm: Duration
    private let attack: Duration
    private let start: Instant
    /// What each peer holds against it, by its own reckoning.
    private var debts: [ConnectionID: Debt] = [:]

    /// Points that fade as those of `ReputationTable` do.
    private struct Debt {
        var points = 0.0
        var since: Instant
    }

    /// From this score on a peer isn't heard any more.
    private static let ceiling = Double(ReputationTable.standard[.ignoreAt])
    private static let secondsPerPoint = Double(ReputationTable.standard[.pointSeconds])
    /// What costs more: a request without an answer, or an announcement without a delivery.
    private static let price = Double(
        max(ReputationTable.standard[.requestTimeout].points, ReputationTable.standard[.brokenPromise].points))
    /// Connections whose debts are remembered.
    private static let maxDebts = 1_024

    /// - Parameter start: when it begins to count: first comes a calm time, then an attack, and so on.
    public init(calm: Duration = .seconds(40), attack: Duration = .seconds(20), start: Instant) {
        self.calm = calm
        self.attack = attack
        self.start = start
    }

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        guard isAttacking(outgoing.now) else { return [outgoing.message] }
        switch outgoing.ethID {
        // What isn't pushed is no offence; the request that follows is answered or not.
        case .transactions?: return outgoing.announcement.map { [$0] } ?? []
        case .newBlock?: return []
        case let id? where id.isContent: return incur(outgoing) ? [] : [outgoing.message]
        case nil where outgoing.isContent:
            guard incur(outgoing) else { return [outgoing.message] }
            return outgoing.announcement.map { [$0] } ?? []
        default: return [outgoing.message]
        }
    }

    private func isAttacking(_ now: Instant) -> Bool {
        let round = (calm + attack).nanoseconds
        let elapsed = (now - start).nanoseconds
        return elapsed >= 0 && elapsed % max(1, round) >= calm.nanoseconds
    }

    /// Whether one more thing may be withheld from a peer; then it is put down.
    private mutating func incur(_ outgoing: OutgoingMessage) -> Bool {
        var debt = debts[outgoing.connection] ?? Debt(since: outgoing.now)
        debt.points = max(0, debt.points - (outgoing.now - debt.since).inSeconds / Self.secondsPerPoint)
        debt.since = outgoing.now
        guard debt.points + Self.price < Self.ceiling, debts.count < Self.maxDebts else { return false }
        debt.points += Self.price
        debts[outgoing.connection] = debt
        return true
    }
}
