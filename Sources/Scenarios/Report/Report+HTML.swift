extension Report {
    /// One page that needs nothing else: numbers, verdicts and plots.
    ///
    /// - Parameter command: what runs it again.
    public func html(command: String) -> String {
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(scenario.escaped), seed \(seed)</title>
            <style>\(Self.style)\(Plot.style)</style></head><body><main>
            <header><h1>\(scenario.escaped) <small>seed \(seed)</small></h1>
            <p>\(about.escaped)</p><p class="badge \(Self.badge[exitCode] ?? "bad")">\(summary)</p></header>
            \(cards)
            \(verdictTable)
            <section class="plots">\(plots)</section>
            <section class="plots">\(bars)</section>
            <footer><p>Again: <code>\(command.escaped)</code></p>
            <p>Trace <code>\(traceHash)</code> of \(Text.grouped(Double(events))) events. Crypto: \(crypto)\
            \(crypto == "plain" ? ": sessions and discovery packets are neither encrypted nor signed" : "").</p></footer>
            </main></body></html>

            """
    }

    private static let badge: [Int32: String] = [0: "good", 5: "open"]

    private static func time(_ spread: Spread, _ value: Double) -> String {
        spread.count > 0 ? Text.time(value) : "not judged"
    }

    private static func quantiles(_ spread: Spread) -> String {
        spread.count > 0 ? "p50 \(Text.time(spread.p50)), p99 \(Text.time(spread.p99))" : "no time for it"
    }

    private var cards: String {
        var cards: [(String, String, String)] = [
            ("nodes", "\(nodes)", adversaries > 0 ? "\(adversaries) misbehave" : "all honest"),
            (
                "simulated", "\(Text.short(seconds)) s",
                "in \(Text.short(realSeconds)) s, \(Text.short(realSeconds / max(seconds, 0.001))) s each"
            ),
            (
                "height", "\(height)",
                deepestReorganization > 0 ? "\(deepestReorganization) undone at most" : "nothing undone"
            ),
            ("block p95", Self.time(blocks, blocks.p95), Self.quantiles(blocks)),
            ("transaction p95", Self.time(transactions, transactions.p95), Self.quantiles(transactions)),
            (
                "sent by a node", Text.rate(bytesPerSecond.median),
                "\(Text.rate(bytesPerSecond.least)) to \(Text.rate(bytesPerSecond.most))"
            ),
            ("bans", "\(bans.count)", "\(bans.filter(\.isOfHonest).count) of honest nodes"),
        ]
        if let delivery {
            cards.append(
                (
                    "delivered in \(Text.short(delivery.seconds)) s", Text.finePercent(delivery.share),
                    "\(Text.finePercent(delivery.worst)) in the worst ten seconds"
                ))
        }
        if let recovery {
            cards.append(("recovered after", "\(recovery.seconds) s", "\(recovery.disruptions) disruptions"))
        }
        let all = cards.map { "<div class=\"card\"><span>\($0.0)</span><b>\($0.1)</b><small>\($0.2)</small></div>" }
        return "<section class=\"cards\">\(all.joined())</section>"
    }

    private static let classes: [Verdict.Outcome: String] = [.holds: "good", .fails: "bad", .inconclusive: "open"]

    private var verdictTable: String {
        let rows = verdicts.map { verdict in
            "<tr><td class=\"\(Self.classes[verdict.outcome] ?? "")\">\(verdict.outcome.rawValue)</td>"
                + "<td>\(verdict.name.escaped)</td><td>\(verdict.kind.rawValue)</td>"
                + "<td>\(verdict.found.escaped)</td><td>\(verdict.limit.escaped)</td></tr>"
        }
        return "<div class=\"scroll\"><table><thead><tr><th></th><th>checker</th><th>kind</th><th>found</th>"
            + "<th>limit</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>"
    }

    private var plots: String {
        func curve(_ spread: Spread) -> [(x: Double, y: Double)] { spread.curve.map { ($0[0], $0[1] * 100) } }
        func line(_ name: String, _ colour: Int, _ value: (Sample) -> Double) -> Plot.Line {
            Plot.Line(name: name, colour: colour, points: samples.map { ($0.second, value($0)) })
        }
        let windows = faults.map { Plot.Window(name: $0.name, from: $0.from, to: $0.to) }
        let all = [
            Plot(
                title: "Propagation", xLabel: "seconds after it was sent or sealed", yLabel: "% of the nodes",
                lines: [
                    Plot.Line(name: "blocks", colour: 1, points: curve(blocks)),
                    Plot.Line(name: "transactions", colour: 2, points: curve(transactions)),
                ], yEnd: 100),
            Plot(
                title: "Height of the chain", xLabel: "seconds", yLabel: "blocks",
                lines: [line("highest node", 1) { Double($0.highest) }, line("lowest node", 2) { Double($0.lowest) }],
                windows: windows),
            Plot(
                title: "Sent by a node", xLabel: "seconds", yLabel: "mean, a second",
                lines: [line("bytes", 1, \.bytesPerNode)], windows: windows, yFormat: Text.rate),
            Plot(
                title: "Nodes that run, and their peers", xLabel: "seconds", yLabel: "nodes, mean of peers",
                lines: [line("running", 1) { Double($0.running) }, line("peers", 2, \.peers)],
                windows: windows),
        ]
        return all.map(\.html).joined()
    }

    private var bars: String {
        func whole(_ name: String, _ value: Int) -> (name: String, value: Double, text: String) {
            (name, Double(value), Text.grouped(Double(value)))
        }
        let names = ["0", "1 to 50", "51 to 100", "above 100"]
        var all = [
            Bars(
                title: "Copies beyond the first, per node",
                bars: [
                    ("of a block", blockDuplicates, Text.short(blockDuplicates)),
                    ("of a transaction", transactionDuplicates, Text.short(transactionDuplicates)),
                ]),
            Bars(title: "Scores of peers at the end (0 is good)", bars: zip(names, scores).map { whole($0, $1) }),
        ]
        if !offences.isEmpty {
            let sorted = offences.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            all.append(Bars(title: "Offences", bars: sorted.map { whole($0.key, $0.value) }))
        }
        let sorted = regions.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        all.append(Bars(title: "Nodes by region", bars: sorted.map { whole($0.key, $0.value) }))
        return all.map(\.html).joined()
    }

    private static let style = """
        :root{color-scheme:light dark;--bg:#fafaf8;--card:#fff;--ink:#1d2126;--soft:#667078;--rule:#dfe3e6;--good:#1a7f42;
        --bad:#c02626;--open:#8a6100}
        @media(prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1c2024;--ink:#e7eaec;--soft:#9aa4ac;--rule:#333a40;
        --good:#5cc98a;--bad:#ff8080;--open:#e0b050}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1180px;margin:0 auto;padding:28px 20px}h1{margin:0;font-size:26px}h1 small{color:var(--soft);
        font-size:16px;font-weight:400}header p{margin:4px 0;color:var(--soft)}.badge{display:inline-block;font-weight:600}
        .good,header .good{color:var(--good)}.bad,header .bad{color:var(--bad)}.open,header .open{color:var(--open)}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:18px 0}
        .card,table{background:var(--card);border:1px solid var(--rule);border-radius:8px}
        .card{padding:10px 14px}.card span,.card small{display:block;color:var(--soft);font-size:13px}.card b{font-size:21px}
        .scroll{overflow-x:auto}table{width:100%;border-collapse:separate;border-spacing:0;font-size:14px}
        th,td{text-align:left;padding:6px 12px;border-bottom:1px solid var(--rule)}th{color:var(--soft);font-weight:500}
        tr:last-child td{border-bottom:0}td.good,td.bad,td.open{font-weight:600}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr));gap:14px;margin:16px 0}
        .bar{display:grid;grid-template-columns:11em 1fr 5em;gap:10px;align-items:center;font-size:14px;padding:2px 0}
        .track{background:var(--rule);border-radius:3px;height:12px}.track i{display:block;height:12px;border-radius:3px;
        background:var(--c1)}.num{text-align:right;font-variant-numeric:tabular-nums}
        footer{color:var(--soft);font-size:13px}code{overflow-wrap:anywhere}
        """
}
