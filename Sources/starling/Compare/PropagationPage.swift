import Links
import Scenarios
import Swarm

/// The figures as a page that stands by itself: a table, and for each policy the share of nodes over time.
struct PropagationPage {
    let rows: [PropagationRow]
    /// Milliseconds within which each 200th of the nodes had a block.
    let curves: [[Double]]

    private static let colours = 5

    init(_ results: [(row: PropagationRow, delays: Distribution)]) {
        rows = results.map(\.row)
        curves = results.map { result in
            (0...200).map { (result.delays.quantile(Double($0) / 200) ?? 0) * 1_000 }
        }
    }

    var text: String {
        """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Spreading of blocks</title>
        <style>\(Plot.style)body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:1000px;padding:0 1em;
        color:var(--ink);background:var(--card)}:root{color-scheme:light dark}
        .scroll{overflow-x:auto}td,th{padding:2px 10px;text-align:right}</style></head><body>
        <h1>Spreading of blocks</h1>
        \(plot.html)
        <div class="scroll"><table><tr>\(PropagationRow.titles.map { "<th>\($0)</th>" }.joined())</tr>
        \(rows.map(line).joined(separator: "\n"))
        </table></div></body></html>

        """
    }

    private var plot: Plot {
        Plot(
            title: "Share of the nodes that have a block", xLabel: "milliseconds since it was made", yLabel: "%",
            lines: zip(rows, curves).enumerated().map { index, policy in
                let (row, delays) = policy
                let last = Double(max(1, delays.count - 1))
                let points = delays.enumerated().map { (x: $1, y: 100 * row.reached * Double($0) / last) }
                return Plot.Line(name: row.policy, colour: index % Self.colours + 1, points: points)
            }, yEnd: 100)
    }

    private func line(_ row: PropagationRow) -> String {
        "<tr>\(row.cells(against: rows).map { "<td>\($0)</td>" }.joined())</tr>"
    }
}
