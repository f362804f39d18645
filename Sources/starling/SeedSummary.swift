import Foundation
import Scenarios

/// What the runs of one scenario with many seeds have in common.
struct SeedSummary {
    private var count = 0
    private var holding = 0
    private var inconclusive = 0
    private var failures: [String: Int] = [:]
    private var worstDelivery: (share: Double, seed: UInt64)?
    private var longestRecovery: (recovery: Report.Recovery, seed: UInt64)?
    private(set) var exitCode: Int32 = 0

    mutating func add(_ report: Report) {
        count += 1
        let failed = report.verdicts.filter { $0.outcome == .fails }
        if report.exitCode == 0 { holding += 1 }
        if report.exitCode == 5 { inconclusive += 1 }
        for verdict in failed { failures[verdict.name, default: 0] += 1 }
        if let share = report.delivery?.share, share < worstDelivery?.share ?? 2 {
            worstDelivery = (share, report.seed)
        }
        if let recovery = report.recovery, recovery.seconds > longestRecovery?.recovery.seconds ?? -1 {
            longestRecovery = (recovery, report.seed)
        }
        exitCode = Self.worse(exitCode, report.exitCode)
    }

    /// Broken safety is worse than broken liveness, which is worse than nothing to judge.
    private static func worse(_ left: Int32, _ right: Int32) -> Int32 {
        left == 0 || right == 0 ? max(left, right) : min(left, right)
    }

    /// How many hold, the worst delivery, and which checkers failed how often.
    var text: String {
        var parts = ["\(holding) of \(count) seeds hold"]
        if inconclusive > 0 { parts.append("\(inconclusive) inconclusive") }
        if let (share, seed) = worstDelivery { parts.append("worst delivery \(Self.percent(share)) (seed \(seed))") }
        if let (recovery, seed) = longestRecovery {
            parts.append(
                recovery.seconds > recovery.longest
                    ? "no recovery in \(recovery.longest) s (seed \(seed))"
                    : "longest recovery \(recovery.seconds) s (seed \(seed))")
        }
        let sorted = failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let lines = sorted.map { "    failed with \($0.value) seeds: \($0.key)" }
        return ([parts.joined(separator: "; ")] + lines).joined(separator: "\n")
    }

    /// One run; what failed in it, and the command that runs it again.
    static func line(_ report: Report, command: String) -> String {
        let open = report.verdicts.filter { $0.outcome != .holds }
        let delivery = report.delivery.map { "  delivered \(percent($0.share))" } ?? ""
        let recovery = report.recovery.map { "  recovered \($0.seconds) s" } ?? ""
        var lines = [
            "seed \(report.seed)  \(open.isEmpty ? "ok  " : report.exitCode == 5 ? "inconclusive" : "FAIL")  height \(report.height)\(delivery)\(recovery)"
                + "  trace \(report.traceHash.prefix(18))"
        ]
        lines += open.map { "    \($0.name): \($0.found) (limit \($0.limit))" }
        if !open.isEmpty { lines.append("    again: \(command)") }
        return lines.joined(separator: "\n")
    }

    /// Rounded down, so that 100 % are all.
    private static func percent(_ share: Double) -> String {
        String(format: "%.2f %%", (share * 10_000).rounded(.down) / 100)
    }
}
