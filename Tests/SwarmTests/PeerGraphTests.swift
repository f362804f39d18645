import SansIO
import Testing

@testable import Swarm

@Suite("Random graphs of peers")
struct PeerGraphTests {
    @Test func edgesHaveTwoEnds() {
        var random = NodeRandom(seed: 3)
        let graph = PeerGraph.random(nodes: 300, dials: 12, maxPeers: 50, random: &random)
        for (node, edges) in graph.peers.enumerated() {
            #expect(edges.count <= 50)
            #expect(Set(edges.map(\.target)).count == edges.count, "nobody twice")
            #expect(edges.count { $0.isOutbound } == 12)
            for (place, edge) in edges.enumerated() {
                #expect(edge.target != node)
                let back = graph.peers[Int(edge.target)][Int(edge.back)]
                #expect(back.target == node && back.back == place && back.isOutbound != edge.isOutbound)
            }
        }
        #expect(graph.meanDegree == 24)
    }

    @Test func fullNodesTakeNoMore() {
        var random = NodeRandom(seed: 3)
        let graph = PeerGraph.random(nodes: 100, dials: 12, maxPeers: 15, random: &random)
        #expect(graph.peers.allSatisfy { $0.count <= 15 })
    }

    @Test func masksAreSets() {
        var random = NodeRandom(seed: 4)
        let mask = PeerMask([1, 5, 63])
        #expect(Array(mask) == [1, 5, 63])
        #expect(PeerMask(all: 64).count == 64)
        #expect(PeerMask(all: 0).isEmpty)
        #expect(mask.subtracting(PeerMask([5])) == PeerMask([1, 63]))
        #expect(mask.intersection(PeerMask([5, 6])) == PeerMask([5]))
        #expect(mask.draw(2, &random).count == 2)
        #expect(mask.draw(2, &random).subtracting(mask).isEmpty)
        #expect(mask.draw(9, &random) == mask)
        #expect(PeerMask().randomElement(using: &random) == nil)
    }
}
