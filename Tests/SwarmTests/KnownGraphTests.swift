import Links
import SansIO
import Testing

@testable import Swarm

@Suite("Policies on graphs small enough for arithmetic")
struct KnownGraphTests {
    /// Every two nodes 10 ms apart, without jitter.
    private static func scenario(nodes: Int, _ change: (inout PropagationScenario) -> Void = { _ in })
        -> PropagationScenario
    {
        var scenario = PropagationScenario()
        scenario.nodes = nodes
        scenario.blocks = 1
        scenario.links = LinkModel(minimumDelay: .milliseconds(10), maximumDelay: .milliseconds(10))
        change(&scenario)
        return scenario
    }

    private static func run<Node: Relay>(
        _ node: Node.Type, _ edges: [(Int, Int)], _ scenario: PropagationScenario, publisher: Int = 0
    ) -> RelaySwarm<Node> {
        var graph = PeerGraph(nodes: scenario.nodes)
        for (from, to) in edges { graph.connect(from, to) }
        var swarm = RelaySwarm<Node>(scenario, form: .whole, graph: graph, publishers: [publisher])
        swarm.run()
        return swarm
    }

    /// Each of n - 1 nodes sends to all peers but one, and the maker to all: 2e - (n - 1) copies, of which n - 1 are the
    /// first.
    @Test func floodingCostsWhatArithmeticSays() {
        let edges = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (3, 4)]
        let scenario = Self.scenario(nodes: 5)
        let swarm = Self.run(FloodRelay.self, edges, scenario)
        let copies = 2 * edges.count - 4
        // A frame of 32 + 16 bytes around the code and the content, padded to 16.
        let size = 48 + (1 + 150_000 + 8 + 9 + 15) / 16 * 16
        #expect(swarm.record.bytesSent.reduce(0, +) == copies * size)
        #expect(swarm.record.messagesSent == [3, 1, 2, 2, 0])
        let result = Propagation(.flooding, .whole, swarm)
        #expect(result.duplicatesPerNode == Double(copies - 4) / 5)
        #expect(result.bytesPerNode == Double(copies * size) / 5)
    }

    @Test func aWholeBlockTakesItsTimeOnEveryHop() throws {
        let scenario = Self.scenario(nodes: 4) { $0.links.uploadBytesPerSecond = 15_000_000 }
        let swarm = Self.run(FloodRelay.self, [(0, 1), (1, 2), (2, 3)], scenario)
        let size = WireSizes.newBlock(150_000)
        for hop in 1...3 {
            let arrival = try #require(swarm.record.arrival(of: 0, at: hop)) - scenario.moment(of: 0)
            let expected = Double(hop) * (Double(size) / 15e6 + 0.010) + Double(hop - 1) * 0.020
            #expect(abs(arrival.inSeconds - expected) < 1e-6, "hop \(hop)")
        }
    }

    /// The square root of ten peers is three; the others hear of the hash, wait half a second, and fetch in two rounds.
    @Test func ethPushesToTheRootAndLetsTheRestFetch() {
        let scenario = Self.scenario(nodes: 11)
        let swarm = Self.run(EthRelay.self, (1...10).map { (0, $0) }, scenario)
        let delays = Propagation(.eth, .whole, swarm).delays.values
        #expect(delays.count == 10)
        #expect(delays[..<3].allSatisfy { $0 < 0.040 })
        // 10 ms for the hash, 500 ms, then twice there and back.
        #expect(delays[3...].allSatisfy { (0.550..<0.650).contains($0) })
        let sizes = 3 * WireSizes.newBlock(150_000) + 7 * WireSizes.newBlockHashes(1) + 7 * WireSizes.getBlockHeaders
        let fetched = 7 * (WireSizes.blockHeaders + WireSizes.getBlockBodies + WireSizes.blockBodies(150_000))
        #expect(swarm.record.bytesSent.reduce(0, +) == sizes + fetched)
    }

    @Test func gossipsubsMeshesAreMutualAndOfTheRightSize() {
        var scenario = PropagationScenario()
        scenario.nodes = 200
        scenario.blocks = 1
        let graph = scenario.graph()
        var swarm = RelaySwarm<GossipSubRelay>(scenario, form: .whole, graph: graph, publishers: [0])
        swarm.run()
        for (node, relay) in swarm.nodes.enumerated() {
            #expect((4...12).contains(relay.mesh.count), "node \(node) has \(relay.mesh.count)")
            for place in relay.mesh {
                let edge = graph.peers[node][place]
                #expect(swarm.nodes[Int(edge.target)].mesh.contains(Int(edge.back)))
            }
        }
    }

    /// Whoever is outside all meshes hears of a message at a heartbeat, and gets it by asking.
    @Test func gossipsubReachesThoseOutsideTheMesh() {
        var random = NodeRandom(seed: 1)
        var relay = GossipSubRelay(seat(peers: 2), random: &random)
        var context = RelayContext<GossipSubRelay.Message>(now: .init(nanoseconds: 0), random: random)
        relay.received(.ihave([7, 8]), from: 1, &context)
        #expect(sent(context) == ["1: iwant([7, 8])"])
        context.removeActions()
        relay.received(.publish(7), from: 1, &context)
        relay.received(.publish(7), from: 0, &context)
        #expect(context.actions.count == 1, "complete once")
        relay.validated(7, &context)
        context.removeActions()
        for _ in 0..<5 { relay.received(.iwant([7]), from: 0, &context) }
        #expect(sent(context) == ["0: publish(7)", "0: publish(7)", "0: publish(7)"], "three times at most")
    }

    @Test func aPrunedPeerIsNotGraftedForAMinute() {
        var random = NodeRandom(seed: 1)
        var relay = GossipSubRelay(seat(peers: 1), random: &random)
        var context = RelayContext<GossipSubRelay.Message>(now: .init(nanoseconds: 0), random: random)
        relay.received(.graft, from: 0, &context)
        #expect(relay.mesh.contains(0))
        relay.received(.prune, from: 0, &context)
        #expect(!relay.mesh.contains(0))
        relay.received(.graft, from: 0, &context)
        #expect(sent(context) == ["0: prune"])
        context.removeActions()
        for second in [30, 60, 62] {
            context.now = Instant(nanoseconds: Int64(second) * 1_000_000_000)
            relay.deadlineReached(&context)
            #expect(relay.mesh.contains(0) == (second == 62))
        }
    }

    private func seat(peers: Int) -> RelaySeat {
        let scenario = Self.scenario(nodes: 2)
        let edges = (0..<peers).map { PeerGraph.Edge(target: Int32($0 + 1), back: 0, isOutbound: true) }
        return RelaySeat(
            index: 0, form: .whole, peers: edges, scenario: scenario, load: scenario.load, now: Instant(nanoseconds: 0))
    }

    private func sent<Message>(_ context: RelayContext<Message>) -> [String] {
        context.actions.compactMap { action in
            if case .send(let message, let peer) = action { "\(peer): \(message)" } else { nil }
        }
    }
}
