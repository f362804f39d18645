import EthNode
import Links
import NodeCore
import NodeRecord
import Primitives
import SansIO
import Simulator

// What happens at its moment.
extension ScenarioRun {
    func perform(_ action: Action) throws(ScenarioError) {
        switch action {
        case .start(let index): try startNode(index)
        case .transaction: sendTransaction()
        case .fault(let fault): try begin(fault)
        case .undo(let fault): try undo(fault)
        case .misbehave(let index): misbehave(index)
        case .leave(let fault): leave(fault)
        case .comeBack(let index), .restart(let index): try restartNode(index)
        case .heal: try heal()
        case .sample: takeSample()
        }
    }

    /// A node that is there begins to misbehave; one that starts later does so from its start on.
    func misbehave(_ index: Int) {
        guard index < simulation.nodes.count, simulation.nodes[index].behaviour == nil,
            let role = network.roles[index]
        else { return }
        simulation.setBehaviour(behaviour(role, index), of: simulation.nodes[index])
    }

    private func behaviour(_ role: Scenario.Adversary, _ index: Int) -> any Behaviour {
        switch role.kind {
        case .silent: Silent()
        case .withhold: Withholding()
        case .ambiguousForms: AmbiguousForms()
        case .invalidBlocks: InvalidBlocks(random: random(0x6261_6400, index))
        case .garbage: Garbage()
        case .discoverySpam: DiscoverySpam()
        case .eclipse:
            Eclipse(
                fellows: contacts { network.roles[$0]?.kind == .eclipse }, victims: contacts(isHonest),
                random: random(0x6563_6c00, index))
        case .gethlighting: Gethlighting(random: random(0x6c69_7400, index))
        case .transactionSpam:
            TransactionSpam(accounts: network.spamAccounts(of: index), chainID: ScenarioNetwork.chainID)
        case .framer: Framer(chain: simulation.nodes[index].chain.configuration, random: random(0x6672_6d00, index))
        case .knownReplay:
            KnownReplay(chain: simulation.nodes[index].chain.configuration, random: random(0x7270_6c00, index))
        case .hearsayLiar:
            HearsayLiar(
                victims: contacts(isHonest), random: random(0x6872_7300, index))
        case .poolSquatter:
            PoolSquatter(
                accounts: network.spamAccounts(of: index), each: network.squatted,
                chainID: ScenarioNetwork.chainID)
        case .unminableHead:
            UnminableHead(chain: simulation.nodes[index].chain.configuration, random: random(0x756e_6d00, index))
        case .futureBlocks:
            FutureBlocks(chain: simulation.nodes[index].chain.configuration, random: random(0x6675_7400, index))
        case .scoreGaming: ScoreGaming(start: start + .nanoseconds(Int64(role.at * 1e9)))
        }
    }

    private func random(_ stream: UInt64, _ index: Int) -> NodeRandom {
        NodeRandom(seed: seed, stream: stream + UInt64(index))
    }

    private func contacts(_ condition: (Int) -> Bool) -> [NodeContact] {
        (0..<scenario.nodes).filter(condition).map(network.contact)
    }

    /// A share of the honest nodes that may be stopped, drawn anew.
    private func victims(_ fault: Scenario.Fault) -> [Int] {
        var candidates = simulation.nodes.map(\.index).filter { index in
            isHonest(index) && !isGateway(index) && simulation.nodes[index].isRunning
                && !(fault.sparesSigners && isSigner(index))
        }
        let honest = simulation.nodes.filter { isHonest($0.index) }.count
        let count = min(Int((fault.share * Double(honest)).rounded()), candidates.count)
        return (0..<count).map { _ in candidates.remove(at: Int.random(in: 0..<candidates.count, using: &random)) }
            .sorted()
    }

    private func begin(_ fault: Scenario.Fault) throws(ScenarioError) {
        switch fault.kind {
        case .crash, .power:
            for index in victims(fault) {
                stopNode(index, losingPower: fault.kind == .power)
                if let lasts = fault.lasts { add(.restart(index), at: elapsed + lasts) }
            }
        case .restart: try restartAll()
        case .partition:
            // By chance and not by who may be stopped: also signers and gateways are on both sides, and so are nodes that
            // haven't started yet.
            for index in sides.indices { sides[index] = Double.random(in: 0..<1, using: &random) < fault.share ? 1 : 0 }
            for node in simulation.nodes { simulation.setSide(sides[node.index], of: node) }
            simulation.block(from: 0, to: 1)
            if !fault.isOneWay { simulation.block(from: 1, to: 0) }
        case .heal: simulation.heal()
        case .loss: simulation.links.loss = max(fault.share, scenario.links.loss)
        case .drift:
            for index in victims(fault) {
                let sign: Int64 = Bool.random(using: &random) ? 1 : -1
                simulation.setDrift(sign * Int64(fault.partsPerMillion), of: simulation.nodes[index])
            }
        case .disk: for index in victims(fault) { disks[index].refusesWrites = true }
        case .churn: break
        }
    }

    private func undo(_ fault: Scenario.Fault) throws(ScenarioError) {
        switch fault.kind {
        case .partition: simulation.heal()
        case .loss: simulation.links.loss = scenario.links.loss
        case .disk: for disk in disks { disk.refusesWrites = false }
        case .drift: for node in simulation.nodes { simulation.setDrift(0, of: node) }
        case .crash, .power, .restart, .heal, .churn: break
        }
    }

    private func restartAll() throws(ScenarioError) {
        for node in simulation.nodes where !node.isRunning { try restartNode(node.index) }
    }

    /// The end of all faults.
    private func heal() throws(ScenarioError) {
        simulation.heal()
        simulation.links.loss = scenario.links.loss
        for disk in disks { disk.refusesWrites = false }
        for node in simulation.nodes { simulation.setDrift(0, of: node) }
        try restartAll()
    }

    /// One node leaves, and the next one will a while later: at random, so many an hour on average.
    private func leave(_ fault: Scenario.Fault) {
        let end = fault.lasts.map { fault.at + $0 } ?? scenario.healAt ?? scenario.seconds
        guard elapsed < end, fault.perHour > 0 else { return }
        let perSecond = fault.perHour * Double(scenario.nodes) / 3600
        // Uniform around the mean: what matters is that it isn't regular.
        add(.leave(fault), at: elapsed + Double.random(in: 0.2..<1.8, using: &random) / perSecond)
        var one = fault
        one.share = 1 / Double(max(1, simulation.nodes.count))
        guard let index = victims(one).first else { return }
        stopNode(index, losingPower: false)
        add(.comeBack(index), at: elapsed + Double.random(in: 0.5..<1.5, using: &random) * fault.away)
    }
}
