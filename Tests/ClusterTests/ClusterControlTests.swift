import Foundation
import Synchronization
import Testing

@testable import Cluster

@Suite("A running cluster, and what another terminal does with it", .serialized, .timeLimit(.minutes(3)))
struct ClusterControlTests {
    /// A cluster that runs beside the test until it is told to stop.
    final class Running: Sendable {
        let folder: URL
        let client: ControlClient
        private let isOver: Flag
        private let running: Task<String?, Never>

        final class Flag: Sendable {
            let value = Mutex(false)
        }

        init(_ nodes: Int, _ change: (inout ClusterOptions) -> Void) async throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("starling-test-\(UUID())")
            var options = LocalClusterTests.options(nodes, until: nil)
            options.datadir = folder.path
            change(&options)
            let flag = Flag()
            var cluster = try LocalCluster(options)
            isOver = flag
            running = Task {
                do throws(ClusterError) {
                    try await cluster.run { flag.value.withLock { $0 } }
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            while !FileManager.default.fileExists(atPath: folder.path + "/manifest.json") { await Task.yield() }
            client = try ControlClient(folder: folder.path)
        }

        /// The cluster doesn't outlive a test that fails.
        deinit { isOver.value.withLock { $0 = true } }

        /// Stops the cluster.
        ///
        /// - Returns: what it has to complain of.
        func end() async -> String? {
            isOver.value.withLock { $0 = true }
            return await result()
        }

        func result() async -> String? {
            let result = await running.value
            try? FileManager.default.removeItem(at: folder)
            return result
        }

        var nodes: [ControlReply.Node] {
            get throws { try client.ask(ControlRequest(.status)).nodes }
        }

        /// Waits until the nodes are as wanted. Those that are wanted to run must not die meanwhile.
        func until(living indices: [Int] = [0, 1, 2, 3], _ wanted: ([ControlReply.Node]) -> Bool) async throws {
            while true {
                let nodes = try nodes
                if wanted(nodes) { return }
                for index in indices {
                    try #require(nodes[index].state != "dead", "\(nodes[index].name): \(nodes[index].note ?? "")")
                }
                await Task.yield()
            }
        }

        /// Waits until these nodes have two blocks more than the highest now.
        func goesOn(_ indices: [Int]) async throws {
            let height = (try nodes.compactMap(\.height).max() ?? 0) + 2
            try await until(living: indices) { nodes in indices.allSatisfy { (nodes[$0].height ?? 0) >= height } }
        }

        /// The names of the peers of a node, as it says.
        func peers(of index: Int) async throws -> Set<Substring> {
            let url = try #require(URL(string: try nodes[index].rpc))
            let peers = try await RPCClient(url: url).call("admin_peers").array ?? []
            return Set(peers.compactMap { ($0["name"] as? String)?.split(separator: "/")[1] })
        }
    }

    @Test func nodesAreStoppedStartedPausedAndKilledWhileTheOthersGoOn() async throws {
        let cluster = try await Running(4) { $0.topology = .ring }
        try await cluster.until { $0.allSatisfy { $0.peers == 2 } }
        #expect(try await cluster.peers(of: 0) == ["node2", "node4"])
        #expect(try await cluster.peers(of: 2) == ["node2", "node4"])

        _ = try cluster.client.ask(ControlRequest(.stop, nodes: ["4"]))
        try await cluster.until { $0[3].state == "stopped" && $0[3].pid == nil }
        try await cluster.goesOn([0, 1, 2])
        _ = try cluster.client.ask(ControlRequest(.start, nodes: ["node4"]))
        try await cluster.goesOn([0, 1, 2, 3])

        _ = try cluster.client.ask(ControlRequest(.pause, nodes: ["node3"]))
        #expect { try cluster.client.ask(ControlRequest(.start, nodes: ["node3"])) } throws: {
            "\($0)".contains("resume node3")
        }
        try await cluster.goesOn([0, 1, 3])
        #expect(try cluster.nodes[2].state == "paused")
        _ = try cluster.client.ask(ControlRequest(.resume, nodes: ["node3"]))
        try await cluster.goesOn([0, 1, 2, 3])

        kill(try #require(try cluster.nodes[1].pid), SIGKILL)
        try await cluster.until(living: [0, 2, 3]) { $0[1].state == "dead" }
        #expect(try cluster.nodes[1].note?.hasPrefix("signal 9 (SIGKILL): ") == true)
        try await cluster.goesOn([0, 2, 3])
        #expect(try cluster.nodes[1].state == "dead")
        #expect { try cluster.client.ask(ControlRequest(.pause, nodes: ["2"])) } throws: {
            "\($0)".contains("start node2")
        }
        _ = try cluster.client.ask(ControlRequest(.start, nodes: ["2"]))
        try await cluster.goesOn([0, 1, 2, 3])

        #expect { try cluster.client.ask(ControlRequest(.stop, nodes: ["5"])) } throws: {
            "\($0)".contains("node1 to node4")
        }
        let info = try #require(try cluster.client.ask(ControlRequest(.info)).manifest)
        let manifest = try #require(try JSONSerialization.jsonObject(with: Data(info.utf8)) as? [String: Any])
        let pids = (manifest["nodes"] as? [[String: Any]])?.map { $0["pid"] as? Int }
        #expect(pids == (try cluster.nodes.map { $0.pid.map { Int($0) } }))
        // A paused node is no obstacle to the end.
        _ = try cluster.client.ask(ControlRequest(.pause, nodes: ["1"]))
        #expect(await cluster.end() == nil)
    }

    /// Blocks that are waited for come from those that live; that one died is said in the end.
    @Test func oneDeadNodeIsSaidInTheEnd() async throws {
        let cluster = try await Running(3) { $0.untilBlock = 4 }
        kill(try #require(try cluster.nodes[2].pid), SIGKILL)
        let complaint = try #require(await cluster.result())
        #expect(complaint.hasPrefix("node3 died: signal 9 (SIGKILL): "))
    }

    @Test func peersAreWaitedFor() async throws {
        var options = LocalClusterTests.options(5, until: nil)
        (options.untilPeered, options.topology) = (3, .random(3))
        var cluster = try LocalCluster(options)
        try await cluster.run { false }
    }

    @Test func noClusterIsSaid() {
        #expect { try ControlClient(folder: "/nowhere") } throws: {
            "\($0)".contains("no cluster is running in /nowhere")
        }
    }
}
