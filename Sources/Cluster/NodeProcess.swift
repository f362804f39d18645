import Foundation

/// One node of the cluster: a process, its log, and how it ended.
///
/// The node's standard input is a pipe from this process; it ends when the pipe closes, so that no node outlives its
/// cluster, however the cluster ends.
final class NodeProcess: @unchecked Sendable {
    // `Process` is used from the cluster's own task only; `exitStatus` reads what the system keeps.
    private let process = Process()
    private let lifeline = Pipe()
    let log: String

    init(executable: String, arguments: [String], log: String) throws(ClusterError) {
        self.log = log
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        guard let output = FileHandle(forWritingAtPath: log) else {
            throw .folder("the log \(log) can't be written; check the permissions of its folder")
        }
        output.seekToEndOfFile()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = lifeline
        process.standardOutput = output
        process.standardError = output
        do {
            try process.run()
        } catch {
            throw .spawn("\(executable): \(error.localizedDescription)")
        }
    }

    var pid: Int32 { process.processIdentifier }

    /// Nil while it runs.
    var exitStatus: Int32? { process.isRunning ? nil : process.terminationStatus }

    /// Asks the node to end.
    func terminate() { if process.isRunning { process.terminate() } }

    /// Ends the node without asking.
    func kill() { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }

    /// The last line of the log that says something.
    var lastLine: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").last.map(String.init) ?? "no message"
    }
}
