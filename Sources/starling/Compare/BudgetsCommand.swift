import ArgumentParser
import Foundation
import Scenarios
import Simulator

struct BudgetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budgets",
        abstract: "How many hostile nodes it takes until whole nodes no longer reach each other.",
        discussion: """
            Takes scenarios with adversaries and 'delivery_seconds' from Testnet/scenarios, keeps their honest nodes as they \
            are, and searches by bisection the number of hostile ones at which less than the scenario's share (99 %) of all \
            transactions and blocks come in that time to some honest node, the worst one of all seeds. Other checkers \
            that fail on the way are named; they don't end the search.

            Unlike the other comparisons these are whole nodes, with sessions, chains and reputation.
            """)

    @Argument(help: "Scenario files, or names in Testnet/scenarios; by default all that can be searched.")
    var scenarios: [String] = []

    @Option(help: "How many seeds for each number of hostile nodes.")
    var seeds = 4

    @Option(name: .customLong("most-ratio"), help: "Hostile nodes per honest one at most.")
    var mostRatio = 4.0

    @Option(
        help: "How many seeds are run at a time; as many as there are cores by default. Results don't depend on it.")
    var jobs: Int?

    @Option(help: "Write the figures to this file.")
    var json: String?

    @Flag(help: "No progress bar.")
    var quiet = false

    func validate() throws {
        guard (1...10_000).contains(seeds) else { throw ValidationError("--seeds must be 1 to 10000") }
        guard (0.1...30).contains(mostRatio) else { throw ValidationError("--most-ratio must be 0.1 to 30") }
        guard jobs.map({ (1...1024).contains($0) }) ?? true else { throw ValidationError("--jobs must be 1 to 1024") }
    }

    func run() throws {
        var rows: [BudgetRow] = []
        do {
            for scenario in try chosen() {
                let bar = ProgressBar(isShown: !quiet)
                let budget = try DeliveryBudget.search(
                    scenario, seeds: (1...UInt64(seeds)).map { $0 }, mostRatio: mostRatio, crypto: .plain,
                    jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount
                ) { attackers, progress in
                    bar.update(progress, "\(scenario.name), \(attackers) hostile: ")
                }
                bar.clear()
                rows.append(BudgetRow(budget))
                // Each takes its time; so all that are known so far stay if one is the last straw.
                try CompareOutput.write(rows, to: json)
            }
        } catch let error as ScenarioError {
            throw CleanExit.failure("budgets: \(error)")
        }
        var table = TextTable(BudgetRow.titles)
        for row in rows { table.append(row.cells) }
        print(table.text)
        for row in rows { row.printFailures() }
    }

    private func chosen() throws -> [Scenario] {
        if !scenarios.isEmpty { return try scenarios.map { try ScenarioFolder.scenario($0) } }
        return try ScenarioFolder.names().map { try ScenarioFolder.scenario($0) }
            .filter { !$0.adversaries.isEmpty && $0.limits.deliverySeconds != nil }
    }
}

/// How much a network stands of one attack.
struct BudgetRow: Codable {
    struct Attempt: Codable {
        let attackers: Int
        let delivered: Double
        let worstSeed: Double
        let worstNode: Double
        let otherFailures: [String: Int]
    }

    let scenario: String
    let honest: Int
    let seeds: Int
    let holds: Int?
    let fails: Int?
    let attempts: [Attempt]

    init(_ budget: DeliveryBudget) {
        scenario = budget.scenario
        honest = budget.honest
        seeds = budget.seeds
        holds = budget.holds
        fails = budget.fails
        attempts = budget.attempts.map {
            Attempt(
                attackers: $0.attackers, delivered: $0.delivered, worstSeed: $0.worst,
                worstNode: $0.worstNode, otherFailures: $0.failed)
        }
    }

    static let titles = [
        "attack", "honest", "holds at", "fails at", "per honest node", "hostile: delivered to the worst node %",
    ]

    var cells: [String] {
        func ratio(_ attackers: Int?) -> String { attackers.map { (Double($0) / Double(honest)).text(2) } ?? "-" }
        let shares = attempts.map { "\($0.attackers): \((100 * $0.worstNode).text(2))" }
        return [
            scenario, "\(honest)", holds.map(String.init) ?? "-", fails.map(String.init) ?? "-",
            "\(ratio(holds)), \(ratio(fails))", shares.joined(separator: "  "),
        ]
    }

    /// Other checkers that failed, with the fewest hostile nodes at which each did.
    func printFailures() {
        var first: [String: (attackers: Int, seeds: Int)] = [:]
        for attempt in attempts {
            for (name, count) in attempt.otherFailures where first[name] == nil {
                first[name] = (attempt.attackers, count)
            }
        }
        for (name, found) in first.sorted(by: { ($0.value.attackers, $0.key) < ($1.value.attackers, $1.key) }) {
            print(
                "\(scenario): with \(found.attackers) hostile nodes and \(found.seeds) of \(seeds) seeds fails: \(name)"
            )
        }
    }
}
