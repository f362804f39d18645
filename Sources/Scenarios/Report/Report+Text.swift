extension Report {
    /// The summary for a terminal.
    ///
    /// - Parameter command: what runs it again.
    public func text(command: String) -> String {
        var lines = ["", "\(scenario), seed \(seed): \(about)", ""]
        func line(_ name: String, _ value: String) {
            lines.append("  " + name + String(repeating: " ", count: max(1, 22 - name.count)) + value)
        }
        line("nodes", "\(nodes)" + (adversaries > 0 ? ", of which \(adversaries) misbehave" : ""))
        line(
            "crypto", crypto == "plain" ? "plain (sessions and discovery; blocks and transactions are signed)" : "real")
        line(
            "time",
            "\(Text.short(seconds)) s simulated in \(Text.short(realSeconds)) s, "
                + "\(Text.short(realSeconds / max(seconds, 0.001))) s for each"
                + (processorSeconds > 0 ? " (\(Text.short(processorSeconds / max(seconds, 0.001))) s of a core)" : ""))
        line("events", Text.grouped(Double(events)))
        line("height", "\(height)")
        line("blocks", Self.text(blocks))
        line("transactions", Self.text(transactions))
        line(
            "duplicates",
            "\(Text.short(blockDuplicates)) of a block, \(Text.short(transactionDuplicates)) of a transaction, per node"
        )
        if let delivery { line("delivered", "\(delivery.text), in \(Text.short(delivery.seconds)) s") }
        if let recovery { line("recovered", recovery.text) }
        line("sent by a node", Self.text(bytesPerSecond, Text.rate) + ", peak \(Text.rate(peakBytesPerSecond))")
        line("peers", Self.text(peers, Text.short))
        line("discovery table", Self.text(tableEntries, Text.short))
        let honest = bans.filter(\.isOfHonest).count
        line("bans", bans.isEmpty ? "none" : "\(bans.count), of honest nodes \(honest)")
        if !offences.isEmpty {
            let named = offences.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
            line("offences", named.joined(separator: ", "))
            let honest = offencesAmongHonest.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            line(
                "of honest by honest",
                honest.isEmpty ? "none" : honest.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
        }
        if !refusedSubmissions.isEmpty {
            let named = refusedSubmissions.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            line("refused submissions", named.joined(separator: ", "))
        }
        if deepestReorganization > 0 { line("deepest branch undone", "\(deepestReorganization) blocks") }
        line("trace", traceHash)
        lines.append("")
        for verdict in verdicts {
            lines.append("  \(verdict.outcome.mark) \(verdict.name): \(verdict.found) (limit \(verdict.limit))")
        }
        if exitCode != 0 { lines += ["", "  \(summary); again: \(command)"] }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The worst of all verdicts in a few words.
    var summary: String {
        switch exitCode {
        case 0: "all holds"
        case 3: "safety doesn't hold"
        case 4: "liveness doesn't hold"
        default: "inconclusive"
        }
    }

    private static func text(_ spread: Spread) -> String {
        guard spread.count > 0 else { return "none to judge" }
        return
            "\(spread.count) judged, \(Text.percent(spread.reached)) of nodes reached; p50 \(Text.time(spread.p50)), "
            + "p95 \(Text.time(spread.p95)), p99 \(Text.time(spread.p99))"
    }

    private static func text(_ range: Range, _ format: (Double) -> String) -> String {
        "\(format(range.median)) (\(format(range.least)) to \(format(range.most)))"
    }
}

extension Report.Delivery {
    var text: String {
        "\(Text.finePercent(share)) of \(Text.grouped(Double(pairs))), \(Text.finePercent(worst)) at worst"
            + (worstNode.map { ", \(Text.finePercent(worstNodeShare)) at node \($0)" } ?? "")
    }
}

extension Report.Recovery {
    var text: String {
        seconds > longest
            ? "not \(longest) s after \(disruptions) disruptions" : "\(seconds) s after \(disruptions) disruptions"
    }
}

extension Report.Verdict.Outcome {
    fileprivate var mark: String {
        switch self {
        case .holds: "ok  "
        case .fails: "FAIL"
        case .inconclusive: "inconclusive"
        }
    }
}
