import Chain
import DevP2P
import EthCrypto
import KeyValue
import NodeCore
import PeerBook
import Primitives
import SansIO
import Simulator
import Storage
import Testing

@testable import Scenarios

@Suite("Checkers of every run: blame, hearsay, agreement, and what is too short to judge")
struct CheckerTests {
    private static let id = NodeID(filledBy: { $0[0] = 1 })

    private static func report(_ text: String, seed: UInt64 = 1) throws -> Report {
        let run = try ScenarioRun(try ScenarioFileTests.parse(text), seed: seed, crypto: .plain)
        try run.run()
        return run.report(realSeconds: 1)
    }

    // MARK: Blame

    private static func blame(_ events: [PeerEvent]) -> Blame {
        var blame = Blame()
        for (second, event) in events.enumerated() {
            blame.note(event, by: 3, of: 7, .standard, at: Double(second))
        }
        return blame
    }

    @Test func aFactIsBlameAndAJudgementIsNot() {
        let judged = Self.blame([.offence(Self.id, .requestTimeout, score: 8)])
        #expect(judged.facts == 0 && judged.ended == 0 && judged.charges == ["requestTimeout": 1])
        let charged = Self.blame([
            .offence(Self.id, .spam, score: 100), .offence(Self.id, .protocolBreach, score: 100),
            .offence(Self.id, .malformedMessage, score: 200),
        ])
        #expect(charged.facts == 2)
        #expect(charged.firstFact?.description == "node 3 charges node 7 with protocolBreach at 1 s")
    }

    @Test(
        "a session is ended for an offence, or for another reason",
        arguments: [
            ([PeerEvent.offence(id, .spam, score: 100), .disconnected(id, .local(.subprotocolError))], 1),
            // It was spared at first.
            (
                [
                    .offence(id, .spam, score: 100), .spared(id, .spam, score: 100),
                    .disconnected(id, .local(.uselessPeer)),
                ], 1
            ),
            ([.disconnected(id, .protocolError(.corruptCompression))], 1),
            ([.offence(id, .requestTimeout, score: 8), .rotated(id), .disconnected(id, .local(.uselessPeer))], 0),
            ([.offence(id, .requestTimeout, score: 8), .disconnected(id, .local(.tooManyPeers))], 0),
            // Nothing was held against it.
            ([.disconnected(id, .local(.uselessPeer))], 0),
            ([.offence(id, .requestTimeout, score: 8), .disconnected(id, .timeout(.idle))], 0),
            ([.offence(id, .requestTimeout, score: 8), .disconnected(id, .remote(.uselessPeer))], 0),
        ])
    func ends(_ events: [PeerEvent], _ count: Int) {
        let blame = Self.blame(events)
        #expect(blame.ended == count && (blame.firstEnded == nil) == (count == 0), "\(events)")
    }

