import Discovery
import EthCrypto
import EthNode
import NodeCore
import NodeRecord
import Primitives
import Simulator
import Storage

// What is asked of every run, apart from the scenarios. A checker looks at the run from outside: no node knows of it.
extension ScenarioRun {
    typealias Verdict = Report.Verdict

    func verdicts(_ report: Report, _ running: [SimulatedNode]) -> [Verdict] {
        safety(report, running) + liveness(report, running)
    }

    private func safety(_ report: Report, _ running: [SimulatedNode]) -> [Verdict] {
        let limits = scenario.limits
        var verdicts = [agreement(running), tables(running)] + blame() + [hearsay()]
        let overfull = running.filter { $0.core.status.peerCount > scenario.maxPeers }.count
        verdicts.append(safe("no node has more peers than it may", overfull == 0, "\(overfull) have", "0"))
        if let limit = limits.bans {
            let count = Set(report.bans.filter(\.isOfHonest).map(\.of)).count
            verdicts.append(safe("no honest node is banned", count <= limit, "\(count) banned", "\(limit)"))
        }
        if let limit = limits.reorganization {
            let depth = report.deepestReorganization
            verdicts.append(safe("branches that are undone are short", depth <= limit, "\(depth) blocks", "\(limit)"))
        }
        if !scenario.faults.contains(where: { $0.kind == .disk }) {
            let found = report.failures.first ?? "none has"
            verdicts.append(safe("no node has failed", report.failures.isEmpty, found, "none"))
        }
        func atMost(_ name: String, _ found: Double, _ limit: Double?, _ text: (Double) -> String) {
            guard let limit else { return }
            verdicts.append(safe(name, found <= limit, text(found), text(limit)))
        }
        atMost("blocks come to a node few times", report.blockDuplicates, limits.blockDuplicates, Text.copies)
        atMost(
            "transactions come to a node few times", report.transactionDuplicates, limits.transactionDuplicates,
            Text.copies)
        atMost("no node sends more than it may", report.bytesPerSecond.most, limits.bytesPerSecond, Text.rate)
        atMost(
            "no node sends more than it may in any second", report.peakBytesPerSecond, limits.peakBytesPerSecond,
            Text.rate)
        return verdicts
    }

    private func liveness(_ report: Report, _ running: [SimulatedNode]) -> [Verdict] {
        let limits = scenario.limits
        var verdicts: [Verdict] = []
        if let limit = limits.progress {
            let made = Double(report.height) - Double(tally.heightWhenHealed ?? 0)
            let share = made * Double(scenario.period) / max(1, elapsed - scenario.livesFrom)
            verdicts.append(
                live(
                    "blocks are made", least: leastForProgress, found: Text.percent(share) + " of them",
                    limit: Text.percent(limit)
                ) { share >= limit })
        }
        if let limit = limits.lag {
            let heads = running.map(\.chain.status.head.number)
            let lag = Int((heads.max() ?? 0) - (heads.min() ?? 0))
            verdicts.append(
                live("every node keeps up", least: leastForLag, found: "\(lag) blocks behind", limit: "\(limit)") {
                    lag <= limit
                })
        }
        if let limit = limits.blockSeconds {
            let p95 = report.blocks.p95
            verdicts.append(
                live(
                    "blocks spread fast", least: leastForBlocks,
                    found: report.blocks.count > 0 ? "p95 \(Text.short(p95)) s" : nil,
                    limit: "\(Text.short(limit)) s"
                ) { p95 <= limit })
        }
        if let limit = limits.reachSeconds {
            let (judged, reached) = reach()
            verdicts.append(
                live(
                    "transactions reach \(Text.percent(limits.reachShare)) of the nodes in \(Text.short(limit)) s",
                    least: leastForReach, found: judged > 0 ? "\(reached) of \(judged)" : nil, limit: "all"
                ) {
                    reached == judged
                })
        }
        return verdicts + offline() + delivered(report)
    }

    private func offline() -> [Verdict] {
        guard let limit = scenario.limits.offlineSeconds else { return [] }
        let (seconds, node) = tally.longestOffline
        let found = seconds > 0 ? "node \(node) was for \(seconds) s" : "none was"
        let name = "no node is more than \(scenario.limits.lag ?? 2) blocks behind for long"
        let verdict = live(name, least: leastForLag + limit, found: found, limit: "\(Text.short(limit)) s") {
            Double(seconds) <= limit
        }
        return [verdict]
    }

