import DevP2P
import Foundation
import PeerBook
import Testing

@Suite("The table of offences and merits as a file")
struct ReputationTableTests {
    private static let page = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/REPUTATION.md")

    @Test("docs/REPUTATION.md is the table")
    func pageIsUpToDate() throws {
        if ProcessInfo.processInfo.environment["STARLING_REGENERATE"] == "1" {
            try Data(ReputationTable.standard.reference.utf8).write(to: Self.page)
        }
        let found = try String(contentsOf: Self.page, encoding: .utf8)
        #expect(
            found == ReputationTable.standard.reference,
            "write docs/REPUTATION.md anew: STARLING_REGENERATE=1 swift test --filter ReputationTableTests")
    }

    @Test("what it writes, it reads")
    func roundTrip() throws {
        var table = ReputationTable.standard
        table[.requestTimeout].points = 4
        table[.invalidBlock].isSubjective = false
        table[.firstBlock] = 32
        table[.banAt] = 300
        #expect(try ReputationTable(text: table.description) == table)
        #expect(try ReputationTable(text: "") == .standard)
    }

    @Test("a line changes one entry; comments, blank lines and other line ends are nothing")
    func lines() throws {
        let text = "# mine\r\n\r\n  offence\trequestTimeout 4 fact # why\r\nmerit firstBlock 0\r\nsetting banAt 300"
        var expected = ReputationTable.standard
        expected[.requestTimeout].points = 4
        expected[.requestTimeout].isSubjective = false
        expected[.firstBlock] = 0
        expected[.banAt] = 300
        #expect(try ReputationTable(text: text) == expected)
    }

    @Test(
        "errors name the line and what would do",
        arguments: [
            ("# x\noffense spam 1 fact", "line 2: 'offense' is none of offence, merit, setting"),
            (
                "merit firstblock 1",
                "line 1: 'firstblock' is unknown; there are firstBlock, firstTransaction, usefulResponse"
            ),
            ("offence spam 1", "line 1: the line must be: offence NAME POINTS fact|judgement"),
            ("offence spam 1 maybe", "line 1: 'maybe' is neither fact nor judgement"),
            ("offence spam -1 fact", "line 1: '-1' is no number from 0 to 100000"),
            ("setting pointSeconds 0", "line 1: '0' is no number from 1 to 3600"),
            ("setting banAt 99999999999999999999", "line 1: '99999999999999999999' is no number from 1 to 100000"),
            ("merit firstBlock 1\nmerit firstBlock 2", "line 2: merit firstBlock is there already"),
            ("setting disconnectAt 201", "disconnectAt must be at most banAt"),
            ("setting readmitAt 100", "readmitAt must be below disconnectAt"),
            ("setting serveAgainAt 50", "serveAgainAt must be below ignoreAt"),
        ])
    func errors(text: String, message: String) {
        let error = #expect(throws: ReputationTableError.self) { try ReputationTable(text: text) }
        #expect(error?.description == message)
    }

    @Test("a node with another table judges by it")
    func isUsed() throws {
        let table = try ReputationTable(
            text:
                "offence malformedMessage 10 fact\nsetting disconnectAt 20\nsetting ignoreAt 20\nsetting readmitAt 5\nsetting serveAgainAt 5"
        )
        var rounds = Rounds(table: table)
        let peer = rounds.accept(Node(1))
        #expect(rounds.book.report(.malformedMessage, by: peer.connection, now: rounds.now) == .keep)
        let verdict = rounds.book.report(.malformedMessage, by: peer.connection, now: rounds.now)
        #expect(verdict == .disconnect(.protocolBreach))
    }
}
