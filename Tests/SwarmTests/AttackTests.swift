import Links
import SansIO
import Testing

@testable import Swarm

@Suite("Attacks on the spreading of blocks")
struct AttackTests {
    private static func scenario(_ kind: AttackScenario.Kind, sybils: Int) -> AttackScenario {
        var scenario = AttackScenario()
        scenario.kind = kind
        scenario.honest = 30
        scenario.sybils = sybils
        scenario.measuredBlocks = 1
        scenario.earlierBlocks = 2
        return scenario
    }

    @Test(arguments: AttackScenario.Kind.allCases)
    func aFewAttackersKeepNothingBackAndManyMost(_ kind: AttackScenario.Kind) {
        for policy in [RelayPolicy.gossipsub, .mesh] {
            #expect(Self.scenario(kind, sybils: 0).share(policy) == 1)
            #expect(Self.scenario(kind, sybils: 10).share(policy) == 1)
            #expect(Self.scenario(kind, sybils: 450).share(policy) < 0.9)
        }
    }

    @Test func attackersTakeWhatHonestNodesHaveFree() {
        let scenario = Self.scenario(.coldBoot, sybils: 100)
        let graph = scenario.graph(scenario.network)
        #expect(graph.count == 130)
        #expect(graph.peers[..<30].allSatisfy { $0.count == 50 }, "all places are taken")
        #expect(graph.peers[30...].allSatisfy { edges in edges.allSatisfy { $0.target < 30 } })
    }

    @Test func adversariesSaySilentlyNothing() {
        let before = Instant(nanoseconds: 0)
        let moment = Instant(nanoseconds: 10)
        let flash = Adversary(.covertFlash, firstNode: 5, silentFrom: moment)
        #expect(!flash.suppresses(.block(0), of: 5, before))
        #expect(flash.suppresses(.control, of: 5, moment))
        #expect(!flash.suppresses(.block(0), of: 4, moment))
        var liar = Adversary(.falseAnnouncements, firstNode: 5, silentFrom: moment)
        #expect(liar.suppresses(.block(0), of: 6, before) && !liar.suppresses(.announcement, of: 6, before))
        let isFirst = liar.announces(1, at: 6, before)
        let isAgain = liar.announces(1, at: 6, before)
        let isHonest = liar.announces(1, at: 4, before)
        #expect(isFirst && !isAgain && !isHonest)
    }

    @Test func theBudgetIsFoundByHalving() throws {
        let scenario = Self.scenario(.coldBoot, sybils: 0)
        let found = AttackBudget.search(.mesh, scenario, seeds: 1) { $0.sybils <= 69 ? 1 : 0.5 }
        let holds = try #require(found.holds)
        let fails = try #require(found.fails)
        #expect(holds <= 2.3 && 2.3 <= fails && fails - holds <= 0.125)
        let never = AttackBudget.search(.mesh, scenario, seeds: 1) { _ in 0.5 }
        #expect(never.holds == nil && never.fails == 0)
        let always = AttackBudget.search(.mesh, scenario, seeds: 1, mostRatio: 3) { _ in 0.99 }
        #expect(always.holds == 3 && always.fails == nil)
    }
}
