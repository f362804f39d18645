import NodeRPC
import Testing

/// What `starling peers` prints of an answer.
@Suite("Peers as a table")
struct PeerTableTests {
    private let now = 1_700_000_080_000.0

    private func peers(_ result: String) throws -> String {
        try PeerTable.peers(Array(#"{"jsonrpc":"2.0","id":1,"result":\#(result)}"#.utf8), now: now)
    }

    @Test func everything() throws {
        let text = try peers(
            #"""
            [{"id":"0123456789abcdef","name":"Geth/v1.16","network":{"remoteAddress":"34.1.2.3:30303","inbound":true,
            "trusted":false,"static":false},"score":33,"latency":{"p50":0.0254,"p95":1,"p99":2},"reputation":{"ignored":true,"protected":false,
            "rangeScore":12,"offences":[{"offence":"requestTimeout","count":3,"lastMs":1700000000000.5,"points":24,
            "left":8},{"offence":"unsolicitedResponse","count":1,"lastMs":1700000079000,"points":25,"left":25}],
            "usefulness":{"blocks":16,"transactions":2,"bytes":0,"latency":0.3}}},
            {"id":"ff","network":{"static":true,"trusted":true},"score":0,"reputation":{"usefulness":{"latency":0.3}}}]
            """#)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let words = lines.map { $0.split(separator: " ").joined(separator: " ") }
        #expect(words[0] == "id dir client address latency score standing offences usefulness")
        #expect(
            words[1]
                == "01234567 in Geth/v1.16 34.1.2.3:30303 25 ms 33 ignored, range 12 "
                + "3 requestTimeout 24 -> 8 (79 s ago); 1 unsolicitedResponse 25 -> 25 (1 s ago) blocks 16, tx 2")
        #expect(words[2] == "ff out - - 300 ms 0 trusted, static - -")
        #expect(words[3] == "2 peers" && words.count == 5)
        // The columns begin below each other.
        #expect(lines[0].hasPrefix("id        dir  client      address"))
        #expect(lines[1].hasPrefix("01234567  in   Geth/v1.16  34.1.2.3"))
    }

    @Test("what a peer says of itself can't write to the terminal")
    func controlCharacters() throws {
        let text = try peers(#"[{"id":"00","name":"\u001b[2Jevil\u0007é"}]"#)
        #expect(text.contains("?[2Jevil??"))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || (0x20..<0x7f).contains($0.value) })
    }

    @Test func bans() throws {
        let result =
            #"[{"id":"aa","offence":"invalidBlock","untilMs":1700000680000,"count":2},{"address":"1.2.3.4","untilMs":1,"count":3}]"#
        let text = try PeerTable.bans(Array(#"{"result":\#(result)}"#.utf8), now: now)
        let words = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            words == [
                "node or address for ends in bans so far", "aa invalidBlock 10 min 2",
                "1.2.3.4 3 banned nodes there 0 s -", "2 bans",
            ])
    }

    @Test("strange answers")
    func errors() {
        for text in ["", "[]", "{}", #"{"result":7}"#, "<html>"] {
            #expect(throws: PeerTableError.noAnswer) { try PeerTable.peers(Array(text.utf8), now: now) }
        }
        let refusal = #"{"error":{"code":-32601,"message":"the method starling_peerBans does not exist"}}"#
        let error = #expect(throws: PeerTableError.self) { try PeerTable.bans(Array(refusal.utf8), now: now) }
        #expect(error?.description == "the method starling_peerBans does not exist")
        // Numbers that are none of ours do no harm.
        let odd =
            #"{"result":[{"score":1e999},{"score":-1e300,"latency":{"p50":1e300},"reputation":{"rangeScore":1e18}}]}"#
        #expect(throws: Never.self) { try PeerTable.peers(Array(odd.utf8), now: now) }
    }
}
