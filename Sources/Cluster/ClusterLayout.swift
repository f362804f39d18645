import Chain
import EthCrypto
import Files
import Foundation
import Networks
import NodeRecord
import Primitives

/// The folder of a cluster: a genesis file and a datadir for each node.
///
///     DIR/cluster.json   DIR/genesis.json   DIR/manifest.json   DIR/node1/   DIR/node1.log   …
struct ClusterLayout {
    struct Node {
        let name: String
        let key: PrivateKey
        /// The key that it seals with; nil if it isn't a signer.
        let signerKey: PrivateKey?
        let datadir: String
        let log: String
        let port: UInt16
        let httpPort: UInt16
        /// The Unix socket of each capability that a program outside the node serves.
        let sidecars: [(capability: String, socket: String)]
        /// The indices of the nodes that it is connected to; nil if discovery chooses.
        let neighbours: [Int]?

        var enode: String {
            EnodeURL(publicKey: key.publicKey, host: .address(.loopback), tcpPort: port).description
        }

        var keyPath: String { datadir + "/nodekey" }
        var signerKeyPath: String { datadir + "/signerkey" }
        var rpcURL: String { "http://127.0.0.1:\(httpPort)" }
    }

    let folder: ClusterFolder
    let record: ClusterRecord
    let nodes: [Node]
    let network: NetworkDefinition

    var root: String { folder.path }
    var genesisPath: String { root + "/genesis.json" }
    var manifestPath: String { root + "/manifest.json" }

    /// The maximum length of a Unix socket's path that every system allows.
    private static let maxSocketPath = 103

    /// Creates the folder, or continues the cluster that is in it. Leaves nothing behind if it fails.
    init(_ options: ClusterOptions, probe: (UInt16) -> FreePorts.Refusal? = FreePorts.probe) throws(ClusterError) {
        folder = try ClusterFolder(datadir: options.datadir)
        do throws(ClusterError) {
            let kept = try Self.kept(options, folder)
            var record = if let kept { kept } else { try ClusterRecord(options) }
            try Self.check(options, record, folder)
            var random = SystemRandomNumberGenerator()
            let ports = try PortPlan(
                nodes: record.nodes, base: options.basePort, rpcBase: options.baseHTTPPort, kept: record.ports,
                random: &random, probe: probe)
            record.ports = ports
            self.record = record
            nodes = try Self.nodes(options, record, ports, folder.path)
            network = .devnet(signers: nodes.compactMap(\.signerKey?.publicKey.address), period: record.blockTime)
            do {
                if kept == nil { try makeFiles() }
                if record != kept { try record.write(to: folder.path) }
            } catch let error as FileError {
                throw ClusterError.folder("\(error)")
            } catch {
                throw .folder("\(folder.path) can't be written: \(error.localizedDescription)")
            }
        } catch {
            folder.remove()
            throw error
        }
    }

    /// The record of the cluster in the folder; nil if the folder is empty.
    private static func kept(_ options: ClusterOptions, _ folder: ClusterFolder) throws(ClusterError) -> ClusterRecord?
    {
        guard let record = try ClusterRecord(folder: folder.path) else {
            guard folder.isEmpty else {
                throw .folder(
                    "\(folder.path) has files that don't belong to a cluster; use an empty folder for --datadir")
            }
            return nil
        }
        try record.check(options, folder: folder.path)
        return record
    }

    /// Checks options that depend on each other.
    private static func check(
        _ options: ClusterOptions, _ record: ClusterRecord, _ folder: ClusterFolder
    ) throws(ClusterError) {
        if let manifest = options.manifest, ClusterFolder.absolute(manifest) == folder.path + "/" + ClusterRecord.name {
            throw .options(
                "--json \(manifest) is the file in which the cluster stores its parameters; choose another name")
        }
        let neighbours = try record.wiring.neighbours(nodes: record.nodes, seed: record.seed ?? 1)
        let degrees = neighbours?.map(\.count)
        if neighbours != nil, options.nodeOptionNames.contains("--maxpeers") {
            throw .options(
                "with --topology \(record.wiring), set --maxpeers before the '--', as an option of the cluster")
        }
        if let maxPeers = options.maxPeers, let most = degrees?.max(), most > maxPeers {
            throw .options(
                "--maxpeers \(maxPeers): with --topology \(record.wiring) a node has \(most) peers; use --maxpeers \(most) "
                    + "or more")
        }
        let possible = degrees?.min() ?? min(record.nodes - 1, options.maxPeers ?? .max)
        if let wanted = options.untilPeered, wanted > possible {
            throw .options(
                "--until-peered \(wanted) can't be reached: with \(record.nodes) nodes and --topology \(record.wiring), "
                    + "some node has at most \(possible) peers")
        }
    }

