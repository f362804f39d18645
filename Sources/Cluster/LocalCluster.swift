import Chain
import EthCrypto
import Foundation
import Networks
import Primitives

/// Starts the nodes, watches them, and stops them.
public struct LocalCluster {
    private let options: ClusterOptions
    private let layout: ClusterLayout
    private let clients: [RPCClient]
    private var processes: [NodeProcess] = []
    private var enrs: [String] = []

    public init(_ options: ClusterOptions) throws(ClusterError) {
        self.options = options
        layout = try ClusterLayout(options)
        clients = layout.nodes.compactMap { URL(string: $0.rpcURL).map(RPCClient.init) }
    }

    /// Runs until `untilBlock` is reached, `stop` says so, or something fails. No node runs afterwards.
    public mutating func run(stop: @Sendable @escaping () -> Bool) async throws(ClusterError) {
        do throws(ClusterError) {
            try await watch(stop)
        } catch {
            await end()
            // The logs of a failed cluster are wanted: it is left even where it was temporary.
            throw error
        }
        await end()
        layout.remove()
    }

    private mutating func watch(_ stop: @Sendable () -> Bool) async throws(ClusterError) {
        let started = Date()
        say("Starting \(layout.nodes.count) nodes in \(layout.root)")
        for node in layout.nodes { processes.append(try start(node)) }
        guard try await waitUntilUp(stop) else { return }
        try await introduce()
        var view = StatusView()
        var propagation = Propagation(nodes: layout.nodes.count)
        while !stop() {
            try checkRunning()
            let snapshots = await snapshots()
            propagation.add(snapshots)
            view.show(layout, snapshots, propagation)
            if let block = options.untilBlock, try await reached(block, snapshots, since: started) { return }
            await pause(0.5, stop)
        }
        say("\nStopping.")
    }

    private func start(_ node: ClusterLayout.Node) throws(ClusterError) -> NodeProcess {
        var arguments = [
            "node", "--genesis", layout.genesisPath, "--networkid", "\(layout.network.networkID)",
            "--datadir", node.datadir, "--identity", node.name, "--port", "\(node.port)", "--addr", "127.0.0.1",
            "--http.port", "\(node.httpPort)", "--nat", "extip:127.0.0.1", "--mine", "--miner.key", node.signerKeyPath,
            "--until-stdin-closes",
            "--verbosity", "\(options.verbosity)",
        ]
        // Everyone knows the first node only; the others are found by discovery.
        if let first = layout.nodes.first, first.name != node.name { arguments += ["--bootnodes", first.enode] }
        return try NodeProcess(executable: options.executable, arguments: arguments, log: node.log)
    }

    /// Waits until each node answers; false where it was told to stop.
    private mutating func waitUntilUp(_ stop: @Sendable () -> Bool) async throws(ClusterError) -> Bool {
        let limit = Date().addingTimeInterval(options.timeout)
        for (node, client) in zip(layout.nodes, clients) {
            while await NodeSnapshot.take(client) == nil {
                if stop() { return false }
                try checkRunning()
                guard Date() < limit else { throw .notUp(name: node.name, seconds: options.timeout, log: node.log) }
                await pause(0.1, stop)
            }
        }
        return true
    }

    /// Prints who is there, and writes the manifest.
    private mutating func introduce() async throws(ClusterError) {
        for (node, client) in zip(layout.nodes, clients) {
            let enr = (try? await client.call("admin_nodeInfo").object?["enr"] as? String) ?? ""
            enrs.append(enr)
            say("\n\(node.name)  \(node.rpcURL)\n  \(node.enode)\n  \(enr)")
        }
        say("\nFunded TEST accounts (publicly known keys: never send real money to them)")
        for key in DevAccounts.funded {
            say("  \(key.publicKey.address.checksummed)  0x\(Hex.encode(key.bytes))")
        }
        say("  web3.py needs its ExtraDataToPOAMiddleware (docs/RPC.md)")
        say("\nChain id \(layout.network.genesis.config.chainID), a block every \(options.blockTime) s\n")
        try writeManifest()
    }

    private func writeManifest() throws(ClusterError) {
        guard let path = options.manifest, !enrs.isEmpty else { return }
        try Manifest(layout, enrs: enrs, pids: processes.map(\.pid)).write(to: path)
    }

    /// Starts nodes again that have ended, or gives up, whatever was asked for.
    private mutating func checkRunning() throws(ClusterError) {
        for (index, node) in layout.nodes.enumerated() {
            guard let status = processes[index].exitStatus else { continue }
            guard options.restart, !enrs.isEmpty else {
                throw .nodeEnded(name: node.name, status: status, log: node.log, lastLine: processes[index].lastLine)
            }
            processes[index] = try start(node)
            try writeManifest()
        }
    }

    private func snapshots() async -> [NodeSnapshot?] {
        await withTaskGroup(of: (Int, NodeSnapshot?).self) { group in
            for (index, client) in clients.enumerated() { group.addTask { (index, await NodeSnapshot.take(client)) } }
            var all = [NodeSnapshot?](repeating: nil, count: clients.count)
            for await (index, snapshot) in group { all[index] = snapshot }
            return all
        }
    }

    /// Whether every node has the block; an error where they differ, or the time is over.
    private func reached(
        _ block: UInt64, _ snapshots: [NodeSnapshot?], since start: Date
    ) async throws(ClusterError) -> Bool {
        if snapshots.allSatisfy({ ($0?.number ?? 0) >= block }) {
            var hashes: [String] = []
            for client in clients {
                let reply = try? await client.call(
                    "eth_getBlockByNumber", ["0x" + String(block, radix: 16)], flag: false)
                hashes.append(reply?.object?["hash"] as? String ?? "?")
            }
            if Set(hashes).count == 1, hashes.first != "?" {
                say("\nEvery node has block \(block), \(hashes[0]).")
                return true
            }
            // A block that a reorganisation is about to replace; it may still settle in the time that is left.
            if Date().timeIntervalSince(start) > options.timeout { throw .differentHashes(block, hashes) }
        }
        guard Date().timeIntervalSince(start) <= options.timeout else {
            let heights = snapshots.map { $0.map { "\($0.number)" } ?? "no answer" }.joined(separator: ", ")
            throw .untilBlock(block, seconds: options.timeout, why: "the heights are \(heights)")
        }
        return false
    }

    /// Asks all nodes to end, and ends those that don't within ten seconds.
    private func end() async {
        for process in processes { process.terminate() }
        let limit = Date().addingTimeInterval(10)
        while processes.contains(where: { $0.exitStatus == nil }), Date() < limit {
            try? await Task.sleep(nanoseconds: 50_000_000)
        }
        for process in processes { process.kill() }
    }

    private func pause(_ seconds: Double, _ stop: @Sendable () -> Bool) async {
        for _ in 0..<Int(seconds / 0.1) where !stop() { try? await Task.sleep(nanoseconds: 100_000_000) }
    }
}
