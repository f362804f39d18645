import Gossip
import Links
import SansIO
import Testing

@testable import Swarm

@Suite("Spreading of blocks, at the level of messages")
struct PropagationTests {
    private static func small(_ change: (inout PropagationScenario) -> Void = { _ in }) -> PropagationScenario {
        var scenario = PropagationScenario()
        scenario.nodes = 80
        scenario.blocks = 3
        change(&scenario)
        return scenario
    }

    @Test(arguments: RelayPolicy.allCases)
    func everyoneIsReachedWithoutLoss(_ policy: RelayPolicy) {
        let result = Propagation.run(policy, Self.small())
        #expect(result.reached == 1)
        #expect(result.delays.values.count == 3 * 79)
        // Nothing is faster than the way between two nodes of a region.
        #expect(result.delays.values.first.map { $0 >= 0.002 } == true)
    }

    @Test(arguments: RelayPolicy.allCases)
    func theSeedDecidesEverything(_ policy: RelayPolicy) {
        let one = Propagation.run(policy, Self.small())
        let same = Propagation.run(policy, Self.small())
        #expect(one.delays == same.delays)
        #expect(one.bytesPerNode == same.bytesPerNode)
        #expect(one.events == same.events)
        #expect(Propagation.run(policy, Self.small { $0.seed = 2 }).delays != one.delays)
    }

    /// Who gets a block is the policy's business, what it looks like the form's: all of them save as much by it.
    @Test(arguments: RelayPolicy.allCases)
    func anyPolicySendsEitherForm(_ policy: RelayPolicy) {
        let whole = Propagation.run(policy, Self.small { $0.form = .whole })
        let compact = Propagation.run(policy, Self.small { $0.form = .compact })
        #expect(whole.reached == 1 && compact.reached == 1)
        #expect(whole.bytesPerNode > 149_000)
        #expect(compact.bytesPerNode < whole.bytesPerNode / 4)
        #expect((compact.delays.quantile(0.95) ?? 1) < (whole.delays.quantile(0.95) ?? 0))
    }

    /// Where nobody lacks anything, a policy sends the same copies in either form.
    @Test func formsDontChangeWhoGetsABlock() {
        func run(_ form: BlockForm) -> Propagation {
            Propagation.run(
                .flooding,
                Self.small {
                    $0.form = form
                    $0.poolShare = 1
                })
        }
        #expect(run(.whole).duplicatesPerNode == run(.compact).duplicatesPerNode)
    }

    @Test func compactBlocksCostAFractionOfWholeOnes() {
        let scenario = Self.small { $0.nodes = 200 }
        let ours = Propagation.run(.mesh, scenario)
        let theirs = Propagation.run(.gossipsub, scenario)
        #expect(ours.bytesPerNode < theirs.bytesPerNode / 4)
        // Where the maker knows what others lack, no hop waits for a round trip.
        let known = Propagation.run(.mesh, Self.small { $0.freshShare = 1 })
        let unknown = Propagation.run(.mesh, Self.small())
        #expect((known.delays.quantile(0.95) ?? 1) < (unknown.delays.quantile(0.95) ?? 0))
    }

    @Test func largeMessagesWaitForTheWindowToOpen() throws {
        func p50(_ policy: RelayPolicy, slowStart: Bool) throws -> Double {
            let scenario = Self.small {
                $0.slowStart = slowStart
                $0.poolShare = 1
                // So fast that the windows are what takes time.
                $0.links.lines = []
            }
            return try #require(Propagation.run(policy, scenario).delays.quantile(0.5))
        }
        #expect(try p50(.flooding, slowStart: true) > 1.5 * p50(.flooding, slowStart: false))
        // A compact block of a thousand short ids is below ten segments.
        #expect(try p50(.mesh, slowStart: true) == p50(.mesh, slowStart: false))
    }

    @Test func manyLackTheSameTransactionsOnlyWhereTheyAreFresh() {
        func load(fresh: Double) -> BlockLoad { Self.small { $0.freshShare = fresh }.load }
        let all = load(fresh: 1)
        #expect(all.transactionCount == 995)
        #expect(all.freshCount == 20)
        #expect(all.missing(0, at: 1) == Array(0..<20))
        #expect(all.missing(2, at: 7) == all.missing(0, at: 1))
        let none = load(fresh: 0)
        #expect(none.freshCount == 0)
        #expect(none.missing(0, at: 1) == none.missing(0, at: 1), "every policy finds the same pools")
        #expect(none.missing(0, at: 1) != none.missing(0, at: 2))
        let mean = Double((0..<1_000).reduce(0) { $0 + none.missing(0, at: $1).count }) / 1_000
        #expect((19.0...21.0).contains(mean), "2 % of 995, each by chance: \(mean)")
    }

    @Test func quantilesAreValuesThatWereMeasured() {
        let distribution = Distribution([4, 1, 3, 2])
        #expect(distribution.quantile(0.5) == 2)
        #expect(distribution.quantile(0.51) == 3)
        #expect(distribution.quantile(1) == 4)
        #expect(distribution.quantile(0) == 1)
        #expect(Distribution([]).quantile(0.5) == nil)
    }
}
