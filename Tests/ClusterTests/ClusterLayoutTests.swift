import Foundation
import Testing

@testable import Cluster

@Suite("A cluster's folder, and the options of its nodes")
struct ClusterLayoutTests {
    /// Runs `body` with a folder that isn't there yet.
    static func inFolder<Result>(_ body: (String) throws -> Result) rethrows -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("starling-test-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }

    static func options(_ folder: String?, _ change: (inout ClusterOptions) -> Void = { _ in }) -> ClusterOptions {
        var options = ClusterOptions(executable: "/starling")
        options.datadir = folder
        change(&options)
        return options
    }

    @Test func aKeptClusterGoesOnAsItWasMade() throws {
        /// The folder is free again when this returns.
        func state(_ options: ClusterOptions) throws -> (record: ClusterRecord, genesis: String, nodes: [String]) {
            let layout = try options.layout()
            let nodes = layout.nodes.map { "\($0.rpcURL) \($0.enode) \($0.neighbours ?? [])" }
            return (layout.record, try String(contentsOfFile: layout.genesisPath, encoding: .utf8), nodes)
        }
        try Self.inFolder { folder in
            let made = try state(
                Self.options(folder) {
                    ($0.nodes, $0.blockTime, $0.signers, $0.topology, $0.seed) = (6, 5, 3, .random(3), 9)
                })
            let again = try state(Self.options(folder))
            #expect(again == made)
        }
    }

    /// Each refusal names the option, what the cluster has, and what was asked for.
    @Test func whatAKeptClusterIsNotIsRefused() throws {
        let refused: [(option: String, has: String, wanted: String, change: (inout ClusterOptions) -> Void)] = [
            ("--nodes", "2", "3", { $0.nodes = 3 }), ("--block-time", "1", "5", { $0.blockTime = 5 }),
            ("--signers", "2", "1", { $0.signers = 1 }), ("--topology", "discovery", "ring", { $0.topology = .ring }),
            ("--seed", "1", "2", { $0.seed = 2 }),
        ]
        try Self.inFolder { folder in
            let first = Self.options(folder) { ($0.nodes, $0.blockTime) = (2, 1) }
            _ = try first.layout()
            for (option, has, wanted, change) in refused {
                #expect {
                    try Self.options(folder, change).layout()
                } throws: { error in
                    "\(error)".contains("\(option) \(has)") && "\(error)".contains("\(option) \(wanted)")
                }
            }
            _ = try first.layout()
        }
    }

    /// Older versions wrote neither ports nor a topology.
    @Test func anOldFolderIsTakenUp() throws {
        try Self.inFolder { folder in
            _ = try Self.options(folder) { $0.nodes = 2 }.layout()
            try #"{"nodes":2,"blockTime":2}"#.write(toFile: folder + "/cluster.json", atomically: true, encoding: .utf8)
            let first = try Self.options(folder).layout().record
            #expect(first.signerCount == 2)
            #expect(try Self.options(folder).layout().record == first)
        }
    }

