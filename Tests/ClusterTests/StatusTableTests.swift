import Testing

@testable import Cluster

@Suite("The live view at all sizes of terminals")
struct StatusTableTests {
    static func row(_ index: Int) -> StatusTable.Row {
        var row = StatusTable.Row(name: "node\(index + 1)", level: .up, state: "up", port: UInt16(20_000 + index))
        (row.height, row.hash, row.peers) = (123_456, "0x" + String(repeating: "a", count: 64), 9)
        (row.pending, row.queued, row.arrival) = (1200, 34, (12.4, 1234))
        return row
    }

    static func rows(_ count: Int) -> [StatusTable.Row] {
        var rows = (0..<count).map(row)
        if count > 20 {
            rows[7] = StatusTable.Row(
                name: "node8", level: .dead, state: "dead",
                note:
                    "signal 9 (SIGKILL): \u{1b}[31m2026-12-01 01:40:58.007Z a line of a log that is much longer than a row",
                port: 1)
            rows[17] = StatusTable.Row(name: "node18", level: .away, state: "paused", port: 2)
            rows[19].height = 123_400
        }
        return rows
    }

    @Test(arguments: [1, 4, 21, 50, 1000], [20, 40, 60, 80, 132, 200])
    func nothingWrapsOrScrollsAway(_ nodes: Int, _ width: Int) {
        for height in [2, 5, 8, 24, 50] {
            let lines = StatusTable(rows: Self.rows(nodes), size: .init(width: width, height: height)).lines
            // The cursor waits on the row below the last line.
            #expect(lines.count < height)
            #expect(lines.allSatisfy { $0.count <= width }, "\(lines)")
            #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 32 } })
        }
    }

    @Test func moreNodesThanRowsShowsThoseThatWantALook() {
        let lines = StatusTable(rows: Self.rows(50), size: .init(width: 80, height: 12)).lines
        #expect(lines.count == 11)
        #expect(lines.contains { $0.hasPrefix("node8 ") && $0.contains("signal 9 (SIGKILL)") && $0.hasSuffix("…") })
        #expect(lines.contains { $0.hasPrefix("node18 ") && $0.contains("paused") })
        #expect(lines.contains { $0.hasPrefix("node20 ") && $0.contains("123400") })
        #expect(lines.contains("… and 43 more that look better"))
        #expect(lines[0].hasPrefix("50 nodes: 48 up, 1 dead, 1 paused | height 123400-123456 | peers 9"))
    }

    @Test func widerTerminalsShowMore() {
        func head(_ width: Int) -> String {
            StatusTable(rows: Self.rows(4), size: .init(width: width, height: 24)).lines[1]
        }
        #expect(head(38).hasSuffix("peers"))
        #expect(head(60).hasSuffix("rpc port"))
        #expect(head(80).contains("pool"))
        let wide = StatusTable(rows: Self.rows(4), size: .init(width: 200, height: 24)).lines
        #expect(wide[2].hasSuffix("0x" + String(repeating: "a", count: 64)))
    }

    @Test func proseIsWrappedBetweenWords() {
        #expect(Console.wrapped("one two three", width: 8) == ["one two", "three"])
        #expect(Console.wrapped("  one", width: 20) == ["  one"])
        #expect(Console.wrapped("a-word-that-is-too-long it is", width: 8) == ["a-word-that-is-too-long", "it is"])
        #expect(Console.wrapped("as long as it may be", width: nil) == ["as long as it may be"])
    }
}
