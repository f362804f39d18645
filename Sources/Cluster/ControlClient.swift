import Foundation

/// A connection from another terminal to a running cluster of the same user.
package struct ControlClient: Sendable {
    private let path: String

    /// Finds the cluster of `folder`, or the only running cluster if that is nil.
    package init(folder: String?) throws(ClusterError) {
        let running = Self.running()
        if let folder {
            let wanted = ClusterFolder.absolute(folder)
            guard let found = running.first(where: { Self.isSame($0.folder, wanted) }) else {
                let others =
                    running.isEmpty
                    ? "no other is running" : "running: " + running.map(\.folder).joined(separator: ", ")
                throw .control("no cluster is running in \(wanted) (\(others))")
            }
            path = found.path
            return
        }
        guard let first = running.first else {
            throw .control("no cluster is running; start one with 'starling cluster'")
        }
        guard running.count == 1 else {
            throw .control(
                "\(running.count) clusters are running; choose one with --cluster FOLDER: "
                    + running.map(\.folder).joined(separator: ", "))
        }
        path = first.path
    }

    /// Sends a request and waits for the reply, at most 10 s.
    ///
    /// - Throws: `control`: the cluster refuses the request, or doesn't answer.
    package func ask(_ request: ControlRequest) throws(ClusterError) -> ControlReply {
        guard let reply = Self.ask(request, at: path) else {
            throw .control("the cluster doesn't answer; it may be ending")
        }
        if let refusal = reply.refusal { throw .control(refusal) }
        return reply
    }

    private static func running() -> [(path: String, folder: String)] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: UnixSocket.folder)) ?? []
        return files.filter { $0.hasSuffix(".sock") }.sorted().compactMap { file in
            let path = UnixSocket.folder + "/" + file
            return ask(ControlRequest(.status), at: path).map { (path, $0.folder) }
        }
    }

    /// The reply; nil if there is none. Removes the socket of a cluster that was killed.
    private static func ask(_ request: ControlRequest, at path: String) -> ControlReply? {
        guard let socket = UnixSocket.connect(to: path) else {
            if errno == ECONNREFUSED { unlink(path) }
            return nil
        }
        defer { socket.end() }
        socket.setTimeout(seconds: 10)
        guard let line = try? JSONEncoder().encode(request) else { return nil }
        socket.writeLine(line)
        return socket.readLine(atMost: 64 << 20).flatMap { try? JSONDecoder().decode(ControlReply.self, from: $0) }
    }

    /// Whether two paths lead to the same folder, after following links.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        var (a, b) = (stat(), stat())
        return one == other
            || stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
    }
}
