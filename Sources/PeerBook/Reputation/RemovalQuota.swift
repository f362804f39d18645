import DevP2P
import Primitives
import SansIO

/// How many peers each rule of judgement has removed of late: one that errs, since this node's clock or view of the chain
/// is wrong, must not make it drop everybody.
///
/// Several nodes of one range of addresses count once, so that an attacker's many identities don't use up the share.
struct RemovalQuota: Sendable {
    private enum Party: Hashable, Sendable {
        case range(Subnet)
        case node(NodeID)

        init(_ id: NodeID, at ip: IPAddress?) {
            if let ip, !ip.isLAN { self = .range(Subnet(ip)) } else { self = .node(id) }
        }
    }

    private struct Removal: Sendable {
        let party: Party
        let at: Instant
    }

    private var removals: [Offence: [Removal]] = [:]

    /// - Parameters:
    ///   - isPeer: whether the node is one of the peers now; then the last one stays, too.
    ///   - peerCount: all peers, the node included.
    func permits(
        _ rule: Offence, _ id: NodeID, at ip: IPAddress?, isPeer: Bool, peerCount: Int, _ table: ReputationTable,
        now: Instant
    ) -> Bool {
        if isPeer, peerCount <= 1 { return false }
        let recent = recent(rule, table, now: now)
        let parties = Set(recent.map(\.party))
        if parties.contains(Party(id, at: ip)) { return true }
        let share = (peerCount + recent.count) * table[.removalPercent] / 100
        return parties.count < max(1, share)
    }

    mutating func note(_ rule: Offence, _ id: NodeID, at ip: IPAddress?, _ table: ReputationTable, now: Instant) {
        // A window's worth is kept; so many removals in it are as good as any more.
        removals[rule] = recent(rule, table, now: now).suffix(1_023) + [Removal(party: Party(id, at: ip), at: now)]
    }

    private func recent(_ rule: Offence, _ table: ReputationTable, now: Instant) -> [Removal] {
        let window = Duration.seconds(table[.removalWindowSeconds])
        return (removals[rule] ?? []).filter { now - $0.at < window }
    }
}