    private static func nodes(
        _ options: ClusterOptions, _ record: ClusterRecord, _ ports: PortPlan, _ root: String
    ) throws(ClusterError) -> [Node] {
        let neighbours = try record.wiring.neighbours(nodes: record.nodes, seed: record.seed ?? 1)
        var nodes: [Node] = []
        for index in 0..<record.nodes {
            let name = "node\(index + 1)"
            let datadir = "\(root)/\(name)"
            let sidecars = options.sidecars.map { capability in
                (capability, "\(datadir)/\(capability.prefix { $0 != "/" }).sock")
            }
            if let long = sidecars.first(where: { $0.1.utf8.count > maxSocketPath }) {
                throw .options(
                    "--sidecar \(long.0): the path \(long.1) is longer than a socket's may be (\(maxSocketPath) bytes); "
                        + "use a shorter --datadir")
            }
            nodes.append(
                Node(
                    name: name, key: DevAccounts.nodeKey(index),
                    signerKey: index < record.signerCount ? DevAccounts.signerKey(index) : nil, datadir: datadir,
                    log: "\(root)/\(name).log", port: ports.p2p[index], httpPort: ports.rpc[index], sidecars: sidecars,
                    neighbours: neighbours?[index]))
        }
        return nodes
    }

    private func makeFiles() throws {
        let files = FileManager.default
        try AtomicFile.write(network.genesisJSON.utf8, to: genesisPath)
        for node in nodes {
            try files.createDirectory(atPath: node.datadir, withIntermediateDirectories: true)
            let keys = [(node.keyPath, node.key)] + (node.signerKey.map { [(node.signerKeyPath, $0)] } ?? [])
            for (path, key) in keys {
                try AtomicFile.write(Hex.encode(key.bytes).utf8, to: path, mode: 0o600)
            }
        }
    }

    /// The command line arguments of `starling` that run a node.
    func arguments(of node: Node, _ options: ClusterOptions) -> [String] {
        var arguments = [
            "node", "--genesis", genesisPath, "--networkid", "\(network.networkID)", "--datadir", node.datadir,
            "--identity", node.name, "--port", "\(node.port)", "--addr", "127.0.0.1", "--http.port",
            "\(node.httpPort)", "--nat", "extip:127.0.0.1", "--until-stdin-closes",
        ]
        if node.signerKey != nil { arguments += ["--mine", "--miner.key", node.signerKeyPath] }
        for sidecar in node.sidecars { arguments += ["--capability", "\(sidecar.capability)@\(sidecar.socket)"] }
        var own = [("--verbosity", "\(options.verbosity)")]
        if let neighbours = node.neighbours {
            // The later node dials the earlier one, which is running already. Both trust each other, and there are no
            // slots for other peers: so these are the only connections.
            let index = nodes.firstIndex { $0.name == node.name } ?? 0
            let dialed = neighbours.filter { $0 < index }.map { nodes[$0].enode }
            if !dialed.isEmpty { arguments += ["--staticnodes", dialed.joined(separator: ",")] }
            arguments += ["--nodiscover", "--trustednodes", neighbours.map { nodes[$0].enode }.joined(separator: ",")]
            own.append(("--maxpeers", "0"))
        } else {
            // All nodes know only the first node, and find the others by discovery.
            if let first = nodes.first, first.name != node.name { arguments += ["--bootnodes", first.enode] }
            if let maxPeers = options.maxPeers { own.append(("--maxpeers", "\(maxPeers)")) }
        }
        let names = options.nodeOptionNames
        for (name, value) in own where !names.contains(name) { arguments += [name, value] }
        if options.metrics, !names.contains("--metrics") { arguments.append("--metrics") }
        return arguments + options.nodeOptions
    }
}
