import Foundation
import Testing

@testable import Cluster

/// The node as it is started by hand.
@Suite("A single process of a node", .serialized, .timeLimit(.minutes(2)))
struct SingleNodeTests {
    /// Runs `starling node` with these options until its log has a line with `text`.
    ///
    /// - Returns: the log until then.
    static func log(_ options: [String], until text: String) async throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("starling-test-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let ports = try FreePorts.find(2)
        let process = try NodeProcess(
            executable: LocalClusterTests.executable,
            arguments: [
                "node", "--datadir", folder.path, "--port", "\(ports[0])", "--http.port", "\(ports[1])",
                "--until-stdin-closes",
            ] + options, log: folder.path + "/log")
        defer { process.kill() }
        while true {
            let log = (try? String(contentsOfFile: folder.path + "/log", encoding: .utf8)) ?? ""
            if log.contains(text) { return log }
            try #require(process.ending == nil, "\(log)")
            await Task.yield()
        }
    }

    static let warning = "the keys of signers of this network are public"

    /// Whoever reaches a node of the devnet can rewrite its chain.
    @Test func theDevnetListensOnLoopback() async throws {
        let log = try await Self.log([], until: "sealed 1 ")
        #expect(log.contains(Self.warning))
        #expect(log.contains("it listens on 127.0.0.1"))
    }

    @Test func theOperatorMaySayOtherwise() async throws {
        let open = try await Self.log(["--addr", "0.0.0.0"], until: "sealed 1 ")
        #expect(open.contains(Self.warning))
        #expect(open.contains("it listens on 0.0.0.0"))
        let closed = try await Self.log(["--addr", "127.0.0.1"], until: "sealed 1 ")
        #expect(!closed.contains(Self.warning))
    }
}
