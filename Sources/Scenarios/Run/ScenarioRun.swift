import Chain
import DevP2P
import EthCrypto
import EthNode
import Execution
import Gossip
import NodeCore
import PeerBook
import Primitives
import SansIO
public import Simulator
import Storage

/// One run of a scenario with one seed.
public final class ScenarioRun {
    public let scenario: Scenario
    public let seed: UInt64
    public let simulation: Simulation

    let start: Instant
    let network: ScenarioNetwork
    let transactions: Ledger
    let blocks: Ledger
    private let shared = SharedBytes()
    var random: NodeRandom
    var disks: [SimulatedDisk] = []
    /// When each node was up, seconds; an end of infinity for now.
    var uptimes: [[ClosedRange<Double>]] = []
    var tally: Tally
    let refusals = Refusals()
    var agreement: Agreement
    /// On which side of partitions each node is, started or not.
    var sides: [Int]
    /// The next nonce of each account.
    private var nonces: [UInt64]
    private var sentCount = 0
    var samples: [Report.Sample] = []
    /// Bytes that each node had sent at the last sample.
    var sentBefore: [UInt64]
    /// Faults by the moment at which they come, sorted, the next one last.
    private var agenda: [(at: Double, action: Action)] = []

    enum Action {
        case start(Int)
        case transaction
        case fault(Scenario.Fault)
        case undo(Scenario.Fault)
        case misbehave(Int)
        case leave(Scenario.Fault)
        case comeBack(Int)
        case restart(Int)
        case heal
        case sample
    }

    /// - Throws: where the scenario can't be, such as with more signers than nodes.
    public init(_ scenario: Scenario, seed: UInt64, crypto: Simulation.Crypto) throws(ScenarioError) {
        guard scenario.signers <= scenario.nodes else {
            throw ScenarioError("\(scenario.name) needs \(scenario.signers) signers and has \(scenario.nodes) nodes")
        }
        self.scenario = scenario
        self.seed = seed
        start = Instant(unixSeconds: 1_760_000_000)
        simulation = Simulation(seed: seed, crypto: crypto, links: scenario.links, start: start)
        var random = NodeRandom(seed: seed, stream: 0x7363_656e)
        let roles = Self.roles(scenario, random: &random)
        self.random = random
        network = try ScenarioNetwork(
            scenario, roles: Dictionary(uniqueKeysWithValues: roles), seed: seed, start: start.unixSeconds)
        transactions = Ledger(nodes: scenario.nodes, now: start)
        blocks = Ledger(nodes: scenario.nodes, now: start)
        tally = Tally(nodes: scenario.nodes)
        agreement = Agreement(nodes: scenario.nodes, depth: UInt64(scenario.signers / 2 + 1))
        sides = [Int](repeating: 0, count: scenario.nodes)
        nonces = [UInt64](repeating: 0, count: network.accounts.count)
        sentBefore = [UInt64](repeating: 0, count: scenario.nodes)
        uptimes = [[ClosedRange<Double>]](repeating: [], count: scenario.nodes)
        plan(roles)
        observe()
    }

    /// Seconds of virtual time since the start.
    public var elapsed: Double { (simulation.now - start).inSeconds }

    /// The highest block of an honest node, and the messages of capabilities that nodes have got, at the last full
    /// second.
    public var height: UInt64 { samples.last?.highest ?? 0 }
    public var messageCount: UInt64 { tally.messages }

    /// Runs to the end.
    ///
    /// - Parameter progress: called after every virtual second.
    public func run(progress: (ScenarioRun) -> Void = { _ in }) throws(ScenarioError) {
        while let (at, action) = agenda.popLast() {
            advance(to: min(at, scenario.seconds))
            guard at <= scenario.seconds else { break }
            try perform(action)
            if case .sample = action { progress(self) }
        }
        advance(to: scenario.seconds)
    }

    private func advance(to second: Double) {
        let end = start + .nanoseconds(Int64(second * 1e9))
        if end > simulation.now { simulation.run(for: end - simulation.now) }
    }

    func add(_ action: Action, at second: Double) {
        let index = agenda.firstIndex { $0.at <= second } ?? agenda.count
        agenda.insert((second, action), at: index)
    }

