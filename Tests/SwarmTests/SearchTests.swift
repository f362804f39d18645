import Links
import SansIO
import Testing

@testable import Swarm

@Suite("Searches in five geometries")
struct SearchTests {
    private static func scenario(nodes: Int = 500, dead: Double = 0) -> SearchScenario {
        var scenario = SearchScenario()
        scenario.nodes = nodes
        scenario.searches = 200
        scenario.deadShare = dead
        scenario.itemShare = 0.01
        return scenario
    }

    @Test(arguments: SearchMethod.allCases)
    func whatIsThereIsFound(_ method: SearchMethod) {
        let result = SearchResult.run(method, Self.scenario())
        #expect(result.success == 1)
        #expect(result.messages.values.count == 200)
        #expect(result.hops == SearchResult.run(method, Self.scenario()).hops, "the seed decides everything")
        #expect(result.bytes.values.allSatisfy { $0 == 0 || $0 >= Double(WireSizes.findNode) })
    }

    @Test(arguments: SearchMethod.allCases)
    func mostIsFoundWhereOneOfFiveIsDead(_ method: SearchMethod) {
        let result = SearchResult.run(method, Self.scenario(dead: 0.2))
        #expect(result.success > 0.95)
        // Who asks nodes one by one waits for some of the dead.
        if method.isStructured { #expect((result.seconds.quantile(0.95) ?? 0) >= 0.5) }
    }

    @Test func hopsGrowWithTheLogarithm() throws {
        func p95(_ method: SearchMethod, _ nodes: Int) throws -> Double {
            try #require(SearchResult.run(method, Self.scenario(nodes: nodes)).hops.quantile(0.95))
        }
        // A ring's fingers halve the way, a row of digits divides it by 16.
        #expect(try p95(.chord, 2_048) <= 11)
        #expect(try p95(.pastry, 2_048) <= 5)
        #expect(try p95(.kademlia, 2_048) <= 5)
        #expect(try p95(.chord, 64) < p95(.chord, 2_048))
    }

    @Test func rangesHoldThoseWithThePrefix() {
        var random = NodeRandom(seed: 9)
        let population = Population(Self.scenario(), random: &random)
        for _ in 0..<50 {
            let id = random.next()
            for bits in [0, 1, 4, 7, 63, 64] {
                let range = population.range(sharing: bits, with: id)
                let expected = population.ids.indices.filter { (population.ids[$0] ^ id).leadingZeroBitCount >= bits }
                #expect(Array(range) == expected)
            }
        }
        #expect(population.range(sharing: 3, with: .max).upperBound == population.count)
        #expect(population.successor(of: .max) == 0, "the ring goes round")
    }

    @Test func drawsAreDifferentMembers() {
        var random = NodeRandom(seed: 9)
        let drawn = (10..<40).draw(16, &random)
        #expect(Set(drawn).count == 16)
        #expect(drawn.allSatisfy { (10..<40).contains($0) })
        #expect((10..<13).draw(16, &random) == [10, 11, 12])
    }

    @Test func theDeadAreAsManyAsSaid() {
        var random = NodeRandom(seed: 9)
        let population = Population(Self.scenario(dead: 0.2), random: &random)
        #expect(population.ids.indices.count { !population.isAlive($0) } == 100)
    }
}
