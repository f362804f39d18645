import Testing

@testable import DevP2P

@Suite("Message codes of shared capabilities")
struct MessageCodesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let reason: String
        let local: [(String, UInt64, UInt8)]
        let remote: [(String, UInt64)]
        /// Index in `local`, first code, number of codes.
        let expected: [(Int, UInt64, UInt64)]

        var testDescription: String { reason }
    }

    static let eth: [(String, UInt64, UInt8)] = [("eth", 68, 17), ("eth", 69, 18), ("eth", 70, 18)]

    static let table = [
        Row(reason: "nothing in common", local: eth, remote: [("les", 4), ("eth", 67)], expected: []),
        Row(reason: "the peer has nothing", local: eth, remote: [], expected: []),
        Row(reason: "this node has nothing", local: [], remote: [("eth", 69)], expected: []),
        Row(reason: "the one common version", local: eth, remote: [("eth", 68)], expected: [(0, 16, 17)]),
        Row(
            reason: "the highest of several", local: eth, remote: [("eth", 68), ("eth", 69)], expected: [(1, 16, 18)]),
        Row(
            reason: "the peer's order doesn't matter", local: eth, remote: [("eth", 70), ("eth", 68), ("eth", 71)],
            expected: [(2, 16, 18)]),
        Row(
            reason: "nor does this node's", local: [("eth", 69, 18), ("eth", 68, 17)],
            remote: [("eth", 68), ("eth", 69)], expected: [(0, 16, 18)]),
        Row(
            reason: "names in alphabetical order", local: [("snap", 1, 8), ("eth", 69, 18)],
            remote: [("snap", 1), ("eth", 69)], expected: [(1, 16, 18), (0, 34, 8)]),
        Row(
            reason: "a replaced version leaves no gap", local: eth + [("snap", 1, 8)],
            remote: [("eth", 68), ("eth", 69), ("snap", 1)], expected: [(1, 16, 18), (3, 34, 8)]),
        Row(
            reason: "capital letters come first", local: [("a", 1, 2), ("B", 1, 3)], remote: [("a", 1), ("B", 1)],
            expected: [(1, 16, 3), (0, 19, 2)]),
        Row(
            reason: "case matters", local: [("eth", 69, 18)], remote: [("Eth", 69)], expected: []),
        Row(
            reason: "a prefix comes before what it begins", local: [("ab", 1, 2), ("a", 2, 3)],
            remote: [("a", 2), ("ab", 1)], expected: [(1, 16, 3), (0, 19, 2)]),
        Row(
            reason: "versions are numbers, not text", local: [("x", 9, 1), ("x", 10, 2)],
            remote: [("x", 10), ("x", 9)], expected: [(1, 16, 2)]),
        Row(
            reason: "the same announced twice", local: eth, remote: [("eth", 69), ("eth", 69)],
            expected: [(1, 16, 18)]),
        Row(
            reason: "besu's descendants", local: [("istanbul", 100, 22), ("eth", 68, 17)],
            remote: [("eth", 68), ("istanbul", 100)], expected: [(1, 16, 17), (0, 33, 22)]),
    ]

    @Test("negotiation", arguments: table)
    func negotiate(_ row: Row) {
        let codes = Self.codes(row)
        #expect(codes.ranges.map(\.capability) == row.expected.map(\.0))
        #expect(codes.ranges.map(\.start) == row.expected.map(\.1))
        #expect(codes.ranges.map(\.count) == row.expected.map(\.2))
    }

    @Test("both sides agree on the codes", arguments: table)
    func symmetric(_ row: Row) {
        let codes = Self.codes(row)
        let remote = row.remote.map { name, version in
            // The peer reserves as many as this node does, where both know the capability.
            Fixture.descriptor(name, version, row.local.first { $0.0 == name && $0.1 == version }?.2 ?? 40)
        }
        let theirs = MessageCodes(local: remote, remote: row.local.map { CapabilityName($0.0, version: $0.1) })
        #expect(theirs.ranges.map(\.start) == codes.ranges.map(\.start))
        #expect(theirs.ranges.map(\.count) == codes.ranges.map(\.count))
    }

    @Test("every code belongs to one message, and back")
    func resolve() {
        let codes = Self.codes(Self.table[8])
        for code in 16..<34 as Range<UInt64> {
            #expect(codes.resolve(code)?.place == 0)
            #expect(codes.resolve(code)?.id == UInt8(code - 16))
            #expect(codes.code(capability: 1, id: UInt8(code - 16)) == code)
        }
        for code in 34..<42 as Range<UInt64> {
            #expect(codes.resolve(code)?.place == 1)
            #expect(codes.resolve(code)?.id == UInt8(code - 34))
            #expect(codes.code(capability: 3, id: UInt8(code - 34)) == code)
        }
        for code in [0, 15, 42, 255, .max] as [UInt64] { #expect(codes.resolve(code) == nil) }
        #expect(codes.code(capability: 0, id: 0) == nil)
        #expect(codes.code(capability: 9, id: 0) == nil)
    }

    @Test("names are compared by bytes, not by characters")
    func names() {
        // Two spellings of é, which Swift's String regards as one.
        let composed = CapabilityName("\u{e9}", version: 1)
        let decomposed = CapabilityName("e\u{301}", version: 1)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(CapabilityName("eth", version: 70) < CapabilityName("eth", version: 71))
        #expect(CapabilityName("eth", version: 70) < CapabilityName("snap", version: 1))
        #expect("\(CapabilityName("eth", version: 69))" == "eth/69")
    }

    private static func codes(_ row: Row) -> MessageCodes {
        MessageCodes(
            local: row.local.map { Fixture.descriptor($0.0, $0.1, $0.2) },
            remote: row.remote.map { CapabilityName($0.0, version: $0.1) })
    }
}
