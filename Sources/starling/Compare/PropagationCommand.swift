import ArgumentParser
import Foundation
import Links
import Swarm

struct PropagationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propagation",
        abstract: "How fast blocks reach all nodes, and what that costs, by four policies.",
        discussion: """
            flooding   blocks to all peers but the one they came from
            eth        blocks to the square root of the peers, hashes to the rest (eth/68)
            gossipsub  gossipsub v1.1 with its default parameters and no scores
            mesh       this node's own: the real TopicMesh

            In which form a block is sent is another question: flooding, eth and gossipsub send whole blocks, mesh sends \
            compact ones (short ids, prefilled transactions, sums for repair). --form makes all of them send the same, so \
            that policies are compared with policies and forms with forms.

            Modelled: the way between regions of the world, jitter, the lines of both ends with what waits in front of \
            them, the order of a connection's messages, the time for checks, which transactions a node's pool lacks, and \
            every message's size with frames. All policies get the same graph, blocks and pools.

            Not modelled: loss, TCP's slow start (unless --slow-start), TCP's and IP's headers, compression, a CPU that is \
            busy, the gossip of transactions, nodes that come and go. At the start every node has all its connections.

            A node has the block when it is complete there; the maker is left out of times. Bytes and messages are those \
            sent from the first block on, by blocks and nodes, the upkeep of meshes included. Duplicates are copies of a \
            block, whole or compact, beyond the first.
            """)

    @Option(help: "How many nodes.")
    var nodes = 1_000

    @Option(help: "Decides everything that is drawn.")
    var seed: UInt64 = 1

    @Option(help: "How many blocks, one each 12 seconds.")
    var blocks = 10

    @Option(name: .customLong("block-bytes"), help: "The size of a block.")
    var blockBytes = 150_000

    @Option(name: .customLong("transaction-bytes"), help: "The size of a transaction.")
    var transactionBytes = 150

    @Option(name: .customLong("pool-share"), help: "The share of a block's transactions that a node's pool has.")
    var poolShare = 0.98

    @Option(
        name: .customLong("fresh-share"),
        help:
            "Of those it hasn't, the share that nobody has but the maker, who knows it; the rest is lacking by chance.")
    var freshShare = 0.0

    @Option(help: "How many others a node dials; it has twice as many peers on average, and 50 at most.")
    var dials = 12

    @Option(help: "Milliseconds for the checks before a block is passed on.")
    var validation = 20

    @Option(help: "Milliseconds for the execution before a block is announced.")
    var execution = 100

    @Option(
        help: """
            Bytes a second of each node's line, up and down; by default one node in five has 1024 Mbit/s and the others \
            have 50 Mbit/s, as in the source of the delays.
            """)
    var bandwidth: Double?

    @Option(help: "Form of blocks for all policies: whole or compact. By default each has its own.")
    var form: String?

    @Option(
        name: .customLong("lazy-share"),
        help: """
            Share of the peers outside the mesh that gossipsub and mesh tell of new blocks at each heartbeat. By default \
            0.25 and 0.6.
            """)
    var lazyShare: Double?

    @Flag(
        name: .customLong("slow-start"), help: "Connections are idle before each message, so their windows open anew.")
    var slowStart = false

    @Option(help: "Policies to run, separated by commas.")
    var policies = "flooding,eth,gossipsub,mesh"

    @Option(help: "Write the figures to this file.")
    var json: String?

    @Option(help: "Draw them as a page, into this file.")
    var html: String?

    func validate() throws {
        guard (2...100_000).contains(nodes) else { throw ValidationError("--nodes must be 2 to 100000") }
        guard (1...1_000).contains(blocks) else { throw ValidationError("--blocks must be 1 to 1000") }
        guard (1_000...10_000_000).contains(blockBytes) else {
            throw ValidationError("--block-bytes must be 1000 to 10000000")
        }
        guard (100...blockBytes).contains(transactionBytes) else {
            throw ValidationError("--transaction-bytes must be 100 to --block-bytes")
        }
        guard blockBytes / transactionBytes <= 65_535 else { throw ValidationError("at most 65535 transactions") }
        for (name, share) in [("pool", poolShare), ("fresh", freshShare)] where !(0...1).contains(share) {
            throw ValidationError("--\(name)-share must be 0 to 1")
        }
        guard (1...25).contains(dials) else { throw ValidationError("--dials must be 1 to 25") }
        guard validation >= 0, execution >= 0 else { throw ValidationError("times can't be negative") }
        guard bandwidth.map({ $0 >= 10_000 }) ?? true else {
            throw ValidationError("--bandwidth must be at least 10000")
        }
        guard lazyShare.map({ (0...1).contains($0) }) ?? true else {
            throw ValidationError("--lazy-share must be 0 to 1")
        }
        _ = try (chosen, chosenForm)
    }

    private var chosen: [RelayPolicy] { get throws { try CompareOutput.cases(policies, "policies") } }

    private var chosenForm: BlockForm? { get throws { try CompareOutput.choice(form, "form") } }

    private func scenario() throws -> PropagationScenario {
        var scenario = PropagationScenario()
        scenario.nodes = nodes
        scenario.seed = seed
        scenario.blocks = blocks
        scenario.blockBytes = blockBytes
        scenario.transactionBytes = transactionBytes
        scenario.poolShare = poolShare
        scenario.freshShare = freshShare
        scenario.dials = dials
        scenario.validation = .milliseconds(validation)
        scenario.execution = .milliseconds(execution)
        if let bandwidth {
            scenario.links.lines = []
            scenario.links.uploadBytesPerSecond = bandwidth
            scenario.links.downloadBytesPerSecond = bandwidth
        }
        scenario.form = try chosenForm
        scenario.lazyShare = lazyShare
        scenario.slowStart = slowStart
        return scenario
    }

    func run() throws {
        let clock = ContinuousClock()
        var results: [(row: PropagationRow, delays: Distribution)] = []
        let policies = try chosen
        let bar = ProgressBar(isShown: true)
        for policy in policies {
            bar.update(Double(results.count) / Double(policies.count), "\(policy.rawValue), \(nodes) nodes")
            let start = clock.now
            let result = Propagation.run(policy, try scenario())
            results.append((PropagationRow(result, took: clock.now - start), result.delays))
        }
        bar.clear()
        let rows = results.map(\.row)
        var table = TextTable(PropagationRow.titles)
        for row in rows { table.append(row.cells(against: rows)) }
        print(table.text)
        print("peak memory \(CompareOutput.peakMemory) MiB")
        try CompareOutput.write(rows, to: json)
        try CompareOutput.write(PropagationPage(results).text, to: html)
    }
}