    private func plan(_ roles: [(Int, Scenario.Adversary)]) {
        var planned: [(Double, Action)] = []
        let nodes = scenario.nodes
        for index in 0..<nodes { planned.append((scenario.startWithin * Double(index) / Double(nodes), .start(index))) }
        for second in stride(from: 1, through: scenario.seconds.rounded(.down), by: 1) {
            planned.append((second, .sample))
        }
        if let load = scenario.load { planned.append((load.from, .transaction)) }
        for fault in scenario.faults {
            planned.append((fault.at, fault.kind == .churn ? .leave(fault) : .fault(fault)))
            if let lasts = fault.lasts, fault.kind != .churn { planned.append((fault.at + lasts, .undo(fault))) }
        }
        for (index, role) in roles { planned.append((role.at, .misbehave(index))) }
        if let healAt = scenario.healAt { planned.append((healAt, .heal)) }
        // A stable order for those of one moment: as planned.
        agenda = planned.enumerated().sorted { ($0.element.0, $0.offset) > ($1.element.0, $1.offset) }.map(\.element)
    }

    // MARK: Roles

    /// Who misbehaves. Signers and the nodes that take transactions stay honest.
    private static func roles(_ scenario: Scenario, random: inout NodeRandom) -> [(Int, Scenario.Adversary)] {
        var candidates = (0..<scenario.nodes).filter { !scenario.isSigner($0) && !scenario.isGateway($0) }
        var roles: [(Int, Scenario.Adversary)] = []
        for adversary in scenario.adversaries {
            let count = min(adversary.count(of: scenario.nodes), candidates.count)
            for _ in 0..<count {
                roles.append((candidates.remove(at: .random(in: 0..<candidates.count, using: &random)), adversary))
            }
        }
        return roles
    }

    func isSigner(_ node: Int) -> Bool { scenario.isSigner(node) }

    func isGateway(_ node: Int) -> Bool { scenario.isGateway(node) }

    func isHonest(_ node: Int) -> Bool { network.roles[node] == nil }

    // MARK: Nodes

    func startNode(_ index: Int) throws(ScenarioError) {
        let executor = ObservedExecutor(executor: TransferExecutor(), ledger: transactions, node: index)
        let disk = SimulatedDisk(sharing: shared)
        do throws(NodeError) {
            let node = try simulation.add(
                network.configuration(index, executor: executor), store: disk, side: sides[index])
            node.eventLimit = 0
        } catch {
            throw ScenarioError("node \(index) can't start: \(error)")
        }
        disks.append(disk)
        uptimes[index].append(elapsed...Double.infinity)
        if let role = network.roles[index], role.at <= elapsed { misbehave(index) }
    }

    func stopNode(_ index: Int, losingPower: Bool) {
        let node = simulation.nodes[index]
        guard node.isRunning else { return }
        simulation.crash(node)
        tally.disrupted(at: elapsed)
        if losingPower { disks[index].loseUnsynced() }
        if let last = uptimes[index].popLast() {
            uptimes[index].append(last.lowerBound...max(last.lowerBound, elapsed))
        }
    }

    func restartNode(_ index: Int) throws(ScenarioError) {
        let node = simulation.nodes[index]
        guard !node.isRunning else { return }
        disks[index].refusesWrites = false
        do throws(NodeError) {
            try simulation.restart(node)
        } catch {
            throw ScenarioError("node \(index) can't start again: \(error)")
        }
        uptimes[index].append(elapsed...Double.infinity)
        agreement.changed(index)
        tally.hearsay.restarted(index)
        tally.disrupted(at: elapsed)
    }

    // MARK: Load

    func sendTransaction() {
        guard let load = scenario.load, elapsed <= load.until else { return }
        let account = sentCount % network.accounts.count
        // An account always comes to the same node, so that its transactions keep their order.
        let gateways = simulation.nodes.filter { isGateway($0.index) && $0.isRunning }
        add(.transaction, at: load.from + Double(sentCount + 1) / load.perSecond)
        sentCount += 1
        guard !gateways.isEmpty else { return }
        let transaction = network.transaction(nonces[account], from: account, dataBytes: load.dataBytes)
        nonces[account] += 1
        transactions.setNow(simulation.now)
        transactions.begin(transaction.hash)
        let receiver = ReplyTo<Result<Hash32, PoolError>?> { [refusals] in refusals.note($0) }
        simulation.handle(.submit(transaction, receiver), at: gateways[account % gateways.count])
    }
}
