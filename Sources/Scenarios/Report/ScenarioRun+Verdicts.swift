import Discovery
import EthCrypto
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
        var verdicts = [agreement(running), tables(running)]
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
        func judge(_ name: String, _ holds: Bool, _ found: String, _ limit: String) {
            verdicts.append(Verdict(name: name, kind: .liveness, holds: holds, found: found, limit: limit))
        }
        if let limit = limits.progress, scenario.seconds > scenario.livesFrom {
            let made = Double(report.height) - Double(tally.heightWhenHealed ?? 0)
            let share = made * Double(scenario.period) / (scenario.seconds - scenario.livesFrom)
            judge("blocks are made", share >= limit, "\(Text.percent(share)) of them", Text.percent(limit))
        }
        if let limit = limits.lag {
            let heads = running.map(\.core.status.head.number)
            let lag = Int((heads.max() ?? 0) - (heads.min() ?? 0))
            judge("every node keeps up", lag <= limit, "\(lag) blocks behind", "\(limit)")
        }
        if let limit = limits.blockSeconds {
            let found = report.blocks.p95
            judge(
                "blocks spread fast", report.blocks.count > 0 && found <= limit,
                report.blocks.count > 0 ? "p95 \(Text.short(found)) s" : "none to judge",
                "\(Text.short(limit)) s")
        }
        if let limit = limits.reachSeconds {
            let (judged, reached) = reach()
            judge(
                "transactions reach \(Text.percent(limits.reachShare)) of the nodes in \(Text.short(limit)) s",
                judged > 0 && reached == judged, judged > 0 ? "\(reached) of \(judged)" : "none to judge", "all")
        }
        if let delivery = report.delivery {
            judge(
                delivery.checker, delivery.pairs > 0 && delivery.share >= limits.deliveryShare,
                delivery.pairs > 0 ? delivery.text : "none to judge", Text.percent(limits.deliveryShare))
        }
        if let recovery = report.recovery, let limit = limits.recoverySeconds {
            judge(
                "they do so again soon after nodes have gone or come",
                recovery.pairs > 0 && Double(recovery.seconds) <= limit && Double(recovery.longest) >= limit,
                recovery.pairs > 0 ? recovery.text : "none to judge", "\(Text.short(limit)) s")
        }
        return verdicts
    }

    private func safe(_ name: String, _ holds: Bool, _ found: String, _ limit: String) -> Verdict {
        Verdict(name: name, kind: .safety, holds: holds, found: found, limit: limit)
    }

    /// All have the same block at the height below which no branch lives any more.
    private func agreement(_ running: [SimulatedNode]) -> Verdict {
        let lowest = running.map(\.core.status.head.number).min() ?? 0
        let depth = UInt64(scenario.signers / 2 + 1)
        let height = lowest > depth ? lowest - depth : 0
        let hashes = Set(running.map { (try? ChainStore($0.store).canonicalHash(height)) ?? nil })
        return safe(
            "all chains agree", hashes.count == 1 && !hashes.contains(nil),
            "\(hashes.count) at block \(height)", "1")
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
