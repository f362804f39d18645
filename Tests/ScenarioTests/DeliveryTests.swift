import Primitives
import SansIO
import Simulator
import Testing

@testable import Scenarios

@Suite("What is delivered, under attack and after crashes")
struct DeliveryTests {
    private static let base = """
        nodes: 10, seconds: 45, start_within: 2, blocks: { signers: 3, period: 2 },
        transactions: { per_second: 2, from: 24, until: 40 }
        """

    private static func report(_ extra: String) throws -> Report {
        let run = try ScenarioRun(
            try ScenarioFileTests.parse("{ \(base), \(extra) }"), seed: 1, crypto: .plain)
        try run.run()
        return run.report(realSeconds: 1)
    }

    private static func failing(_ report: Report) -> [String] { report.verdicts.filter { !$0.holds }.map(\.name) }

    @Test func everythingComesInTimeInAGoodNetwork() throws {
        let report = try Self.report("limits: { delivery_seconds: 4 }")
        let delivery = try #require(report.delivery)
        #expect(delivery.pairs > 300 && delivery.delivered == delivery.pairs && delivery.worst == 1)
        #expect(delivery.worstNode != nil && delivery.worstNodeShare == 1)
        #expect(report.recovery == nil && Self.failing(report) == [])
        #expect(report.text(command: "").contains("delivered") && report.html(command: "").contains("delivered in 4 s"))
        #expect(try Report(json: try report.json()).delivery?.pairs == delivery.pairs)
    }

    @Test func whatComesTooLateIsNotDelivered() throws {
        let report = try Self.report("limits: { delivery_seconds: 0.001, delivery_share: 0.5 }")
        let share = try #require(report.delivery).share
        // Only who has sent it has it by then.
        #expect(share > 0 && share < 0.3)
        #expect(report.delivery?.worstNodeShare == 0, "the nodes that send nothing get nothing in time")
        #expect(Self.failing(report) == ["blocks and transactions reach the nodes in 0.001 s"])
        #expect(report.exitCode == 4)
    }

    /// Two crashed nodes come back; a while later nobody hears anybody for some seconds, or doesn't.
    @Test(arguments: [false, true]) func recoveryIsMeasured(isLate: Bool) throws {
        let loss = isLate ? ", { kind: \"loss\", at: 32, for: 6, share: 1 }" : ""
        let report = try Self.report(
            """
            faults: [{ kind: "crash", at: 26, for: 3, share: 0.2, spare_signers: true }\(loss)],
            limits: { delivery_seconds: 2, delivery_share: 0.99, recovery_seconds: 5, lag_blocks: 50, progress: 0 }
            """)
        let recovery = try #require(report.recovery)
        #expect(recovery.disruptions == 2 && recovery.longest >= 8)
        #expect(isLate ? recovery.seconds > 5 : recovery.seconds <= 5, "\(recovery)")
        #expect(Self.failing(report).contains("they do so again soon after nodes have gone or come") == isLate)
    }

    @Test func recoveryNeedsATimeOfDelivery() {
        #expect(throws: ScenarioError.self) {
            try ScenarioFileTests.parse("{ limits: { recovery_seconds: 30 } }")
        }
    }

    // MARK: Adversaries

    @Test func hostileNodesSitInFewRangesAndBeginAtTheStart() throws {
        let run = try ScenarioRun(
            try ScenarioFileTests.parse(
                """
                { nodes: 20, seconds: 4, start_within: 3, blocks: { signers: 3 },
                  adversaries: [{ behaviour: "eclipse", share: 0.25, at: 0, ranges: 2 }] }
                """), seed: 1, crypto: .plain)
        try run.run()
        let hostile = run.simulation.nodes.filter { $0.behaviour != nil }
        #expect(hostile.count == 5, "also those that started later")
        func ranges(_ nodes: [SimulatedNode]) -> Set<UInt32> {
            Set(nodes.compactMap { if case .v4(let value) = $0.endpoint.ip { value >> 8 } else { nil } })
        }
        #expect(ranges(hostile).count == 2 && Set(hostile.map(\.endpoint)).count == 5)
        let honest = run.simulation.nodes.filter { $0.behaviour == nil }
        #expect(ranges(honest).count == 15 && honest.allSatisfy { !$0.endpoint.ip.isLAN })
    }

    // MARK: Many runs

    @Test func seedsComeInTheirOrderAndAreTheSameAlone() throws {
        let scenario = try ScenarioFileTests.parse("{ nodes: 5, seconds: 8, start_within: 2, blocks: { signers: 3 } }")
        var traces: [[String]] = []
        for jobs in [1, 3] {
            var hashes: [String] = []
            var last: SeedRuns.Progress?
            try SeedRuns.each(
                [4, 2, 9], of: scenario, crypto: .plain, jobs: jobs, progress: { last = $0 },
                finished: { hashes.append("\($0.seed) \($0.traceHash)") })
            traces.append(hashes)
            #expect(last?.seconds == 24 && last?.allSeconds == 24)
        }
        #expect(traces[0].map { $0.prefix(2) } == ["4 ", "2 ", "9 "] && Set(traces[0]).count == 3)
        #expect(traces[0] == traces[1])
    }

    @Test func aScenarioThatCannotBeStopsAllSeeds() throws {
        let scenario = try ScenarioFileTests.parse("{ nodes: 2, blocks: { signers: 3 } }")
        #expect(throws: ScenarioError.self) {
            try SeedRuns.each([1, 2], of: scenario, crypto: .plain, jobs: 2) { _ in }
        }
    }

    @Test func theNumberOfHostileNodesIsScaled() throws {
        let scenario = try ScenarioFileTests.parse(
            """
            { nodes: 40, adversaries: [{ behaviour: "silent", share: 0.1 }, { behaviour: "withhold", share: 0.2 }] }
            """)
        #expect(scenario.honestCount == 28)
        for attackers in [0, 3, 12, 56] {
            let scaled = scenario.attacked(by: attackers)
            #expect(scaled.honestCount == 28 && scaled.nodes == 28 + attackers)
            let counts = scaled.adversaries.map { $0.count(of: scaled.nodes) }
            #expect(counts.reduce(0, +) == attackers && abs(counts[1] - 2 * counts[0]) <= 2)
        }
    }

    @Test("the search ends between what holds and what doesn't")
    func budget() throws {
        var scenario = try ScenarioFileTests.parse(
            """
            { nodes: 8, seconds: 30, start_within: 1, blocks: { signers: 3, period: 2 },
              transactions: { per_second: 1, from: 22, until: 26 },
              adversaries: [{ behaviour: "silent", share: 0.25, at: 0 }], limits: { delivery_seconds: 2 } }
            """)
        let good = try DeliveryBudget.search(scenario, seeds: [1], mostRatio: 0.2, crypto: .plain, jobs: 1)
        #expect(good.honest == 6 && good.holds == 1 && good.fails == nil)
        #expect(good.attempts.map(\.attackers) == [0, 1] && good.attempts.allSatisfy { $0.delivered == 1 })
        scenario.limits.deliverySeconds = 0.0001
        let bad = try DeliveryBudget.search(scenario, seeds: [1], mostRatio: 0.2, crypto: .plain, jobs: 1)
        #expect(bad.holds == nil && bad.fails == 0)
        scenario.adversaries = []
        #expect(throws: ScenarioError.self) {
            try DeliveryBudget.search(scenario, seeds: [1], mostRatio: 1, crypto: .plain, jobs: 1)
        }
    }
}
