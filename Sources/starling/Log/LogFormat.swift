import ArgumentParser
import Foundation
import Logging

/// How a line of the log is written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    /// `2026-11-23T06:00:00.123Z info     text key=value`
    case text
    /// An object a line: `time`, `level`, `label`, `message`, and `metadata` where there is some.
    case json

    /// Longer texts are cut: what peers say of themselves may be part of one.
    static let maxBytes = 4096

    func line(_ level: Logger.Level, _ message: String, label: String, _ metadata: Logger.Metadata, at time: Date)
        -> String
    {
        let date = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        switch self {
        case .text:
            let details = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            return "\(date) \(level.rawValue.padding(to: 8)) \(Self.printable(Self.cut(message + details)))\n"
        case .json:
            let entry = Entry(
                time: date, level: level.rawValue, label: label, message: Self.cut(message),
                metadata: metadata.isEmpty ? nil : metadata.mapValues { Self.cut("\($0)") })
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            // Texts alone can't fail to be encoded.
            let object = (try? encoder.encode(entry)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
            return object + "\n"
        }
    }

    private struct Entry: Encodable {
        let time: String
        let level: String
        let label: String
        let message: String
        let metadata: [String: String]?
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maxBytes else { return text }
        return String(decoding: text.utf8.prefix(maxBytes), as: UTF8.self) + "…"
    }

    /// A line stays a line, and a terminal is told nothing, whatever peers call themselves.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        return text.unicodeScalars.map { scalar in
            guard scalar.properties.generalCategory == .control else { return String(scalar) }
            return scalar == "\n" ? "\\n" : "\\u{\(String(scalar.value, radix: 16))}"
        }.joined()
    }
}
