import Foundation

/// The lines of the live view, fitted to the size of the terminal.
struct StatusTable {
    /// The row of one node.
    struct Row {
        enum Level: Int, Comparable {
            case dead, silent, away, starting, up

            static func < (one: Level, other: Level) -> Bool { one.rawValue < other.rawValue }
        }

        var name: String
        var level: Level
        /// One word or two: `up`, `paused`, `dead`.
        var state: String
        /// Shown instead of the figures: how a dead node ended.
        var note: String?
        var port: UInt16
        var height: UInt64?
        var hash = ""
        var peers = 0
        var pending = 0
        var queued = 0
        /// The milliseconds that the last block took from the signer to this node, and the median.
        var arrival: (last: Double, median: Double)?
    }

    let rows: [Row]
    let size: Console.Size

    private struct Column {
        let title: String
        let width: Int
        let cell: (Row) -> String
    }

    /// The lines for the terminal.
    var lines: [String] {
        let width = size.width
        // The cursor below the last line takes a row too.
        let maxRows = max(1, size.height - 4)
        let columns = columns
        let shown = rows.count <= maxRows ? Array(rows.indices) : mostRelevant(maxRows - 1)
        var lines = [summary, columns.map { Self.pad($0.title, $0.width) }.joined()]
        for index in shown {
            let row = rows[index]
            if let note = row.note {
                let cells = columns.prefix(2).map { Self.pad($0.cell(row), $0.width) }
                lines.append(cells.joined() + note)
            } else {
                lines.append(columns.map { Self.pad($0.cell(row), $0.width) }.joined())
            }
        }
        if shown.count < rows.count { lines.append("… and \(rows.count - shown.count) more that look better") }
        let long = "Ctrl-C stops the cluster. In another terminal: starling cluster stop|start|pause|resume NODE"
        lines.append(long.count < width ? long : "Ctrl-C stops the cluster.")
        return lines.suffix(max(1, size.height - 1)).map { Self.fit($0, width) }
    }

    /// A summary of all nodes in one line, as far as it fits.
    var summary: String {
        let up = rows.filter { $0.level == .up }
        var states: [(name: String, count: Int)] = []
        for row in rows {
            if let at = states.firstIndex(where: { $0.name == row.state }) {
                states[at].count += 1
            } else {
                states.append((row.state, 1))
            }
        }
        let counts = states.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
        let parts = [
            Self.span(up.compactMap { $0.height.map { Int(clamping: $0) } }).map { "height \($0)" },
            Self.span(up.map(\.peers)).map { "peers \($0)" },
            up.compactMap(\.arrival?.last).max().map { "slowest block in \(Self.milliseconds($0))" },
            up.map(\.pending).max().map { "pool \($0)" },
        ]
        var line = (rows.count == 1 ? "1 node" : "\(rows.count) nodes") + ": " + counts
        for part in parts.compactMap(\.self) where line.count + 3 + part.count <= size.width { line += " | " + part }
        return line
    }

    private static func span(_ values: [Int]) -> String? {
        guard let low = values.min(), let high = values.max() else { return nil }
        return low == high ? "\(low)" : "\(low)-\(high)"
    }

    /// The most relevant rows: nodes that aren't up, then those behind, then those with few peers.
    private func mostRelevant(_ count: Int) -> [Int] {
        let ranked = rows.indices.sorted { one, other in
            let (a, b) = (rows[one], rows[other])
            if a.level != b.level { return a.level < b.level }
            if a.height != b.height { return (a.height ?? 0) < (b.height ?? 0) }
            if a.peers != b.peers { return a.peers < b.peers }
            return one < other
        }
        return ranked.prefix(max(0, count)).sorted()
    }

    /// The columns that fit; the first four are always shown.
    private var columns: [Column] {
        let name = (rows.map(\.name.count).max() ?? 0) + 2
        let state = max(9, (rows.map(\.state.count).max() ?? 0) + 1)
        let height = max(8, (rows.compactMap { $0.height.map { "\($0)".count } }.max() ?? 0) + 1)
        let pool = max(8, (rows.map { Self.pool($0).count }.max() ?? 0) + 1)
        var columns = [
            Column(title: "node", width: max(name, 7)) { $0.name },
            Column(title: "state", width: state) { $0.state },
            Column(title: "height", width: height) { $0.height.map { "\($0)" } ?? "-" },
            Column(title: "peers", width: 6) { $0.height == nil ? "-" : "\($0.peers)" },
        ]
        let optional = [
            Column(title: "block in", width: 9) { $0.arrival.map { Self.milliseconds($0.last) } ?? "-" },
            Column(title: "median", width: 9) { $0.arrival.map { Self.milliseconds($0.median) } ?? "-" },
            Column(title: "rpc port", width: 10) { "\($0.port)" },
            Column(title: "pool", width: pool) { $0.height == nil ? "-" : Self.pool($0) },
            Column(title: "head", width: 14) { String($0.hash.prefix(12)) },
        ]
        var used = columns.reduce(0) { $0 + $1.width }
        for column in optional {
            guard used + column.width <= size.width else { break }
            used += column.width
            columns.append(column)
        }
        // If there is room, the whole hash is shown.
        if columns.last?.title == "head", used + 54 <= size.width {
            columns[columns.count - 1] = Column(title: "head", width: 68) { $0.hash }
        }
        return columns
    }

    private static func pool(_ row: Row) -> String {
        row.queued > 0 ? "\(row.pending)+\(row.queued)" : "\(row.pending)"
    }

    static func milliseconds(_ value: Double) -> String {
        value < 10 ? String(format: "%.1f ms", value) : String(format: "%.0f ms", value)
    }

    private static func pad(_ cell: String, _ width: Int) -> String {
        cell.count >= width ? cell.prefix(width - 1) + " " : cell + String(repeating: " ", count: width - cell.count)
    }

    /// The line, cut to the width. Control characters, which logs may contain, are replaced by spaces.
    static func fit(_ line: String, _ width: Int) -> String {
        var line = String(line.map { $0.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 } ? $0 : " " })
        while line.hasSuffix(" ") { line.removeLast() }
        return line.count <= width ? line : line.prefix(max(0, width - 1)) + "…"
    }
}
