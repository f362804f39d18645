import Foundation

/// What a run has found, and on what machine.
struct Report: Codable {
    var date: String
    var processor: String
    var features: [String]
    var figures: [Figure]

    /// Instructions that the figures depend on.
    private static let interesting = ["aes", "vaes", "avx2", "avx512f", "bmi2", "sha_ni"]

    init(_ figures: [Figure]) {
        self.figures = figures
        date = ISO8601DateFormatter().string(from: Date())
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let field = { (name: String) in
            lines.first { $0.hasPrefix(name) }?.split(separator: ":").last.map { $0.drop { $0 == " " } }
        }
        processor = "\(field("model name") ?? "unknown") (family \(field("cpu family") ?? "?"))"
        let flags = Set((field("flags") ?? "").split(separator: " ").map(String.init))
        features = Self.interesting.filter(flags.contains)
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path))
    }

    /// The table, for people.
    func print() {
        let head = ["", "figure", "bound or peer", "ratio", "goal", ""]
        let rows = figures.map { figure in
            [
                "\(figure.group): \(figure.name)", "\(Figure.short(figure.value)) \(figure.unit)",
                figure.reference.map { "\(Figure.short($0)) (\(figure.besides ?? ""))" } ?? "",
                figure.ratio.map { Figure.short($0) } ?? "", figure.goal ?? "",
                figure.isMet.map { $0 ? "met" : "MISSED" } ?? "",
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        Swift.print("\(processor), \(features.joined(separator: " ")); \(date)")
        for row in [head] + rows {
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            Swift.print(cells.joined(separator: "  "))
        }
        let judged = figures.compactMap(\.isMet)
        Swift.print("\(judged.count { $0 }) of \(judged.count) goals met; medians; ratio: higher is better")
    }
}
