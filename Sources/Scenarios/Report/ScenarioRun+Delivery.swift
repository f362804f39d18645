import Primitives
import SansIO
import Simulator

// Pairs of a thing that was sent and a node that should have it: transactions, and blocks of the chain.
extension ScenarioRun {
    /// Over the whole run, faults and attacks included. A node counts for what is sent once it has been up for `settled`
    /// seconds, until it goes down.
    func delivery(_ canonical: Set<Hash32>) -> Report.Delivery? {
        guard let window = scenario.limits.deliverySeconds else { return nil }
        var delivery = Report.Delivery(seconds: window)
        var slots: [Int: (pairs: Int, delivered: Int)] = [:]
        var nodes = [(pairs: Int, delivered: Int)](repeating: (0, 0), count: simulation.nodes.count)
        for item in items(canonical) {
            let sent = (item.sent - start).inSeconds
            guard sent + window <= elapsed else { continue }
            let (pairs, delivered) = pairs(item, window, upSince: sent - Self.settled) { node, isReached in
                nodes[node].pairs += 1
                if isReached { nodes[node].delivered += 1 }
            }
            delivery.pairs += pairs
            delivery.delivered += delivered
            slots[Int(sent / 10), default: (0, 0)].pairs += pairs
            slots[Int(sent / 10), default: (0, 0)].delivered += delivered
        }
        let shares = slots.values.filter { $0.pairs > 0 }.map { Double($0.delivered) / Double($0.pairs) }
        delivery.worst = shares.min() ?? 0
        for (index, node) in nodes.enumerated() where node.pairs > 0 {
            let share = Double(node.delivered) / Double(node.pairs)
            guard share < delivery.worstNodeShare || delivery.worstNode == nil else { continue }
            (delivery.worstNode, delivery.worstNodeShare) = (index, share)
        }
        return delivery
    }

    /// What was sent in each second after the last disruption before it: whoever is up then should have it. What was on
    /// its way when the next disruption came says nothing of either.
    func recovery(_ canonical: Set<Hash32>) -> Report.Recovery? {
        let limits = scenario.limits
        guard limits.recoverySeconds != nil, let window = limits.deliverySeconds else { return nil }
        let disruptions = tally.disruptions
        // By disruption and second.
        var after: [[Int]: (pairs: Int, delivered: Int)] = [:]
        for item in items(canonical) {
            let sent = (item.sent - start).inSeconds
            guard sent + window <= elapsed, let last = disruptions.lastIndex(where: { $0 <= sent }),
                !disruptions.contains(where: { sent < $0 && $0 <= sent + window })
            else { continue }
            let (pairs, delivered) = pairs(item, window, upSince: sent)
            let place = [last, Int(sent - disruptions[last])]
            after[place, default: (0, 0)].pairs += pairs
            after[place, default: (0, 0)].delivered += delivered
        }
        let judged = after.filter { $0.value.pairs > 0 }
        let failed = judged.filter { Double($0.value.delivered) < limits.deliveryShare * Double($0.value.pairs) }
        return Report.Recovery(
            disruptions: disruptions.count, pairs: judged.values.reduce(0) { $0 + $1.pairs },
            longest: judged.keys.map { $0[1] }.max() ?? 0, seconds: failed.keys.map { $0[1] + 1 }.max() ?? 0)
    }

    private func items(_ canonical: Set<Hash32>) -> [Ledger.Item] {
        transactions.items.map(\.item) + blocks.items.filter { canonical.contains($0.hash) }.map(\.item)
    }

    /// The honest nodes that were up from `upSince` until the end of the window, and those of them that the item reached.
    private func pairs(
        _ item: Ledger.Item, _ window: Double, upSince: Double,
        _ judged: (_ node: Int, _ isReached: Bool) -> Void = { _, _ in }
    ) -> (pairs: Int, delivered: Int) {
        let sent = (item.sent - start).inSeconds
        let nodes = simulation.nodes.indices.filter { node in
            isHonest(node)
                && uptimes[node].contains { $0.lowerBound <= upSince && sent + window <= $0.upperBound }
        }
        let reached = Set(item.arrivals.filter { Double($0.delay) <= window }.map { Int($0.node) })
        for node in nodes { judged(node, reached.contains(node)) }
        return (nodes.count, nodes.count { reached.contains($0) })
    }
}
