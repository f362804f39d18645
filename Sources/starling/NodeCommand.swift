import ArgumentParser
import Files
import Foundation
import NodeCore
import NodeNIO
import NodeRPC

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node",
        abstract: "Run one node.",
        discussion: """
            The option names are those of other Ethereum clients. Ctrl-C stops the node; a killed node goes on where it was.
            """)

    @OptionGroup(title: "Network") var network: NetworkOptions
    @OptionGroup(title: "Peers") var peers: PeerOptions
    @OptionGroup(title: "Transaction pool") var pool: PoolOptions
    @OptionGroup(title: "JSON-RPC") var http: HTTPOptions
    @OptionGroup(title: "Metrics") var metrics: MetricsOptions
    @OptionGroup(title: "Sealing") var sealing: SealingOptions

    @Option(
        help:
            "How much to log: 0 nothing, 1 errors, 2 warnings, 3 what happens, 4 debug, 5 everything, without a bound.")
    var verbosity = 3

    @Option(
        name: .customLong("log-format"),
        help: "How lines of the log are written: text, or json, an object a line.")
    var logFormat = LogFormat.text

    @Flag(
        name: .customLong("until-stdin-closes"),
        help: ArgumentHelp("End when standard input closes, so that no node outlives its parent.", visibility: .hidden))
    var untilStandardInputCloses = false

    func validate() throws {
        guard (0...5).contains(verbosity) else { throw ValidationError("--verbosity must be 0 to 5") }
        guard http.isEnabled || !metrics.metrics else {
            throw ValidationError("--metrics are served at the port of JSON-RPC; leave out --no-http")
        }
    }

    func run() async throws {
        let signals = SignalTrap(alsoWhenStandardInputCloses: untilStandardInputCloses)
        // Whoever reads the log may go away; the node goes on.
        signal(SIGPIPE, SIG_IGN)
        FileDescriptors.raiseLimit()
        do {
            let node = try await NodeRun(self)
            try await node.run(until: signals)
        } catch let status as ExitCode {
            throw status
        } catch {
            throw CleanExit.failure("starling: \(error)")
        }
    }
}

struct NetworkOptions: ParsableArguments {
    @Option(help: "devnet, a private chain with one signer, or the name of a folder in Genesis/ with a Clique chain.")
    var network = "devnet"

    @Option(help: "A genesis.json in go-ethereum's format, instead of --network.")
    var genesis: String?

    @Option(help: "Network id, which Status carries. The chain id by default.")
    var networkid: UInt64?

    @Option(help: "Where the chain and the node's key are kept.")
    var datadir = "starling-data"
}

struct PeerOptions: ParsableArguments {
    @Option(help: "The TCP port to listen on, and the UDP port of discovery.")
    var port: UInt16 = 30303

    @Option(name: .customLong("discovery.port"), help: "The UDP port of discovery, where it differs.")
    var discoveryPort: UInt16?

    @Option(
        help:
            "The address to listen on. 0.0.0.0 by default; 127.0.0.1 where the keys of the network's signers are public."
    )
    var addr: String?

    @Option(
        help:
            "enode URLs or records (enr:…) to begin discovery with, separated by commas. Those of the network by default."
    )
    var bootnodes: String?

    @Option(help: "enode URLs or records (enr:…) to keep connections to, separated by commas.")
    var staticnodes: String?

    @Option(help: "enode URLs or records (enr:…) of nodes that may always connect, separated by commas.")
    var trustednodes: String?

    @Option(help: "The file with the node's key. DATADIR/nodekey by default, made where there is none.")
    var nodekey: String?

    @Option(help: "The node's key itself, 64 hexadecimal digits (for tests).")
    var nodekeyhex: String?

    @Option(help: "The address that others are told: extip:ADDRESS, or none for the address listened on.")
    var nat = "none"

    @Option(help: "Maximum number of peers.")
    var maxpeers = 50

    @Option(
        name: .customLong("max-upload"),
        help: ArgumentHelp(
            "The most to send in a second, as 500KB/s or 2MiB/s: new blocks and transactions first, answers to peers "
                + "that sync get what is left. No limit by default.",
            valueName: "amount/s"))
    var maxUpload: String?

