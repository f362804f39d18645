import Foundation
import Primitives
import SansIO
import Simulator
import Testing

@testable import Scenarios

@Suite("Runs of scenarios, and their checkers")
struct ScenarioRunTests {
    /// Few nodes and a short time are enough to run every line of a scenario.
    private static func small(_ path: String) throws -> Scenario {
        var scenario = try ScenarioFile.load(path)
        scenario.nodes = 10
        scenario.signers = min(scenario.signers, 3)
        return scenario
    }

    private static func report(_ text: String, seed: UInt64 = 1) throws -> Report {
        let run = try ScenarioRun(try ScenarioFileTests.parse(text), seed: seed, crypto: .plain)
        try run.run()
        return run.report(realSeconds: 1)
    }

    private static func failing(_ report: Report) -> [String] {
        report.verdicts.filter { !$0.holds }.map(\.name)
    }

    @Test("every scenario gives the same run twice", arguments: ScenarioFileTests.paths)
    func repeats(path: String) throws {
        var scenario = try Self.small(path)
        scenario.seconds = min(scenario.seconds, 65)
        let first = try ScenarioRun(scenario, seed: 5, crypto: .plain)
        try first.run()
        let second = try ScenarioRun(scenario, seed: 5, crypto: .plain)
        try second.run()
        #expect(first.simulation.trace.hash == second.simulation.trace.hash)
        #expect(first.simulation.trace.count > 1000)
        #expect(first.simulation.trace.checkpoints == second.simulation.trace.checkpoints)
        let (left, right) = (first.report(realSeconds: 1), second.report(realSeconds: 1))
        let documents = [try left.json(), try right.json()]
        #expect(documents[0] == documents[1])
    }

    static let steady = """
        nodes: 12, seconds: 60, start_within: 4, blocks: { signers: 3, period: 2 },
        transactions: { per_second: 3, from: 30, until: 50 }
        """

    @Test func aGoodNetworkPasses() throws {
        let report = try Self.report("{ \(Self.steady), limits: { reach_seconds: 4, block_seconds_p95: 2 } }")
        #expect(Self.failing(report) == [] && report.exitCode == 0)
        #expect(report.blocks.count > 10 && report.transactions.count > 30)
        #expect(report.blocks.reached == 1 && report.transactions.reached == 1)
        #expect(report.blocks.p50 > 0 && report.blocks.p50 <= report.blocks.p95)
        #expect(report.blocks.p95 <= report.blocks.p99 && report.blocks.p99 <= report.blocks.longest)
        #expect(report.samples.count == 60 && report.samples.last?.running == 12)
        #expect(report.height >= 25 && report.bans.isEmpty && report.crypto == "plain")
    }

    @Test("forms that lead nowhere hold no block up, and their senders are known by the block")
    func ambiguousForms() throws {
        let steady = """
            nodes: 16, seconds: 50, start_within: 4, max_peers: 8, network: { regions: "world" },
            blocks: { signers: 3, period: 2 }, transactions: { per_second: 8, from: 15, until: 45 }
            """
        let attacked = try Self.report(
            "{ \(steady), adversaries: [{ behaviour: \"ambiguous-forms\", share: 0.2, at: 15 }] }")
        let calm = try Self.report("{ \(steady) }")
        #expect(Self.failing(attacked) == [])
        #expect((attacked.offences["falseCompactBlock"] ?? 0) > 0)
        #expect(!attacked.bans.isEmpty && attacked.bans.allSatisfy { !$0.isOfHonest })
        #expect(attacked.blocks.p95 <= 1.4 * calm.blocks.p95, "\(attacked.blocks.p95), \(calm.blocks.p95)")
    }

    @Test(
        "each checker fails where it should, and the exit code says which kind it is",
        arguments: [
            ("limits: { block_duplicates: 0 }", "blocks come to a node few times", 3),
            ("limits: { transaction_duplicates: 0 }", "transactions come to a node few times", 3),
            ("limits: { bytes_per_second: 100 }", "no node sends more than it may", 3),
            ("limits: { peak_bytes_per_second: 100 }", "no node sends more than it may in any second", 3),
            ("limits: { block_seconds_p95: 0.0001 }", "blocks spread fast", 4),
            ("limits: { reach_seconds: 0.001 }", "transactions reach 99 % of the nodes in 0.001 s", 4),
            // Nobody hears anybody any more.
            (
                "network: { loss: 0.001 }, faults: [{ kind: \"loss\", at: 20, share: 1 }]", "blocks are made", 4
            ),
            // The side of one signer stands still.
            ("faults: [{ kind: \"partition\", at: 25, share: 0.3 }]", "every node keeps up", 4),
        ])
    func checkers(_ extra: String, _ name: String, _ exitCode: Int32) throws {
        let report = try Self.report("{ \(Self.steady), \(extra) }")
        #expect(Self.failing(report).contains(name), "\(Self.failing(report))")
        #expect(report.exitCode == exitCode)
    }

