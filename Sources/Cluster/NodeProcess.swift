import Foundation

/// One node of the cluster: a process, its log, and how it ended.
///
/// The node's standard input is a pipe from this process. The node ends when the pipe closes, so that no node outlives
/// its cluster, however that ends.
final class NodeProcess: @unchecked Sendable {
    // `@unchecked Sendable`: only the cluster's own task uses it.
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
    var ending: Ending? {
        guard !process.isRunning else { return nil }
        let status = process.terminationStatus
        return process.terminationReason == .uncaughtSignal ? .signal(status) : .exit(status)
    }

    /// Asks the node to stop, also if it is suspended.
    func terminate() {
        guard process.isRunning else { return }
        process.terminate()
        resume()
    }

    /// Kills the node.
    func kill() { send(SIGKILL) }

    /// Suspends the node: it keeps its connections but sends nothing.
    func suspend() { send(SIGSTOP) }

    func resume() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        if process.isRunning { Foundation.kill(process.processIdentifier, signal) }
    }

    /// Whether it is suspended, by this cluster or anyone else.
    var isSuspended: Bool {
        // proc(5): the state is the first field after the name, which is in parentheses.
        let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return text.lastIndex(of: ")").map { text[$0...].dropFirst(2).hasPrefix("T") } ?? false
    }

    /// The most useful line at the end of the log: the last error in an option if there is one, otherwise the last
    /// line.
    var lastLine: String {
        guard let file = FileHandle(forReadingAtPath: log) else { return "no message" }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: size - min(size, 8192))
        let text = String(decoding: (try? file.read(upToCount: 8192)) ?? Data(), as: UTF8.self)
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        return lines.suffix(4).last { $0.hasPrefix("Error: ") } ?? lines.last ?? "no message"
    }
}
