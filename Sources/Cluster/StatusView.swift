import Files
import Foundation

/// The live table on a terminal; elsewhere a line whenever the lowest height changes.
struct StatusView {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var linesDrawn = 0
    private var lastHeight: UInt64?

    mutating func show(_ layout: ClusterLayout, _ snapshots: [NodeSnapshot?], _ propagation: Propagation) {
        isTerminal ? draw(layout, snapshots, propagation) : log(snapshots, propagation)
    }

    /// Leaves the last table standing.
    mutating func end() { linesDrawn = 0 }

    private mutating func draw(_ layout: ClusterLayout, _ snapshots: [NodeSnapshot?], _ propagation: Propagation) {
        var lines = [Self.row("node", "height", "head", "peers", "pool", "block arrival", "median")]
        for (index, node) in layout.nodes.enumerated() {
            guard let snapshot = snapshots[index] else {
                lines.append(Self.row(node.name, "-", "no answer", "-", "-", "-", "-"))
                continue
            }
            let figures = propagation.figures(of: index)
            lines.append(
                Self.row(
                    node.name, "\(snapshot.number)", String(snapshot.hash.prefix(12)), "\(snapshot.peers)",
                    snapshot.queued > 0 ? "\(snapshot.pending)+\(snapshot.queued)" : "\(snapshot.pending)",
                    figures.map { Self.milliseconds($0.last) } ?? "-",
                    figures.map { Self.milliseconds($0.median) } ?? "-"))
        }
        lines.append("Ctrl-C stops the cluster.")
        let up = linesDrawn > 0 ? "\u{1b}[\(linesDrawn)A" : ""
        write(up + lines.map { "\u{1b}[2K" + $0 + "\n" }.joined())
        linesDrawn = lines.count
    }

    private mutating func log(_ snapshots: [NodeSnapshot?], _ propagation: Propagation) {
        let known = snapshots.compactMap { $0 }
        guard let height = known.map(\.number).min(), height != lastHeight else { return }
        lastHeight = height
        let peers = known.map(\.peers)
        let arrivals = snapshots.indices.compactMap { propagation.figures(of: $0)?.last }
        let slowest = arrivals.max().map { ", slowest arrival \(Self.milliseconds($0))" } ?? ""
        write(
            "height \(height) on all \(known.count) nodes, peers \(peers.min() ?? 0)-\(peers.max() ?? 0), "
                + "pool \(known.map(\.pending).max() ?? 0)\(slowest)\n")
    }

    private func write(_ text: String) { OutputDescriptor.standardOutput.write(Array(text.utf8)) }

    static func milliseconds(_ value: Double) -> String {
        value < 10 ? String(format: "%.1f ms", value) : String(format: "%.0f ms", value)
    }

    private static func row(_ cells: String...) -> String {
        let widths = [8, 8, 14, 7, 9, 15, 10]
        return zip(cells, widths).map { cell, width in
            cell.count >= width ? cell + " " : cell + String(repeating: " ", count: width - cell.count)
        }.joined()
    }
}

/// Prints a line at once, also into a pipe, and in order with the table.
func say(_ line: String) { OutputDescriptor.standardOutput.writeLine(line) }
