import ArgumentParser
import Files
import Foundation
import Primitives
import SansIO
import Scenarios
import Simulator

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run a scenario in the deterministic simulator: whole nodes, virtual time, faults, adversaries.",
        discussion: """
            SCENARIO is a file, or the name of one in Testnet/scenarios. The same scenario, seed and program give the \
            same run, byte for byte, wherever the same libraries are; the trace hash says so.

            Exit codes: 0 all checkers hold; 1 the run could not be made (or the comparison found a difference); \
            3 safety is broken (chains, blame, bans, caps, tables); 4 liveness is broken (progress, reach, keeping up); \
            5 nothing is broken, but the run is too short for a checker to judge, which names the least duration. With \
            several seeds the worst counts. Whatever fails is printed with the command that runs it again.

            --nodes and --max-peers make any scenario sparse: --nodes 120 --max-peers 12 is a network that is wider than \
            a node's peers.
            """)

    @Argument(help: "A scenario file, or the name of a scenario in Testnet/scenarios.")
    var scenario: String?

    @Option(help: "How many nodes, instead of the scenario's number.")
    var nodes: Int?

    @Option(
        name: .customLong("max-peers"), help: "Maximum number of peers of a node, instead of the scenario's number.")
    var maxPeers: Int?

    @Option(help: "Everything random comes from this number.")
    var seed: UInt64 = 1

    @Option(help: "Run a range of seeds, FROM..TO, and say at the end how many hold.")
    var seeds: String?

    @Option(
        help: "How many seeds are run at a time; as many as there are cores by default. Results don't depend on it.")
    var jobs: Int?

    @Option(help: "Seconds to simulate, instead of the scenario's.")
    var duration: Double?

    @Option(
        help: ArgumentHelp(
            """
            plain: sessions and discovery packets have their sizes but no encryption and no signatures, which is fast. \
            real: as on sockets. Blocks and transactions are signed and checked either way.
            """))
    var crypto = Crypto.plain

    enum Crypto: String, ExpressibleByArgument, CaseIterable {
        case plain
        case real

        var simulated: Simulation.Crypto {
            switch self {
            case .plain: .plain
            case .real: .real
            }
        }
    }

    @Option(help: "Write the report as JSON, with checkpoints of the trace.")
    var json: String?

    @Option(help: "Write the report as a web page that needs nothing else.")
    var html: String?

    @Option(help: "Compare with the run whose --json report this is: the first events that differ are named.")
    var compare: String?

    @Flag(help: "Run twice with one seed, and name the first event that differs.")
    var twice = false

    @Flag(help: "Print the scenarios that there are.")
    var list = false

    @Flag(help: "No progress bar.")
    var quiet = false

    func validate() throws {
        guard list || scenario != nil else { throw ValidationError("name a SCENARIO, or --list them") }
        guard seeds == nil || Self.range(seeds ?? "") != nil else {
            throw ValidationError("--seeds must be FROM..TO, such as 1..20")
        }
        guard jobs.map({ (1...1024).contains($0) }) ?? true else { throw ValidationError("--jobs must be 1 to 1024") }
        guard nodes.map({ $0 > 0 }) ?? true else { throw ValidationError("--nodes must be at least 1") }
        guard maxPeers.map({ (1...1000).contains($0) }) ?? true else {
            throw ValidationError("--max-peers must be 1 to 1000")
        }
        guard duration.map({ $0 >= 1 }) ?? true else { throw ValidationError("--duration must be at least 1 second") }
        guard seeds == nil || (json == nil && html == nil && compare == nil && !twice) else {
            throw ValidationError("--json, --html, --compare and --twice are of one seed")
        }
    }

    func run() throws {
        do {
            if list { return try printList() }
            let scenario = try chosen()
            if twice { return try runTwice(scenario) }
            let code = try Self.range(seeds ?? "").map { try run(scenario, $0) } ?? run(scenario, seed)
            if code != 0 { throw ExitCode(code) }
        } catch let error as ScenarioError {
            throw CleanExit.failure("simulate: \(error)")
        }
    }

    private static func range(_ text: String) -> ClosedRange<UInt64>? {
        let ends = text.components(separatedBy: "..").map { UInt64($0) }
        guard ends.count == 2, let from = ends[0], let to = ends[1], from <= to else { return nil }
        return from...to
    }

    private func printList() throws {
        for name in try ScenarioFolder.names() {
            print(name.padding(to: 22) + (try ScenarioFolder.scenario(name)).about)
        }
    }

    private func chosen() throws -> Scenario {
        var chosen = try ScenarioFolder.scenario(scenario ?? "")
        if let nodes {
            chosen.nodes = nodes
            chosen.signers = min(chosen.signers, nodes)
        }
        if let maxPeers { chosen.maxPeers = maxPeers }
        if let duration { chosen.seconds = duration }
        return chosen
    }

    /// What runs the same again.
    private func command(_ seed: UInt64) -> String {
        var words = ["starling simulate", scenario ?? "", "--seed \(seed)"]
        if let nodes { words.append("--nodes \(nodes)") }
        if let maxPeers { words.append("--max-peers \(maxPeers)") }
        if let duration { words.append("--duration \(duration)") }
        if crypto != .plain { words.append("--crypto \(crypto.rawValue)") }
        return words.joined(separator: " ")
    }

    private func run(_ scenario: Scenario, _ seed: UInt64) throws -> Int32 {
        let run = try ScenarioRun(scenario, seed: seed, crypto: crypto.simulated)
        let bar = ProgressBar(isShown: !quiet)
        let clock = ContinuousClock()
        let begin = clock.now
        let processor = Foundation.clock()
        try run.run { bar.update($0) }
        bar.clear()
        let took = begin.duration(to: clock.now) / .seconds(1)
        var report = run.report(realSeconds: took)
        report.processorSeconds = Double(Foundation.clock() - processor) / Double(CLOCKS_PER_SEC)
        print(report.text(command: command(seed)), terminator: "")
        if let json { try Self.write(try report.json(), to: json) }
        if let html { try Self.write([UInt8](report.html(command: command(seed)).utf8), to: html) }
        if let compare { try self.compare(report, with: compare, scenario) }
        return report.exitCode
    }

    /// Many seeds: a line for each, in their order, and one for all.
    private func run(_ scenario: Scenario, _ seeds: ClosedRange<UInt64>) throws -> Int32 {
        let bar = ProgressBar(isShown: !quiet)
        var summary = SeedSummary()
        let cores = ProcessInfo.processInfo.activeProcessorCount
        try SeedRuns.each(
            Array(seeds), of: scenario, crypto: crypto.simulated, jobs: jobs ?? cores, progress: { bar.update($0) }
        ) { report in
            bar.clear()
            summary.add(report)
            // Unbuffered, so that whoever reads along in a file sees it now.
            OutputDescriptor.standardOutput.writeLine(SeedSummary.line(report, command: command(report.seed)))
        }
        bar.clear()
        print(summary.text)
        return summary.exitCode
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        do throws(FileError) {
            try AtomicFile.write(bytes, to: path)
        } catch {
            throw CleanExit.failure("simulate: \(error)")
        }
    }
}

