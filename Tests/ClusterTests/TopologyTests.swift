import Testing

@testable import Cluster

@Suite("Who is connected with whom")
struct TopologyTests {
    static let forms: [Topology] = [.full, .ring, .random(2), .random(3), .random(8)]

    @Test func formsAreReadAndWritten() {
        for form in Self.forms + [.discovery] { #expect(Topology(form.description) == form) }
        for text in ["", "star", "random", "random-", "random-0", "random--1", "random-x", "Ring"] {
            #expect(Topology(text) == nil, "\(text)")
        }
    }

    @Test(arguments: forms, [9, 10, 50])
    func graphsAreConnectedAndMutual(_ form: Topology, _ nodes: Int) throws {
        let graph = try #require(try form.neighbours(nodes: nodes, seed: 7))
        for (node, neighbours) in graph.enumerated() {
            #expect(!neighbours.contains(node))
            #expect(Set(neighbours).count == neighbours.count)
            for other in neighbours { #expect(graph[other].contains(node)) }
        }
        var reached: Set<Int> = [0]
        var open = [0]
        while let node = open.popLast() {
            for other in graph[node] where reached.insert(other).inserted { open.append(other) }
        }
        #expect(reached.count == nodes)
    }

    @Test func degrees() throws {
        #expect(try Topology.full.neighbours(nodes: 6, seed: 1)?.map(\.count) == Array(repeating: 5, count: 6))
        #expect(try Topology.ring.neighbours(nodes: 6, seed: 1)?.first == [1, 5])
        #expect(try Topology.ring.neighbours(nodes: 2, seed: 1) == [[1], [0]])
        #expect(try Topology.ring.neighbours(nodes: 1, seed: 1) == [[]])
        #expect(try Topology.discovery.neighbours(nodes: 6, seed: 1) == nil)
        for seed in UInt64(1)...20 {
            let degrees = try #require(try Topology.random(8).neighbours(nodes: 50, seed: seed)).map(\.count)
            #expect(degrees.allSatisfy { (8...9).contains($0) }, "seed \(seed): \(degrees)")
        }
    }

    @Test func theSeedDecides() throws {
        let one = try Topology.random(3).neighbours(nodes: 20, seed: 1)
        #expect(try Topology.random(3).neighbours(nodes: 20, seed: 1) == one)
        #expect(try Topology.random(3).neighbours(nodes: 20, seed: 2) != one)
    }

    @Test func impossibleOnesAreRefused() {
        #expect { try Topology.random(8).neighbours(nodes: 8, seed: 1) } throws: { "\($0)".contains("use 9 nodes") }
        #expect { try Topology.random(1).neighbours(nodes: 8, seed: 1) } throws: { "\($0)".contains("random-2") }
    }
}