    @Test func theVerdictNamesWhoChargesWhom() throws {
        let run = try ScenarioRun(
            try ScenarioFileTests.parse("{ \(ScenarioRunTests.steady) }"), seed: 1, crypto: .plain)
        run.tally.blame = Self.blame([
            .offence(Self.id, .protocolBreach, score: 100), .disconnected(Self.id, .local(.subprotocolError)),
        ])
        try run.run()
        let report = run.report(realSeconds: 1)
        let failed = report.verdicts.filter { $0.outcome == .fails }
        #expect(
            failed.map(\.name) == [
                "no honest node is charged with a fact by an honest one",
                "no honest node ends a session with an honest one for an offence",
            ])
        #expect(failed.allSatisfy { $0.found.contains("node 3 charges node 7 with protocolBreach") })
        #expect(report.exitCode == 3 && report.offencesAmongHonest["protocolBreach"] == 1)
    }

    // MARK: Hearsay

    @Test func whoWasReachedIsNotDialedElsewhere() {
        let (here, there) = (Endpoint(ip: .v4(1), port: 1), Endpoint(ip: .v4(2), port: 2))
        func dial(_ endpoint: Endpoint) -> PeerEvent { .dialing(Self.id, endpoint, .discovered) }
        var hearsay = Hearsay()
        func note(_ events: [PeerEvent]) { for event in events { hearsay.note(event, by: 3, of: 7, at: here, 5) } }
        // Who knows nothing better may try it; who was dialed by the other knows nothing of the address.
        note([dial(there), .connected(Self.id, isInbound: true), dial(there)])
        #expect(hearsay.count == 0)
        note([dial(here), .connected(Self.id, isInbound: false), dial(here)])
        #expect(hearsay.count == 0)
        note([dial(there)])
        #expect(hearsay.count == 1 && hearsay.first?.description.contains("node 3 dials node 7") == true)
        hearsay.restarted(3)
        note([dial(there)])
        #expect(hearsay.count == 1)
    }

    // MARK: Agreement

    /// A chain store that has these blocks.
    private static func chain(_ blocks: [UInt8]) throws -> ChainStore {
        let store = MemoryStore()
        for (number, byte) in blocks.enumerated() {
            var header = Header()
            header.number = UInt64(number)
            header.extraData = [byte]
            var batch = WriteBatch()
            batch.putCanonical(Block(header: header, body: BlockBody()))
            store.write(batch, durable: true)
        }
        return ChainStore(store)
    }

    @Test func chainsAreComparedAtEachFinalHeight() throws {
        var agreement = Agreement(nodes: 3, depth: 2)
        agreement.compare(0, try Self.chain([9, 1, 2, 3, 4]), head: 4, at: 1)
        // The last two may differ.
        agreement.compare(1, try Self.chain([9, 1, 2, 5, 6]), head: 4, at: 1)
        agreement.compare(2, try Self.chain([9]), head: 0, at: 1)
        #expect(agreement.conflict == nil)
        #expect(agreement.count(of: [0, 1, 2]) == (2, 2), "who is at the beginning isn't compared")
        // Also where it can be seen only for a time.
        agreement.compare(1, try Self.chain([9, 1, 2, 5, 6, 7]), head: 5, at: 2)
        agreement.compare(0, try Self.chain([9, 1, 2, 3, 4, 5]), head: 5, at: 3)
        #expect(agreement.conflict == Agreement.Conflict(height: 3, node: 0, other: 1, at: 3))
    }

    @Test func whatWasUndoneIsComparedAnew() throws {
        var agreement = Agreement(nodes: 2, depth: 1)
        agreement.compare(0, try Self.chain([9, 1, 2]), head: 2, at: 1)
        agreement.compare(1, try Self.chain([9, 1, 2]), head: 2, at: 1)
        agreement.changed(1)
        agreement.compare(1, try Self.chain([9, 4, 5]), head: 2, at: 2)
        #expect(agreement.conflict?.height == 1)
    }

    @Test func agreementSaysHowManyWereCompared() throws {
        let report = try Self.report("{ \(ScenarioRunTests.steady) }")
        let agreement = try #require(report.verdicts.first { $0.name == "all chains agree" })
        #expect(agreement.outcome == .holds && agreement.found.hasPrefix("12 of 12 nodes compared, up to block 2"))
    }

    // MARK: Too short

    @Test func whatIsTooShortIsInconclusive() throws {
        let limits = "limits: { reach_seconds: 4, block_seconds_p95: 2, delivery_seconds: 4 }"
        let report = try Self.report(
            "{ nodes: 4, seconds: 12, start_within: 2, blocks: { signers: 1, period: 2 }, transactions: { from: 3 }, \(limits) }"
        )
        let open = report.verdicts.filter { $0.outcome == .inconclusive }
        #expect(open.count == 5 && report.verdicts.allSatisfy { $0.outcome != .fails }, "\(report.verdicts)")
        #expect(report.exitCode == 5 && report.text(command: "").contains("inconclusive"))
        #expect(open.allSatisfy { $0.found.hasPrefix("too short: it takes ") })
        #expect(open.first { $0.name == "blocks spread fast" }?.found == "too short: it takes 26 s at least")
        let long = try Self.report(
            "{ nodes: 4, seconds: 40, start_within: 2, blocks: { signers: 1, period: 2 }, transactions: { from: 3 }, \(limits) }"
        )
        #expect(long.exitCode == 0, "\(long.verdicts)")
    }

    @Test func timesOfFaultsEndAsTheyAreUndone() throws {
        let scenario = try ScenarioFileTests.parse(
            """
            { seconds: 200, heal_at: 150, faults: [
                { kind: "partition", at: 10 }, { kind: "heal", at: 30 }, { kind: "crash", at: 50 },
                { kind: "restart", at: 60 }, { kind: "loss", at: 90, for: 5 }, { kind: "power", at: 100 } ] }
            """)
        #expect(scenario.windows.map(\.time) == [10...30, 30...30, 50...60, 60...60, 90...95, 100...150])
        #expect(scenario.quiet(from: 0, for: 5, recovery: 10) == 0)
        #expect(try #require(scenario.quiet(from: 8, for: 5, recovery: 10)) == 40.0.nextUp)
        #expect(try #require(scenario.quiet(from: 72, for: 30, recovery: 10)) == 160.0.nextUp)
        var endless = scenario
        endless.healAt = nil
        #expect(endless.quiet(from: 96, for: 10, recovery: 10) == nil)
    }

    // MARK: Partitions

    /// The cut is made when two of ten nodes run; whoever starts later is on one side of it as well.
    @Test func aPartitionBindsWhoStartsLater() throws {
        let run = try ScenarioRun(
            try ScenarioFileTests.parse(
                """
                { nodes: 10, seconds: 40, start_within: 20, blocks: { signers: 1, period: 2 },
                  faults: [{ kind: "partition", at: 3, share: 0.5 }] }
                """), seed: 3, crypto: .plain)
        try run.run()
        #expect(Set(run.sides) == [0, 1])
        for node in run.simulation.nodes {
            for status in node.core.peerStatuses {
                let other = try #require(
                    run.simulation.nodes.first { $0.configuration.key.publicKey.nodeID == status.peer.id })
                #expect(run.sides[node.index] == run.sides[other.index], "\(node.index) has \(other.index)")
            }
        }
        let report = run.report(realSeconds: 1)
        #expect(report.verdicts.contains { $0.name == "every node keeps up" && $0.outcome == .fails })
    }
}