    @Option(
        name: .customLong("max-upload-per-day"),
        help: ArgumentHelp(
            "The most to send in a day, as 20GB, spread over the day. Counted in memory: a node that is started anew "
                + "begins anew. May be given beside --max-upload.",
            valueName: "amount"))
    var maxUploadPerDay: String?

    @Option(
        help: "A file that changes what offences and merits of peers count; 'starling peers table' prints all lines.")
    var reputationTable: String?

    @Option(
        name: .customLong("min-node-id-work"),
        help: ArgumentHelp(
            "Admit only nodes whose ids carry proof of work: leading zero bits of the id's hash. For private networks.",
            valueName: "bits"))
    var minNodeIDWork = 0

    @Flag(help: "Neither look for nodes nor answer those that do.")
    var nodiscover = false

    @Option(
        name: .customLong("capability"),
        help: ArgumentHelp(
            "A capability that a program outside serves, and the Unix socket where it dials in; may be repeated.",
            valueName: "name/version/count@path"))
    var capability: [String] = []

    @Option(help: "A name to tell nodes apart by, part of the client id.")
    var identity: String?

    /// What `--max-upload` and `--max-upload-per-day` ask for.
    func uploadLimits() throws -> [UploadLimit] {
        var limits: [UploadLimit] = []
        do throws(ByteAmountError) {
            if let text = maxUpload { limits.append(try UploadLimit(perSecond: text)) }
            if let text = maxUploadPerDay { limits.append(try UploadLimit(perDay: text)) }
        } catch {
            throw ValidationError(
                "\(limits.isEmpty && maxUpload != nil ? "--max-upload" : "--max-upload-per-day") \(error)")
        }
        return limits
    }

    func validate() throws {
        _ = try uploadLimits()
        guard maxpeers >= 0 else { throw ValidationError("--maxpeers must not be negative") }
        guard NodeIDWork.range.contains(minNodeIDWork) else {
            throw ValidationError("--min-node-id-work must be 0 to \(NodeIDWork.range.upperBound)")
        }
        guard nodekey == nil || nodekeyhex == nil else {
            throw ValidationError("give --nodekey or --nodekeyhex, not both")
        }
    }
}

struct HTTPOptions: ParsableArguments {
    @Flag(name: .customLong("http"), inversion: .prefixedNo, help: "Serve JSON-RPC over HTTP.")
    var isEnabled = true

    @Option(name: .customLong("http.addr"), help: "The address of JSON-RPC.")
    var address = "127.0.0.1"

    @Option(name: .customLong("http.port"), help: "The port of JSON-RPC.")
    var port: UInt16 = 8545

    @Option(
        name: .customLong("http.api"),
        help: ArgumentHelp(
            "Namespaces to answer, with all of their methods, separated by commas: "
                + "\(RPCMethod.namespaces.joined(separator: ",")). By default all methods that don't change the node where "
                + "JSON-RPC listens on loopback, else \(RPCMethod.openNamespaces.joined(separator: ",")).",
            valueName: "names"))
    var api: String?

    @Option(name: .customLong("http.corsdomain"), help: "Allowed CORS origins, separated by commas; * for all.")
    var corsDomain = ""

    @Option(
        name: .customLong("http.vhosts"),
        help: "Host names that requests may be addressed to; addresses always may; * for all.")
    var virtualHosts = "localhost"

    /// What `--http.api` lists.
    var namespaces: [String]? {
        api.map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
    }

    func validate() throws {
        if let unknown = namespaces?.first(where: { !RPCMethod.namespaces.contains($0) }) {
            throw ValidationError(
                "--http.api: there is no namespace '\(unknown)', only \(RPCMethod.namespaces.joined(separator: ", "))")
        }
    }
}

struct MetricsOptions: ParsableArguments {
    @Flag(help: "Answer GET /metrics at the port of JSON-RPC, in Prometheus' text format.")
    var metrics = false
}

struct SealingOptions: ParsableArguments {
    @Flag(
        help:
            "Seal blocks (Clique). On by default on the devnet, whose signer key is public, unless nodes are given to connect to."
    )
    var mine = false

    @Option(name: .customLong("miner.key"), help: "The file with the signer's key. The node's own key by default.")
    var key: String?

    @Option(name: .customLong("miner.gaslimit"), help: "The gas limit that sealed blocks move towards.")
    var gasLimit: UInt64 = 30_000_000
}