    @Test func foldersOfOthersAreLeftAlone() throws {
        try Self.inFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try "mine".write(toFile: folder + "/letter", atomically: true, encoding: .utf8)
            #expect { try Self.options(folder).layout() } throws: { "\($0)".contains("don't belong to a cluster") }
            try FileManager.default.removeItem(atPath: folder + "/letter")
            _ = try Self.options(folder).layout()
            #expect {
                try Self.options(folder) { $0.manifest = folder + "/cluster.json" }.layout()
            } throws: { "\($0)".contains("choose another name") }
            try "{}".write(toFile: folder + "/cluster.json", atomically: true, encoding: .utf8)
            #expect { try Self.options(folder).layout() } throws: { "\($0)".contains("is not a cluster's") }
        }
    }

    @Test func oneFolderHasOneRunningCluster() throws {
        try Self.inFolder { folder in
            let running = try Self.options(folder).layout()
            #expect { try Self.options(folder).layout() } throws: {
                "\($0)".contains("is already running in \(running.root)")
            }
        }
        try Self.inFolder { folder in
            _ = try Self.options(folder).layout()
            _ = try Self.options(folder).layout()
        }
    }

    @Test func temporaryFoldersGo() throws {
        let temporary = NSTemporaryDirectory().trimmingSuffix("/")
        let old = ["\(temporary)/starling-cluster-old-\(UUID())", "\(temporary)/starling-cluster-old-\(UUID())"]
        for (age, path) in old.enumerated() {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_000_000 + Double(age))], ofItemAtPath: path)
        }
        defer { for path in old { try? FileManager.default.removeItem(atPath: path) } }
        let folder = try ClusterFolder(datadir: nil)
        #expect(!FileManager.default.fileExists(atPath: old[0]))
        #expect(FileManager.default.fileExists(atPath: folder.path))
        folder.remove()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        // A refusal leaves nothing.
        let before = try FileManager.default.contentsOfDirectory(atPath: temporary).filter {
            $0.hasPrefix("starling-cl")
        }
        #expect(throws: ClusterError.self) { try Self.options(nil) { ($0.nodes, $0.signers) = (2, 3) }.layout() }
        let after = try FileManager.default.contentsOfDirectory(atPath: temporary).filter {
            $0.hasPrefix("starling-cl")
        }
        #expect(Set(after).isSubset(of: before))
    }

    @Test func aTopologyLeavesNothingToDiscovery() throws {
        try Self.inFolder { folder in
            let options = Self.options(folder) { ($0.nodes, $0.topology, $0.maxPeers) = (5, .ring, 2) }
            let layout = try options.layout()
            let arguments = layout.arguments(of: layout.nodes[2], options)
            #expect(arguments.contains("--nodiscover") && !arguments.contains("--bootnodes"))
            #expect(arguments.value(of: "--staticnodes") == layout.nodes[1].enode)
            #expect(arguments.value(of: "--trustednodes") == "\(layout.nodes[1].enode),\(layout.nodes[3].enode)")
            #expect(arguments.value(of: "--maxpeers") == "0")
        }
    }

    @Test func optionsArePassedOn() throws {
        try Self.inFolder { folder in
            let options = Self.options(folder) {
                ($0.nodes, $0.signers, $0.maxPeers, $0.metrics) = (3, 2, 7, true)
                $0.sidecars = ["chat/1/4"]
                $0.nodeOptions = ["--verbosity", "5", "--max-upload=1MB/s"]
            }
            let layout = try options.layout()
            let arguments = layout.arguments(of: layout.nodes[1], options)
            #expect(arguments.value(of: "--bootnodes") == layout.nodes[0].enode)
            #expect(arguments.value(of: "--maxpeers") == "7")
            #expect(arguments.contains("--metrics") && arguments.contains("--max-upload=1MB/s"))
            #expect(arguments.filter { $0 == "--verbosity" }.count == 1 && arguments.value(of: "--verbosity") == "5")
            #expect(arguments.value(of: "--capability") == "chat/1/4@\(layout.nodes[1].datadir)/chat.sock")
            #expect(arguments.contains("--mine"))
            #expect(!layout.arguments(of: layout.nodes[2], options).contains("--mine"))
        }
    }

    @Test func whatCannotComeTrueIsRefused() throws {
        let refused: [(String, (inout ClusterOptions) -> Void)] = [
            ("at most 3 peers", { $0.untilPeered = 4 }),
            ("at most 2 peers", { ($0.topology, $0.untilPeered) = (.ring, 3) }),
            ("--maxpeers 3 or more", { ($0.topology, $0.maxPeers) = (.full, 2) }),
            ("before the '--'", { ($0.topology, $0.nodeOptions) = (.full, ["--maxpeers=2"]) }),
            ("shorter --datadir", { $0.sidecars = ["chat/1/4"] }),
        ]
        for (words, change) in refused {
            Self.inFolder { folder in
                let long = words.hasPrefix("shorter") ? "/" + String(repeating: "a", count: 100) : ""
                #expect { try Self.options(folder + long, change).layout() } throws: { "\($0)".contains(words) }
            }
        }
    }

    @Test func moreThan64NodesHave64Signers() throws {
        try Self.inFolder { folder in
            let layout = try Self.options(folder) { $0.nodes = 100 }.layout()
            #expect(layout.nodes.count { $0.signerKey != nil } == 64)
            #expect(Set(layout.nodes.map(\.port) + layout.nodes.map(\.httpPort)).count == 200)
        }
    }

    @Test func memoryIsLookedAt() {
        #expect(Machine.lack(nodes: 50, available: 8 << 30) == nil)
        #expect(Machine.lack(nodes: 500, available: 8 << 30)?.contains("--nodes 128") == true)
        #expect(Machine.lack(nodes: 500, available: nil) == nil)
    }

    @Test func prometheusFindsEveryNode() throws {
        let files = PrometheusFiles(root: "/tmp/a \"b\"", nodes: [("node1", 8545), ("node2", 8546)])
        let targets = try #require(
            try JSONSerialization.jsonObject(with: Data(files.targets.utf8)) as? [[String: Any]])
        #expect(targets.map { $0["targets"] as? [String] } == [["127.0.0.1:8545"], ["127.0.0.1:8546"]])
        #expect(targets.map { ($0["labels"] as? [String: String])?["node"] } == ["node1", "node2"])
        #expect(files.configuration.contains(#"- files: ["/tmp/a \"b\"/targets.json"]"#))
    }

    /// Debian's Prometheus has a default folder that only its own user may write to, and a service at the default port.
    @Test func prometheusNeedsNothingOfDebiansService() {
        let command = PrometheusFiles(root: "/tmp/it's here", nodes: []).command
        #expect(command.hasPrefix(#"prometheus --config.file='/tmp/it'\''s here/prometheus.yml' "#))
        #expect(command.contains(#" --storage.tsdb.path='/tmp/it'\''s here/prometheus' "#))
        #expect(command.contains(" --web.listen-address=127.0.0.1:"))
        let plain = PrometheusFiles(root: "/tmp/c_1", nodes: [])
        #expect(plain.command.contains("=/tmp/c_1/prometheus.yml "))
        #expect(plain.configuration.hasPrefix("# Run: \(plain.command)\n"))
    }
}

extension ClusterOptions {
    func layout() throws -> ClusterLayout { try ClusterLayout(self) }
}

extension [String] {
    /// What follows an option.
    func value(of option: String) -> String? {
        guard let at = firstIndex(of: option), at + 1 < count else { return nil }
        return self[at + 1]
    }
}