    @Test("disks that take no writes stop nodes, and healing brings them back")
    func disks() throws {
        let report = try Self.report(
            """
            { nodes: 12, seconds: 120, start_within: 4, blocks: { signers: 3, period: 2 }, heal_at: 60,
              faults: [{ kind: "disk", at: 30, for: 15, share: 0.3, spare_signers: true }] }
            """)
        #expect(!report.failures.isEmpty)
        #expect(!Self.failing(report).contains("all chains agree"))
    }

    @Test func nodesThatAreDownAreSeen() throws {
        let report = try Self.report(
            """
            { nodes: 16, seconds: 80, start_within: 4, blocks: { signers: 3, period: 2 }, heal_at: 50,
              faults: [{ kind: "power", at: 30, share: 0.25, spare_signers: true }] }
            """)
        #expect(report.samples.first { $0.second == 40 }?.running == 12)
        #expect(report.samples.last?.running == 16)
        #expect(Self.failing(report) == [])
    }

    @Test func aBranchThatIsUndoneIsMeasured() throws {
        // Two signers of four on each side: neither side has the three that it takes, so take two of which one is enough.
        let report = try Self.report(
            """
            { nodes: 12, seconds: 150, start_within: 4, blocks: { signers: 1, period: 2 }, max_peers: 8,
              faults: [{ kind: "crash", at: 30, for: 20, share: 0.2, spare_signers: true }],
              limits: { reorg_blocks: 0 } }
            """)
        // One signer never undoes anything.
        #expect(report.deepestReorganization == 0 && Self.failing(report) == [])
    }

    @Test func aReportCanBeReadAgainAndCompared() throws {
        let text = "{ \(Self.steady) }"
        let report = try Self.report(text)
        let read = try Report(json: try report.json())
        #expect(read.traceHash == report.traceHash && read.checkpoints == report.checkpoints)
        #expect(Divergence.between(read, report) == nil)
        let other = try Self.report(text, seed: 2)
        let events = try #require(Divergence.between(report, other))
        #expect(events == 1..<Trace.interval + 1)
        let records = try Divergence.record(
            events, try ScenarioFileTests.parse(text), 2, .plain)
        #expect(records.count == Int(Trace.interval) && records.first?.number == 1)
        #expect(try Divergence.ofTwoRuns(try ScenarioFileTests.parse(text), seed: 2, crypto: .plain) == nil)
    }

    @Test func theFirstDifferenceIsFoundByHalving() {
        let moment = Instant(unixSeconds: 1)
        func checkpoint(_ index: Int, _ partingAt: Int) -> Trace.Checkpoint {
            let byte = UInt8(index < partingAt ? index : 100 + index)
            let hash = Hash32(filledBy: { $0[0] = byte })
            return Trace.Checkpoint(count: UInt64(index + 1) * Trace.interval, moment: moment, hash: hash)
        }
        func checkpoints(_ partingAt: Int) -> [Trace.Checkpoint] { (0..<10).map { checkpoint($0, partingAt) } }
        let same = checkpoints(10)
        for place in 0..<10 {
            let first = UInt64(place) * Trace.interval + 1
            #expect(Trace.firstDifference(same, checkpoints(place)) == first..<first + Trace.interval)
        }
        #expect(Trace.firstDifference(same, same) == nil)
        #expect(Trace.firstDifference(same, []) == nil)
    }

    @Test func thePageHasEverythingInIt() throws {
        let report = try Self.report("{ about: \"a <b> & c\", \(Self.steady) }")
        let page = report.html(command: "starling simulate test --seed 1")
        #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
        #expect(page.contains("a &lt;b&gt; &amp; c") && !page.contains("a <b> & c"))
        for part in ["<svg", "Propagation", "prefers-color-scheme:dark", report.traceHash, "all holds", "polyline"] {
            #expect(page.contains(part), "no \(part)")
        }
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"))
        let text = report.text(command: "starling simulate test --seed 1")
        #expect(text.contains("p95") && text.contains(report.traceHash) && text.contains("ok   all chains agree"))
        #expect(!text.contains("again:"))
        var quiet = report
        (quiet.blocks, quiet.transactions) = (Report.Spread(), Report.Spread())
        quiet.faults = [Report.Window(name: "partition", from: 10, to: 20)]
        let other = quiet.html(command: "")
        #expect(other.contains("not judged") && !other.contains(">0 ms<") && !page.contains("not judged"))
        #expect(other.contains("partition, 10 to 20 s") && !page.contains("<rect"))
        var failed = report
        failed.verdicts[0].outcome = .fails
        #expect(
            failed.text(command: "starling simulate test --seed 1").contains("again: starling simulate test --seed 1"))
    }

    @Test func moreSignersThanNodesIsAMistake() {
        #expect(throws: ScenarioError.self) {
            try ScenarioRun(try ScenarioFileTests.parse("{ nodes: 2 }"), seed: 1, crypto: .plain)
        }
    }
}
