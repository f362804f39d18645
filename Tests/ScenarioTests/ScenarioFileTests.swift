import Foundation
import Links
import SansIO
import Simulator
import Testing

@testable import Scenarios

@Suite("Scenario files")
struct ScenarioFileTests {
    static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Testnet/scenarios")

    static let paths: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".json5") }.sorted().map { folder.appendingPathComponent($0).path }
    }()

    static func parse(_ text: String) throws(ScenarioError) -> Scenario {
        try ScenarioFile.parse(Array(text.utf8), file: "test.json5")
    }

    @Test func everyFileIsAScenario() throws {
        #expect(Self.paths.count >= 12)
        for path in Self.paths {
            let scenario = try ScenarioFile.load(path)
            #expect(!scenario.about.isEmpty && scenario.nodes > 0, "\(path)")
        }
    }

    @Test func commentsAndDefaults() throws {
        let scenario = try Self.parse("{ // nothing\n nodes: 7, }")
        #expect(scenario.name == "test" && scenario.nodes == 7 && scenario.seconds == 120)
        #expect(scenario.load == nil && scenario.faults.isEmpty && scenario.limits.bans == 0)
        guard case .regions(let table) = scenario.links.distance else {
            Issue.record("a network without a word about it is all over the world")
            return
        }
        #expect(table.regions.count == 8)
    }

    @Test func everythingIsRead() throws {
        let scenario = try Self.parse(
            """
            { nodes: 30, seconds: 90, start_within: 5, max_peers: 9, pool_slots: 256, heal_at: 60,
              network: { regions: { europe: 1, "na-east": 3 }, jitter_ms: 7, loss: 0.25, duplication: 0.5, reordering: 1,
                         upload: 5000, download: 7000, queue_bytes: 9000, nat_share: 0.75 },
              blocks: { signers: 3, period: 4 }, transactions: { per_second: 2.5, data_bytes: 6, accounts: 8, from: 20 },
              faults: [ { kind: "power", at: 30, for: 10, share: 0.25, spare_signers: true },
                        { kind: "partition", at: 40, one_way: true }, { kind: "churn", at: 1, per_hour: 3, away: 9 } ],
              adversaries: [ { behaviour: "invalid-blocks", share: 0.2, at: 12, ranges: 4 } ],
              limits: { reach_share: 0.5, reach_seconds: 3, delivery_share: 0.8,
                        delivery_seconds: 7, recovery_seconds: 9, block_seconds_p95: 2, bans: 4, lag_blocks: 6, progress: 0.25,
                        reorg_blocks: 7, block_duplicates: 8, transaction_duplicates: 9, bytes_per_second: 10,
                        peak_bytes_per_second: 11 } }
            """)
        #expect(scenario.maxPeers == 9 && scenario.poolSlots == 256)
        #expect(scenario.links.jitter == .milliseconds(7) && scenario.links.loss == 0.25)
        #expect(scenario.links.uploadBytesPerSecond == 5000 && scenario.links.downloadBytesPerSecond == 7000)
        #expect(scenario.links.queueBytes == 9000 && scenario.links.natShare == 0.75)
        #expect(scenario.load?.perSecond == 2.5 && scenario.load?.until == 80 && scenario.load?.accounts == 8)
        #expect(scenario.faults.map(\.kind) == [.power, .partition, .churn])
        #expect(scenario.faults[0].lasts == 10 && scenario.faults[0].sparesSigners && scenario.faults[1].isOneWay)
        #expect(scenario.faults[2].perHour == 3 && scenario.faults[2].away == 9)
        #expect(scenario.adversaries.first?.kind == .invalidBlocks && scenario.adversaries.first?.ranges == 4)
        #expect(scenario.limits.deliveryShare == 0.8 && scenario.limits.deliverySeconds == 7)
        #expect(scenario.limits.recoverySeconds == 9)
        #expect(scenario.limits.reachSeconds == 3 && scenario.limits.reorganization == 7)
        #expect(scenario.limits.peakBytesPerSecond == 11 && scenario.livesFrom == 60)
    }

    @Test(
        "a mistake is named with its place",
        arguments: [
            ("{ nodes: 0 }", "test.json5: nodes must be a whole number from 1 to 100000"),
            ("{ network: { loss: 2 } }", "test.json5: network.loss must be a number from 0 to 0.9"),
            ("{ faults: [{ kind: \"fire\", at: 1 }] }", "test.json5: faults[0].kind must be one of crash, power,"),
            ("{ faults: [{ kind: \"crash\" }] }", "test.json5: faults[0] needs a 'kind' and 'at'"),
            ("{ peers: 3 }", "test.json5: has no 'peers': what it can have is about, nodes,"),
            ("{ network: { regions: { mars: 1 } } }", "test.json5: network.regions has no 'mars'"),
            ("{ adversaries: [{ share: 0.1 }] }", "test.json5: adversaries[0] needs a 'behaviour'"),
            ("[", "test.json5, line 1, column 1: this [ has no ]"),
            ("{\n  nodes: 5\n  seconds: 3 }", "test.json5, line 3, column 3: a comma or } must stand here"),
            ("{ nodes: tru }", "test.json5, line 1, column 10: 'tru' is no value"),
            ("{ nodes 5 }", "test.json5, line 1, column 9: a colon must follow 'nodes'; there is '5'"),
            ("{ nodes: 1, nodes: 2 }", "test.json5, line 1, column 13: 'nodes' is there already"),
            ("{ about: 'x\n }", "test.json5, line 1, column 10: this text has no end"),
            ("{} x", "test.json5, line 1, column 4: something follows the end"),
            ("", "test.json5, line 1, column 1: a value is missing here; the file ends"),
            ("{ nodes: 1e }", "test.json5, line 1, column 10: '1e' is no number"),
            ("/* {}", "test.json5, line 1, column 1: this comment has no end"),
            (String(repeating: "[", count: 100_000), "test.json5, line 1, column 33: too many brackets"),
        ])
    func mistakes(_ text: String, _ expected: String) {
        let error = #expect(throws: ScenarioError.self) { try Self.parse(text) }
        #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
    }

    @Test("what JSON5 allows beside JSON")
    func json5() throws {
        let text = """
            // A comment.
            { 'a': +1.5, "b": .5, $c_1: 0x1F, d: [5., -1e2,], /* another */ e: 'x\\'\\u0041\\x42\\n', f: null, g: true, }
            """
        let value = try ScenarioReader.read(Array(text.utf8), file: "test")
        #expect(
            value
                == .object([
                    "a": .number(1.5), "b": .number(0.5), "$c_1": .number(31), "d": .list([.number(5), .number(-100)]),
                    "e": .string("x'AB\n"), "f": .null, "g": .bool(true),
                ]))
    }

    @Test("the program carries the scenarios of the folder")
    func embedded() throws {
        for name in try ScenarioFolder.names() {
            let document = try #require(ScenarioFolder.embedded(name), "\(name)")
            #expect(
                try ScenarioFile.parse(document, file: "\(name).json5").about == ScenarioFolder.scenario(name).about)
        }
    }
}
