import ArgumentParser
import Dispatch
import Foundation
import Swarm
import Synchronization

struct AttacksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attacks",
        abstract: "How many nodes an attacker needs to keep blocks from the others.",
        discussion: """
            covert-flash         its nodes relay as they should, then all fall silent
            cold-boot            there from the start, also in meshes, and relay nothing
            false-announcements  the same; they announce blocks to all and deliver none

            The attacker's nodes dial honest ones until these have 50 peers; whom honest nodes dial is drawn from all nodes, \
            so that the attacker has its share of these connections too. Makers of blocks are honest. A policy holds as \
            long as 99 of 100 honest nodes have a block within --within seconds, over all seeds; the number of the \
            attacker's nodes at which it no longer does is searched by bisection.

            Not modelled: what the rest of a node does against such peers: limits of addresses, reputation that ends \
            connections, new dials, the downloader, which fetches a missed block once a later one is known. gossipsub has \
            no scores here, as by default.
            """)

    @Option(help: "How many honest nodes.")
    var honest = 300

    @Option(help: "How many networks are drawn for each number of attackers.")
    var seeds = 100

    @Option(help: "Seconds in which a block should be there.")
    var within = 4.0

    @Option(name: .customLong("most-ratio"), help: "The attacker's nodes per honest node at most.")
    var mostRatio = 8.0

    @Option(name: .customLong("pool-share"), help: "The share of a block's transactions that a node's pool has.")
    var poolShare = 0.98

    @Option(help: "Policies to attack, separated by commas.")
    var policies = "gossipsub,mesh"

    @Option(help: "Attacks, separated by commas; all by default.")
    var attacks = AttackScenario.Kind.allCases.map(\.rawValue).joined(separator: ",")

    @Option(help: "Form of blocks for all policies: whole or compact. By default each has its own.")
    var form: String?

    @Option(
        name: .customLong("lazy-share"),
        help: """
            Share of the peers outside the mesh that gossipsub and mesh tell of new blocks at each heartbeat. By default \
            0.25 and 0.6.
            """)
    var lazyShare: Double?

    @Option(help: "Write the figures to this file.")
    var json: String?

    func validate() throws {
        guard (20...2_000).contains(honest) else { throw ValidationError("--honest must be 20 to 2000") }
        guard (1...10_000).contains(seeds) else { throw ValidationError("--seeds must be 1 to 10000") }
        guard (0.1...5).contains(within) else { throw ValidationError("--within must be 0.1 to 5") }
        guard (0.5...30).contains(mostRatio) else { throw ValidationError("--most-ratio must be 0.5 to 30") }
        guard (0...1).contains(poolShare) else { throw ValidationError("--pool-share must be 0 to 1") }
        guard lazyShare.map({ (0...1).contains($0) }) ?? true else {
            throw ValidationError("--lazy-share must be 0 to 1")
        }
        _ = try (chosenPolicies, chosenAttacks, chosenForm)
    }

    private var chosenPolicies: [RelayPolicy] { get throws { try CompareOutput.cases(policies, "policies") } }

    private var chosenForm: BlockForm? { get throws { try CompareOutput.choice(form, "form") } }

    private var chosenAttacks: [AttackScenario.Kind] { get throws { try CompareOutput.cases(attacks, "attacks") } }

    func run() throws {
        var rows: [AttackRow] = []
        var table = TextTable(AttackRow.titles)
        let bar = ProgressBar(isShown: true)
        // No attackers, the most of them, and halving until the border is known to an eighth.
        let steps = 2 + log2(mostRatio / 0.125).rounded(.up)
        let searches = Double(try chosenAttacks.count * chosenPolicies.count)
        for attack in try chosenAttacks {
            for policy in try chosenPolicies {
                var scenario = AttackScenario()
                scenario.kind = attack
                scenario.honest = honest
                scenario.within = .milliseconds(Int(within * 1_000))
                scenario.network.poolShare = poolShare
                scenario.network.form = try chosenForm
                scenario.network.lazyShare = lazyShare
                var step = 0.0
                let budget = AttackBudget.search(policy, scenario, seeds: seeds, mostRatio: mostRatio) { attempt in
                    let done = (Double(rows.count) + min(1, step / steps)) / searches
                    let ratio = Double(attempt.sybils) / Double(honest)
                    bar.update(
                        done, "\(attack.rawValue), \(policy.rawValue): \(ratio.text(2)) attackers per honest node")
                    step += 1
                    return Self.meanShare(policy, attempt, seeds: seeds)
                }
                rows.append(AttackRow(budget))
                table.append(AttackRow(budget).cells)
            }
        }
        bar.clear()
        print(table.text)
        try CompareOutput.write(rows, to: json)
    }

    /// Over all seeds, which are spread over the cores.
    private static func meanShare(_ policy: RelayPolicy, _ scenario: AttackScenario, seeds: Int) -> Double {
        let shares = Mutex([Double](repeating: 0, count: seeds))
        DispatchQueue.concurrentPerform(iterations: seeds) { index in
            var scenario = scenario
            scenario.seed = UInt64(index) + 1
            let share = scenario.share(policy)
            shares.withLock { $0[index] = share }
        }
        // In the order of the seeds, so that the sum is always the same.
        return shares.withLock { $0.reduce(0, +) } / Double(seeds)
    }
}

/// How much one policy stands of one attack.
struct AttackRow: Codable {
    struct Attempt: Codable {
        let attackersPerHonest: Double
        let inTime: Double
    }

    let attack: String
    let policy: String
    let seeds: Int
    let holds: Double?
    let fails: Double?
    let attempts: [Attempt]

    init(_ budget: AttackBudget) {
        attack = budget.kind.rawValue
        policy = budget.policy.rawValue
        seeds = budget.seeds
        holds = budget.holds
        fails = budget.fails
        attempts = budget.tried.sorted { $0.ratio < $1.ratio }
            .map { Attempt(attackersPerHonest: $0.ratio, inTime: $0.share) }
    }

    static let titles = ["attack", "policy", "holds at", "fails at", "attackers per honest node: in time %"]

    var cells: [String] {
        let shares = attempts.map { "\($0.attackersPerHonest.text(2)): \((100 * $0.inTime).text(1))" }
        return [
            attack, policy, holds?.text(2) ?? "-", fails?.text(2) ?? "-", shares.joined(separator: "  "),
        ]
    }
}
