import ArgumentParser
import Cluster
import Files
import Foundation
import Sidecar

struct ClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Start a local cluster of real node processes on loopback.",
        discussion: """
            Nodes seal blocks in turn (Clique). All know the first one and find the others by discovery, unless --topology \
            says who is connected. Prints each node's enode, ENR and RPC URL, ten funded test accounts, then a live status. \
            Ctrl-C stops all. Another terminal can stop, start, pause and resume nodes. What follows -- goes to every node.
            """,
        subcommands: [Status.self, Info.self, Stop.self, Start.self, Pause.self, Resume.self])

    @Option(help: "How many nodes. What a kept cluster has, else 4, by default.")
    var nodes: Int?

    @Option(
        name: .customLong("block-time"),
        help: "Seconds between blocks, 1 or more. What a kept cluster has, else 2, by default.")
    var blockTime: String?

    @Option(help: "How many nodes seal: the first ones. All of them, up to \(ClusterOptions.maxSigners), by default.")
    var signers: Int?

    @Option(help: "Who makes blocks: clique (proof of authority; --signers says how many).")
    var consensus = "clique"

    @Option(
        help: ArgumentHelp(
            "Who is connected: \(Topology.forms). By discovery nodes choose for themselves.", valueName: "form"))
    var topology: String?

    @Option(help: "What a random topology is drawn by; the same number gives the same one. 1 by default.")
    var seed: UInt64?

    @Option(help: "Maximum number of peers of each node.")
    var maxpeers: Int?

    @Flag(help: "Have each node serve /metrics, and write files for Prometheus that scrape them all.")
    var metrics = false

    @Option(
        help: ArgumentHelp(
            "A capability that programs outside the nodes serve: each node has a Unix socket of its own for it "
                + "(docs/OUT-OF-PROCESS.md). May be repeated.", valueName: "name/version/count"))
    var sidecar: [String] = []

    @Option(
        name: .customLong("until-block"),
        help: "Exit with 0 once every node has this block with the same hash, with 1 if not within --timeout.")
    var untilBlock: UInt64?

    @Option(
        name: .customLong("until-peered"),
        help: "Exit with 0 once every node has so many peers; with --until-block, once both are true.")
    var untilPeered: Int?

    @Option(
        help: """
            Seconds that nodes may take to start, and --until-block and --until-peered to come true. 120 by default, or 4 \
            for each node.
            """)
    var timeout: Double?

    @Option(help: "Keep the cluster in this folder, and go on with the one that is there. A temporary one by default.")
    var datadir: String?

    @Flag(help: "Start a node again when it ends by itself. Otherwise it stays dead, and the others go on.")
    var restart = false

    @Option(help: "Once all nodes are up, write what scripts need to drive the cluster to this file.")
    var json: String?

    @Option(
        help:
            "The first node's p2p port; the others follow. Those of a kept cluster, else free ones, by default and for 0."
    )
    var port: Int?

    @Option(name: .customLong("http.port"), help: "The first node's JSON-RPC port; the others follow. Likewise.")
    var httpPort: Int?

    @Option(help: "How much the nodes log, 0 (nothing) to 5 (everything).")
    var verbosity = 3

    @Option(
        help: ArgumentHelp("The program that runs a node, as a 'starling' of another version. This one by default."))
    var executable: String?

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("Options for every node, after --; see 'starling node --help'.", valueName: "node options"))
    var nodeOptions: [String] = []

    func validate() throws {
        if let nodes, !(1...ClusterOptions.maxNodes).contains(nodes) {
            throw ValidationError("--nodes must be 1 to \(ClusterOptions.maxNodes)")
        }
        _ = try period
        if let signers, !(1...ClusterOptions.maxSigners).contains(signers) {
            throw ValidationError("--signers must be 1 to \(ClusterOptions.maxSigners)")
        }
        guard consensus == "clique" else {
            throw ValidationError(
                "--consensus \(consensus): a cluster has only clique; a consensus of your own runs beside it as a capability: "
                    + "see --sidecar, and Examples/ToyConsensus")
        }
        if let topology, Topology(topology) == nil {
            throw ValidationError("--topology \(topology): write \(Topology.forms)")
        }
        for (option, value) in [("--maxpeers", maxpeers), ("--until-peered", untilPeered)] {
            if let value, value < 0 { throw ValidationError("\(option) must not be negative") }
        }
        for capability in sidecar where SidecarReservation(capability + "@/s") == nil || capability.contains("@") {
            throw ValidationError("--sidecar \(capability): write NAME/VERSION/COUNT, as chat/1/4")
        }
        if let timeout, timeout <= 0 { throw ValidationError("--timeout must be more than 0 seconds") }
        for (option, port) in [("--port", port), ("--http.port", httpPort)] {
            if let port, !(0...65535).contains(port) { throw ValidationError("\(option) must be 0 to 65535") }
        }
        guard (0...5).contains(verbosity) else { throw ValidationError("--verbosity must be 0 to 5") }
        try validateNodeOptions()
    }

    /// What the nodes would refuse is refused before any of them is started.
    private func validateNodeOptions() throws {
        let names = nodeOptions.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
        if let own = names.first(where: ClusterOptions.ownOptions.contains) {
            throw ValidationError("\(own) after -- : that is what the cluster gives to each node itself")
        }
        do {
            _ = try NodeCommand.parse(nodeOptions)
        } catch {
            throw ValidationError("what follows -- is refused by a node: \(NodeCommand.message(for: error))")
        }
    }

    /// The seconds of `--block-time`.
    private var period: UInt64? {
        get throws {
            guard let blockTime else { return nil }
            if let seconds = UInt64(blockTime), (1...86_400).contains(seconds) { return seconds }
            guard let seconds = Double(blockTime), seconds.isFinite, seconds > 0, seconds <= 86_400 else {
                throw ValidationError("--block-time \(blockTime): write whole seconds, 1 to 86400")
            }
            throw ValidationError(
                "--block-time \(blockTime): Clique counts in whole seconds, in the genesis file's period and in the time "
                    + "that each header has; use \(max(1, Int(seconds.rounded())))")
        }
    }

    func run() async throws {
        var options = ClusterOptions(executable: try program)
        options.nodes = nodes
        options.blockTime = try period
        options.signers = signers
        options.topology = topology.flatMap { Topology($0) }
        options.seed = seed
        options.maxPeers = maxpeers
        options.metrics = metrics
        options.sidecars = sidecar
        options.nodeOptions = nodeOptions
        options.untilBlock = untilBlock
        options.untilPeered = untilPeered
        options.timeout = timeout
        options.datadir = datadir
        options.restart = restart
        options.manifest = json
        options.basePort = port
        options.baseHTTPPort = httpPort
        options.verbosity = verbosity
        let signals = SignalTrap(alsoAtHangUp: true)
        do {
            var cluster = try LocalCluster(options)
            try await cluster.run { signals.wasCaught }
        } catch {
            throw CleanExit.failure("cluster: \(error)")
        }
    }

    private var program: String {
        get throws {
            if let executable {
                guard FileManager.default.isExecutableFile(atPath: executable) else {
                    throw ValidationError("--executable \(executable): there is no program")
                }
                return executable
            }
            guard let path = Bundle.main.executablePath else {
                throw ValidationError("can't find this program's own path")
            }
            return path
        }
    }
}

extension CleanExit {
    /// Prints one line to standard error, without usage, and exits with 1.
    static func failure(_ text: String) -> ExitCode {
        OutputDescriptor.standardError.writeLine(text)
        return ExitCode(1)
    }
}