// Comparing runs.
extension SimulateCommand {
    private func compare(_ report: Report, with path: String, _ scenario: Scenario) throws {
        let json = try InputFile.bytes(path, "the report")
        guard let other = try? Report(json: json) else {
            throw CleanExit.failure("simulate: \(path) is no report that --json wrote")
        }
        guard let events = Divergence.between(other, report) else {
            return print("the same run: all \(report.events) events")
        }
        print("the runs part among the events \(events.lowerBound) to \(events.upperBound - 1); in this one they are:")
        let records = try Divergence.record(events, scenario, seed, crypto.simulated)
        for record in records.prefix(20) { print("  " + Self.text(record)) }
        if records.count > 20 { print("  and \(records.count - 20) more") }
        throw ExitCode(1)
    }

    private func runTwice(_ scenario: Scenario) throws {
        guard let (left, right) = try Divergence.ofTwoRuns(scenario, seed: seed, crypto: crypto.simulated) else {
            return print("both runs are the same")
        }
        print("the runs part:")
        print("  first   " + (left.map(Self.text) ?? "ended"))
        print("  second  " + (right.map(Self.text) ?? "ended"))
        throw ExitCode(1)
    }

    private static func text(_ record: Trace.Record) -> String {
        let kinds = ["", "datagram", "bytes", "end of a connection", "connection", "crash", "start"]
        let seconds = Double(record.moment.nanoseconds % 1_000_000_000_000) / 1e9
        return "event \(record.number) at …\(String(format: "%.9f", seconds)) s, node \(record.node): "
            + "\(kinds[Int(record.kind)]), \(record.byteCount) bytes, \(record.hash.hex.prefix(18))"
    }
}
