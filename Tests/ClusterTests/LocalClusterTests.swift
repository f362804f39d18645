import Foundation
import Testing

@testable import Cluster

@Suite("Clusters of real processes", .serialized)
struct LocalClusterTests {
    /// The executable that is built beside the tests.
    static let starling = Bundle.main.bundleURL.appendingPathComponent("starling").path

    static func options(_ nodes: Int, until block: UInt64?) -> ClusterOptions {
        var options = ClusterOptions(executable: executable)
        options.nodes = nodes
        options.blockTime = 1
        options.untilBlock = block
        options.timeout = 90
        return options
    }

    /// `swift test` runs from a bundle or a runner in the build folder; the executable is found upward from it.
    static var executable: String {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<6 {
            let candidate = folder.appendingPathComponent("starling").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        return starling
    }

    @Test func fourNodesReachABlock() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("starling-test-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var options = Self.options(4, until: 4)
        options.manifest = folder.appendingPathComponent("cluster.json").path
        var cluster = try LocalCluster(options)
        try await cluster.run { false }

        let data = try Data(contentsOf: folder.appendingPathComponent("cluster.json"))
        let manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let nodes = try #require(manifest["nodes"] as? [[String: Any]])
        #expect(nodes.count == 4)
        #expect((manifest["accounts"] as? [Any])?.count == 10)
        for node in nodes {
            let pid = try #require(node["pid"] as? Int)
            #expect(kill(pid_t(pid), 0) != 0, "process \(pid) is still there")
            #expect((node["enr"] as? String)?.hasPrefix("enr:") == true)
            #expect(FileManager.default.fileExists(atPath: try #require(node["datadir"] as? String)) == false)
        }
    }

    @Test func keptClusterGoesOn() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("starling-test-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        var said: [[[String: String?]]] = []
        for block in [UInt64(2), 4] {
            var options = Self.options(2, until: block)
            options.datadir = folder.path
            var cluster = try LocalCluster(options)
            try await cluster.run { false }
            let manifest = try Self.manifest(folder)
            said.append((manifest["nodes"] as? [[String: Any]] ?? []).map { ["rpc", "enode", "signer"].pick($0) })
            said[said.count - 1] += (manifest["accounts"] as? [[String: Any]] ?? []).map { ["privateKey"].pick($0) }
        }
        #expect(said[0].count == 12)
        #expect(said[0] == said[1])
    }

    static func manifest(_ folder: URL) throws -> [String: Any] {
        let data = try Data(contentsOf: folder.appendingPathComponent("manifest.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// Two blocks of one number aren't the end: one of them is about to go, in the time that is left.
    @Test func aBlockThatIsStillDisputedIsWaitedFor() throws {
        #expect(try LocalCluster.common(["0xa", "0xa"], of: 5, isOver: false) == "0xa")
        for hashes in [["0xa", "0xb"], ["0xa", nil], [nil, nil], []] {
            #expect(try LocalCluster.common(hashes, of: 5, isOver: false) == nil)
            #expect(throws: ClusterError.self) { try LocalCluster.common(hashes, of: 5, isOver: true) }
        }
    }

    /// What the nodes themselves refuse ends the cluster, with their words.
    @Test func aClusterWithoutNodesEnds() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("starling-test-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        var options = Self.options(2, until: 1)
        options.datadir = folder.path
        options.nodeOptions = ["--verbosity", "9"]
        var cluster = try LocalCluster(options)
        await #expect { try await cluster.run { false } } throws: { error in
            ["no node is left", "node1 died: exit status 64", "--verbosity must be 0 to 5"].allSatisfy(
                "\(error)".contains)
        }
    }

    /// A port that is taken is said in one sentence, before anything is started or made.
    @Test func portInUseIsAClearError() throws {
        var options = Self.options(1, until: 1)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, length)
                _ = listen(listener, 1)
                _ = getsockname(listener, $0, &length)
            }
        }
        let port = UInt16(bigEndian: address.sin_port)
        options.basePort = Int(port)
        #expect { try LocalCluster(options) } throws: { error in
            "\(error)".contains("port \(port) of node1 (p2p) is in use")
        }
    }
}

extension [String] {
    /// The values of these keys.
    fileprivate func pick(_ object: [String: Any]) -> [String: String?] {
        Dictionary(uniqueKeysWithValues: map { ($0, object[$0] as? String) })
    }
}
