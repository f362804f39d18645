import Foundation
import Logging

/// A handler of swift-log for one output.
struct LineLog: LogHandler {
    let label: String
    let format: LogFormat
    let output: LogOutput
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(label: String, format: LogFormat, output: LogOutput) {
        self.label = label
        self.format = format
        self.output = output
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let now = Date()
        let details = metadata.merging(event.metadata ?? [:]) { $1 }
        output.write(format.line(event.level, "\(event.message)", label: label, details, at: now)) { lost in
            let text = lost == 1 ? "1 line could not be written" : "\(lost) lines could not be written"
            return format.line(.warning, text, label: label, [:], at: now)
        }
    }
}
