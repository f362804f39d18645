import ArgumentParser
import Cluster
import Files
import Foundation

struct ClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Start a local cluster of real node processes on loopback.",
        discussion: """
            Every node seals blocks in turn (Clique). All nodes know the first one and find the others by discovery. \
            Prints each node's enode, ENR and RPC URL, ten funded test accounts, then a live status. Ctrl-C stops all.
            """)

    @Option(help: "How many nodes.")
    var nodes = 4

    @Option(name: .customLong("block-time"), help: "Seconds between blocks.")
    var blockTime: UInt64 = 2

    @Option(
        name: .customLong("until-block"),
        help: "Exit with 0 once every node has this block with the same hash, with 1 if not within --timeout.")
    var untilBlock: UInt64?

    @Option(help: "Seconds that nodes may take to start, and --until-block to be reached.")
    var timeout = 120.0

    @Option(help: "Keep the cluster in this folder, and go on with the one that is there. A temporary one by default.")
    var datadir: String?

    @Flag(help: "Start a node again when it ends by itself. Otherwise that stops the cluster.")
    var restart = false

    @Option(help: "Once all nodes are up, write what scripts need to drive the cluster to this file.")
    var json: String?

    @Option(help: "The first node's p2p port; the others follow. Free ports by default.")
    var port: UInt16?

    @Option(name: .customLong("http.port"), help: "The first node's JSON-RPC port; the others follow.")
    var httpPort: UInt16?

    @Option(help: "How much the nodes log, 0 (nothing) to 5 (everything).")
    var verbosity = 3

    func validate() throws {
        guard (1...64).contains(nodes) else { throw ValidationError("--nodes must be 1 to 64") }
        guard blockTime >= 1 else { throw ValidationError("--block-time must be at least 1 second") }
        guard timeout > 0 else { throw ValidationError("--timeout must be more than 0 seconds") }
    }

    func run() async throws {
        var options = ClusterOptions(executable: try Self.executable)
        options.nodes = nodes
        options.blockTime = blockTime
        options.untilBlock = untilBlock
        options.timeout = timeout
        options.datadir = datadir
        options.restart = restart
        options.manifest = json
        options.basePort = port
        options.baseHTTPPort = httpPort
        options.verbosity = verbosity
        let signals = SignalTrap()
        do {
            var cluster = try LocalCluster(options)
            try await cluster.run { signals.wasCaught }
        } catch {
            throw CleanExit.failure("cluster: \(error)")
        }
    }

    private static var executable: String {
        get throws {
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
