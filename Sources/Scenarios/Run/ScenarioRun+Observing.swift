import DevP2P
import EthCrypto
import EthNode
import EthWire
import NodeCore
import PeerBook
import Primitives
import RLP
import SansIO
import Simulator
import Storage

// What is seen of the nodes, without touching them.
extension ScenarioRun {
    func observe() {
        let indexes = Dictionary(
            network.keys.enumerated().map { ($1.publicKey.nodeID, $0) }, uniquingKeysWith: { first, _ in first })
        simulation.observer = { [unowned self] node, effect, now in
            switch effect {
            case .event(.capability(_, let event as EthNodeEvent)): observe(event, by: node.index)
            case .event(let event): observe(event, by: node.index, indexes, now)
            default: break
            }
        }
        simulation.inputObserver = { [unowned self] node, input, now in
            transactions.setNow(now)
            blocks.setNow(now)
            if case .connection(_, let events) = input { observe(events, at: node) }
        }
    }

    private func observe(_ event: NodeEvent, by node: Int, _ indexes: [NodeID: Int], _ now: Instant) {
        switch event {
        case .peerBook(let event):
            guard let id = event.node, let other = indexes[id] else { return }
            observe(event, by: node, of: other, at: (now - start).inSeconds)
        case .offence(_, let offence): tally.offences["\(offence)", default: 0] += 1
        default: break
        }
    }

    private func observe(_ event: EthNodeEvent, by node: Int) {
        switch event {
        case .blockArrived(let hash, _, _, let sealedHere):
            if sealedHere { blocks.begin(hash) }
            blocks.arrived(hash, at: node)
        case .newHead(let head, let dropped):
            blocks.arrived(head.hash, at: node)
            if dropped > 0 { agreement.changed(node) }
            if isHonest(node) { tally.deepestReorganization = max(tally.deepestReorganization, dropped) }
        case .failed(let reason):
            if tally.failures.count < 100 { tally.failures.append("node \(node): \(reason)") }
        default: break
        }
    }

    private func observe(_ event: PeerEvent, by node: Int, of other: Int, at second: Double) {
        if case .banned = event { tally.bans.append(Tally.Ban(by: node, of: other, at: second)) }
        guard isHonest(node), isHonest(other) else { return }
        tally.blame.note(event, by: node, of: other, simulation.nodes[node].configuration.reputation, at: second)
        tally.hearsay.note(event, by: node, of: other, at: simulation.nodes[other].endpoint, second)
    }

    private func observe(_ events: [ConnectionEvent], at node: SimulatedNode) {
        for case .message(let index, let id, let payload) in events {
            tally.messages += 1
            let capabilities = node.core.localHello.capabilities
            guard capabilities.indices.contains(index), capabilities[index].name.name == "eth" else { continue }
            tally.transactionBodies[node.index] += Self.bodies(id: id, payload)
        }
    }

    /// How many transactions a message brings: Transactions is a list of them, PooledTransactions has them after an id.
    private static func bodies(id: UInt8, _ payload: [UInt8]) -> UInt64 {
        guard id == 0x02 || id == 0x0a else { return 0 }
        var reader = RLPReader(payload)
        guard var list = try? reader.readList() else { return 0 }
        if id == 0x0a {
            guard (try? list.skip()) != nil, let inner = try? list.readList() else { return 0 }
            list = inner
        }
        return UInt64((try? list.countItems()) ?? 0)
    }

    /// For how long each node has been far behind the highest. Who has just started has nothing to be held against.
    private func noteOffline(_ heads: [(node: Int, number: UInt64)]) {
        let highest = heads.map(\.number).max() ?? 0
        for (node, number) in heads {
            let isUp = uptimes[node].last.map { $0.lowerBound + Self.settled <= elapsed } ?? false
            let isBehind = isUp && highest - number > UInt64(scenario.limits.lag ?? 2)
            tally.offline[node] = isBehind ? tally.offline[node] + 1 : 0
            if tally.offline[node] > tally.longestOffline.seconds {
                tally.longestOffline = (tally.offline[node], node)
            }
        }
    }

    func takeSample() {
        let running = simulation.nodes.filter { $0.isRunning && isHonest($0.index) }
        var sent = 0.0
        for node in simulation.nodes {
            let bytes = Double(node.traffic.bytesSent &- sentBefore[node.index])
            sentBefore[node.index] = node.traffic.bytesSent
            sent += bytes
            if isHonest(node.index) { tally.peakBytesPerSecond = max(tally.peakBytesPerSecond, bytes) }
        }
        let heights = running.map(\.chain.status.head.number)
        for (node, head) in zip(running, heights) {
            agreement.compare(node.index, ChainStore(node.store), head: head, at: elapsed)
        }
        noteOffline(zip(running, heights).map { ($0.index, $1) })
        let peers = running.map(\.core.status.peerCount)
        if tally.heightWhenHealed == nil, elapsed >= scenario.livesFrom { tally.heightWhenHealed = heights.max() ?? 0 }
        samples.append(
            Report.Sample(
                second: elapsed, running: simulation.nodes.filter(\.isRunning).count, lowest: heights.min() ?? 0,
                highest: heights.max() ?? 0, peers: Double(peers.reduce(0, +)) / Double(max(1, peers.count)),
                bytesPerNode: sent / Double(max(1, simulation.nodes.count)), messages: tally.messages))
    }
}
