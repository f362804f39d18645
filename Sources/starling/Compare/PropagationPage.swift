import Simulator

/// The figures as a page that stands by itself: a table, and for each policy the share of nodes over time.
struct PropagationPage {
    let rows: [PropagationRow]
    let curves: [[Double]]

    private static let colours = ["#b33", "#36a", "#383", "#a60", "#639"]
    private static let (width, height) = (720.0, 320.0)

    init(_ results: [(row: PropagationRow, delays: Distribution)]) {
        rows = results.map(\.row)
        curves = results.map { result in
            (0...200).map { (result.delays.quantile(Double($0) / 200) ?? 0) * 1_000 }
        }
    }

    var text: String {
        let longest = curves.compactMap(\.last).max() ?? 1
        return """
            <!doctype html><meta charset="utf-8"><title>Spreading of blocks</title>
            <style>body{font:15px sans-serif;margin:2em} td,th{padding:2px 10px;text-align:right}</style>
            <h1>Spreading of blocks</h1>
            <p>Each line: the share of nodes that have a block, over the time since it was made, up to \
            \(longest.text(0)) ms.</p>
            <svg viewBox="-40 -10 \(Self.width + 60) \(Self.height + 40)" width="\(Self.width)">
            <path d="M0 0V\(Self.height)H\(Self.width)" fill="none" stroke="#999"/>
            \(curves.indices.map { curve($0, longest) }.joined(separator: "\n"))
            </svg>
            <table><tr>\(PropagationRow.titles.map { "<th>\($0)</th>" }.joined())</tr>
            \(rows.enumerated().map { line($0.offset, $0.element) }.joined(separator: "\n"))
            </table>

            """
    }

    private func colour(_ index: Int) -> String { Self.colours[index % Self.colours.count] }

    private func curve(_ index: Int, _ longest: Double) -> String {
        let last = Double(curves[index].count - 1)
        let points = curves[index].enumerated().map { step, delay in
            "\((delay / longest * Self.width).text(1)),\(((1 - Double(step) / last) * Self.height).text(1))"
        }
        let path = points.joined(separator: " ")
        return "<polyline fill=\"none\" stroke=\"\(colour(index))\" stroke-width=\"2\" points=\"\(path)\"/>"
    }

    private func line(_ index: Int, _ row: PropagationRow) -> String {
        let cells = row.cells(against: rows).map { "<td>\($0)</td>" }.joined()
        return "<tr style=\"color:\(colour(index))\">\(cells)</tr>"
    }
}
