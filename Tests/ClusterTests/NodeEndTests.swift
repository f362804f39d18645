import Foundation
import Testing

@testable import Cluster

/// How a process of a node ends, and what ends it.
@Suite("A node's end", .serialized, .timeLimit(.minutes(10)))
struct NodeEndTests {
    /// A node that a shell has started, so that its limits and its standard error may be anything.
    private final class Node {
        let folder = NSTemporaryDirectory() + "starling-end-\(UUID())"
        let log: String
        let ports: [UInt16]
        private let process = Process()

        init() throws {
            log = folder + "/log"
            ports = try FreePorts.find(2)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }

        deinit {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            try? FileManager.default.removeItem(atPath: folder)
        }

        /// - Parameters:
        ///   - before: what a shell does first.
        ///   - after: where the shell lets standard error go.
        func start(_ options: [String] = [], before: String = "", after: String = "2>>\"$LOG\"") throws {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments =
                [
                    "-c", "\(before) exec \"$0\" \"$@\" \(after)", LocalClusterTests.executable, "node", "--datadir",
                    folder + "/data", "--port", "\(ports[0])", "--http.port", "\(ports[1])", "--nodiscover",
                ] + options
            process.environment = ProcessInfo.processInfo.environment.merging(["LOG": log]) { $1 }
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }

        var pid: Int32 { process.processIdentifier }
        var isRunning: Bool { process.isRunning }
        var text: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

        func until(_ found: (String) -> Bool) async throws {
            while !found(text) {
                try #require(process.isRunning, "\(text)")
                await Task.yield()
            }
        }

        /// The exit status; below zero for a signal.
        func end(_ signal: Int32? = SIGTERM) -> Int32 {
            if let signal { kill(process.processIdentifier, signal) }
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }

        func blockNumber() async throws -> Data {
            let url = try #require(URL(string: "http://127.0.0.1:\(ports[1])"))
            return try await RPCClient(url: url).call("eth_blockNumber").data
        }
    }

    /// A node that is asked to end does so, with status 0: in the middle of its work, or as soon as it is up.
    @Test func startsAndStops() async throws {
        let isLong = ProcessInfo.processInfo.environment["STARLING_LONG"] != nil
        let node = try Node()
        for round in 0..<(isLong ? 200 : 10) {
            let again = try Node()
            try again.start(["--datadir", node.folder + "/data"])
            let word = round.isMultiple(of: 2) ? "JSON-RPC http" : " sealed "
            try await again.until { $0.contains(word) }
            let status = again.end()
            #expect(status == 0, "round \(round): \(again.text.suffix(500))")
            #expect(again.text.hasSuffix(" stopped\n"))
        }
    }

    /// The log's device is full. (With a reader that is gone it is the same error in another number: `LogTests`.)
    @Test func itsLogCanNotBeWritten() async throws {
        let node = try Node()
        try node.start(after: "2>/dev/full")
        while (try? await node.blockNumber()) == nil { try #require(node.isRunning) }
        #expect(node.end() == 0)
    }

    /// The reader of the log ends; at first the node isn't told of it (SIGPIPE), then it is.
    @Test(arguments: ["", "trap '' PIPE;"])
    func theReaderOfItsLogIsGone(_ trap: String) async throws {
        let node = try Node()
        try node.start(before: "\(trap) mkfifo \"$LOG\"; true <\"$LOG\" &", after: "2>\"$LOG\"")
        while (try? await node.blockNumber()) == nil { try #require(node.isRunning) }
        #expect(node.end() == 0)
    }

    /// A key file that a full disk has left empty, or that is broken, is a sentence that says what to do.
    @Test(arguments: [("", "is empty: remove it"), ("0x12\n", "put back a copy of it")])
    func aKeyFileWithoutAKey(_ text: String, _ sentence: String) async throws {
        let node = try Node()
        try FileManager.default.createDirectory(atPath: node.folder + "/data", withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: node.folder + "/data/nodekey"))
        try node.start()
        #expect(node.end(nil) == 1)
        #expect(node.text.contains(sentence) && node.text.split(separator: "\n").count == 1, "\(node.text)")
    }

    /// What can't be written ends the node in order, with one sentence and a status; the next one goes on from there.
    @Test func theDatabaseCanNotBeWritten() async throws {
        let node = try Node()
        let pipe = "\"$LOG.pipe\""
        try node.start(before: "trap '' XFSZ; mkfifo \(pipe); cat <\(pipe) >\"$LOG\" &", after: "2>\(pipe)")
        try await node.until { $0.contains(" sealed ") }
        // From here on the system refuses what makes a file longer, as a full disk does.
        let limit = try Process.run(
            URL(fileURLWithPath: "/usr/bin/prlimit"), arguments: ["--pid", "\(node.pid)", "--fsize=1000:1000"])
        limit.waitUntilExit()
        try #require(limit.terminationStatus == 0)
        #expect(node.end(nil) == 1)
        let failures = node.text.split(separator: "\n").filter { $0.contains("; the node stops") }
        #expect(failures.count == 1 && node.text.hasSuffix(" stopped\n"), "\(node.text)")
        let sealed = node.text.matches(of: #/sealed (\d+) /#).compactMap { Int($0.1) }.last ?? 0
        let next = try Node()
        try next.start(["--datadir", node.folder + "/data"])
        try await next.until { $0.contains(" head ") }
        let head = try #require(next.text.firstMatch(of: #/ head (\d+) /#).flatMap { Int($0.1) })
        #expect(head >= sealed)
        #expect(next.end() == 0)
    }

    /// Strangers who take all sockets are told off in one sentence; when they leave, the node serves as before.
    @Test func noDescriptorsAreLeft() async throws {
        let node = try Node()
        try node.start(before: "ulimit -n 90;")
        try await node.until { $0.contains("JSON-RPC http") }
        var sockets: [Int32] = []
        while !node.text.contains("no file descriptors are left") {
            try #require(node.isRunning && sockets.count < 2000)
            for port in node.ports { sockets.append(Self.connection(to: port)) }
            await Task.yield()
        }
        let sealed = node.text.split(separator: "\n").count { $0.contains(" sealed ") }
        try await node.until { $0.split(separator: "\n").count { $0.contains(" sealed ") } > sealed + 1 }
        #expect(node.text.split(separator: "\n").count { $0.contains("no file descriptors are left") } == 1)
        for socket in sockets { close(socket) }
        while (try? await node.blockNumber()) == nil { try #require(node.isRunning, "\(node.text)") }
        #expect(node.end() == 0)
    }

    private static func connection(to port: UInt16) -> Int32 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return socket
    }
}