/// What one policy came to.
struct PropagationRow: Codable {
    let policy: String
    let form: String
    let nodes: Int
    let blocks: Int
    let p50: Double
    let p95: Double
    let p99: Double
    let most: Double
    let reached: Double
    let bytesPerNode: Double
    let duplicatesPerNode: Double
    let messagesPerNode: Double
    let events: Int
    /// Real seconds for one simulated second.
    let pace: Double

    init(_ result: Propagation, took: Duration) {
        policy = result.policy.rawValue
        form = result.form.rawValue
        nodes = result.nodes
        blocks = result.blocks
        func milliseconds(_ share: Double) -> Double { (result.delays.quantile(share) ?? 0) * 1_000 }
        p50 = milliseconds(0.5)
        p95 = milliseconds(0.95)
        p99 = milliseconds(0.99)
        most = milliseconds(1)
        reached = result.reached
        bytesPerNode = result.bytesPerNode
        duplicatesPerNode = result.duplicatesPerNode
        messagesPerNode = result.messagesPerNode
        events = result.events
        pace = took / .seconds(1) / result.simulatedSeconds
    }

    static let titles = [
        "policy", "form", "p50 ms", "p95 ms", "p99 ms", "max ms", "p95 by flooding", "reached %", "kB/node/block",
        "by gossipsub", "duplicates", "messages", "real s/s",
    ]

    func cells(against rows: [PropagationRow]) -> [String] {
        func ratio(to name: RelayPolicy, _ value: (PropagationRow) -> Double) -> String {
            rows.first { $0.policy == name.rawValue }.map { (value(self) / value($0)).text(2) } ?? "-"
        }
        return [
            policy, form, p50.text(0), p95.text(0), p99.text(0), most.text(0), ratio(to: .flooding) { $0.p95 },
            (100 * reached).text(2), (bytesPerNode / 1_000).text(1), ratio(to: .gossipsub) { $0.bytesPerNode },
            duplicatesPerNode.text(2), messagesPerNode.text(1), pace.text(4),
        ]
    }
}
