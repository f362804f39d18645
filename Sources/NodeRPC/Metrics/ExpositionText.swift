/// Metrics in Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct ExpositionText: Sendable {
    enum Kind: String, Sendable {
        /// Only ever grows; its name ends in `_total`.
        case counter
        case gauge
        /// Of `_bucket`, `_sum` and `_count`.
        case histogram
    }

    struct Sample: Sendable {
        var labels: [(name: String, value: String)] = []
        let value: String
        /// What follows the metric's name.
        var suffix = ""

        init(_ value: some BinaryInteger, _ labels: [(name: String, value: String)] = [], suffix: String = "") {
            self.labels = labels
            self.value = String(value)
            self.suffix = suffix
        }

        init(_ value: Double, suffix: String = "") {
            self.value = "\(value)"
            self.suffix = suffix
        }
    }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// Appends a metric. All its samples are in one group, as the format wants it; one without samples is left out.
    mutating func add(_ kind: Kind, _ name: String, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(Self.escape(help))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escape($0.value, quotes: true))\"" }
            text +=
                name + sample.suffix + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}")
                + " \(sample.value)\n"
        }
    }

    /// A backslash and the end of a line are escaped in texts, quotation marks in values of labels too.
    private static func escape(_ text: String, quotes: Bool = false) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