    private func delivered(_ report: Report) -> [Verdict] {
        let limits = scenario.limits
        var verdicts: [Verdict] = []
        if let delivery = report.delivery {
            verdicts.append(
                live(
                    delivery.checker, least: leastForDelivery, found: delivery.pairs > 0 ? delivery.text : nil,
                    limit: Text.percent(limits.deliveryShare)
                ) { delivery.share >= limits.deliveryShare })
        }
        if let recovery = report.recovery, let limit = limits.recoverySeconds {
            let isLong = recovery.pairs > 0 && Double(recovery.longest) >= limit
            verdicts.append(
                live(
                    "they do so again soon after nodes have gone or come", least: leastForRecovery,
                    found: isLong || Double(recovery.seconds) > limit ? recovery.text : nil,
                    limit: "\(Text.short(limit)) s"
                ) { Double(recovery.seconds) <= limit })
        }
        return verdicts
    }

    private func safe(_ name: String, _ holds: Bool, _ found: String, _ limit: String) -> Verdict {
        Verdict(name: name, kind: .safety, outcome: holds ? .holds : .fails, found: found, limit: limit)
    }

    /// A verdict on what takes some time to judge.
    ///
    /// - Parameters:
    ///   - least: how long the run must be for it; nil where even the longest has nothing to judge.
    ///   - found: nil where there was nothing to judge.
    private func live(
        _ name: String, least: Double?, found: String?, limit: String, _ holds: () -> Bool
    ) -> Verdict {
        if let found, elapsed >= least ?? 0 {
            return Verdict(
                name: name, kind: .liveness, outcome: holds() ? .holds : .fails, found: found, limit: limit)
        }
        if let least, elapsed >= least {
            return Verdict(name: name, kind: .liveness, outcome: .fails, found: "none to judge", limit: limit)
        }
        let why = least.map { "too short: it takes \(Text.short($0.rounded(.up))) s at least" }
        return Verdict(
            name: name, kind: .liveness, outcome: .inconclusive, found: why ?? "none to judge beside the faults",
            limit: limit)
    }

    /// Honest nodes have the same blocks at all heights below which no branch lives any more, compared each second. Who
    /// has nothing to compare is named: whether he keeps up is for another checker.
    private func agreement(_ running: [SimulatedNode]) -> Verdict {
        let name = "all chains agree"
        if let conflict = agreement.conflict { return safe(name, false, "\(conflict)", "no conflict") }
        let (count, height) = agreement.count(of: running.map(\.index))
        let found = "\(count) of \(running.count) nodes compared, up to block \(height)"
        guard count == 0 else { return safe(name, true, found, "no conflict") }
        let least = Text.short(leastForAgreement.rounded(.up))
        let why = elapsed < leastForAgreement ? "too short: it takes \(least) s at least" : found
        return Verdict(name: name, kind: .safety, outcome: .inconclusive, found: why, limit: "no conflict")
    }

    private func blame() -> [Verdict] {
        let blame = tally.blame
        func found(_ count: Int, _ first: Blame.Case?, _ what: String) -> String {
            first.map { "\(count) \(what), the first: \($0)" } ?? "none"
        }
        return [
            safe(
                "no honest node is charged with a fact by an honest one", blame.facts == 0,
                found(blame.facts, blame.firstFact, "charges"), "0"),
            safe(
                "no honest node ends a session with an honest one for an offence", blame.ended == 0,
                found(blame.ended, blame.firstEnded, "sessions"), "0"),
        ]
    }

    private func hearsay() -> Verdict {
        let hearsay = tally.hearsay
        return safe(
            "no hearsay replaces an address where a node was reached", hearsay.count == 0,
            hearsay.first.map { "\(hearsay.count) dials, the first: \($0)" } ?? "none", "0")
    }

    /// No table has the node itself, a node twice, or more in a bucket than fit.
    private func tables(_ running: [SimulatedNode]) -> Verdict {
        let broken = running.filter { node in
            guard let table = node.core.discoveryTable else { return false }
            let ids = table.entries.map(\.contact.id)
            var buckets: [Int: Int] = [:]
            for id in ids { buckets[max(240, table.localID.logDistance(to: id)), default: 0] += 1 }
            return Set(ids).count != ids.count || ids.contains(table.localID) || ids.count != table.count
                || buckets.values.contains { $0 > KademliaTable.bucketSize }
        }
        let first = broken.first.map { ", first of them node \($0.index)" } ?? ""
        return safe("discovery tables are in order", broken.isEmpty, "\(broken.count) aren't\(first)", "0")
    }
}
