import Testing

@testable import NodeRPC

@Suite("JSON")
struct JSONTests {
    @Test(arguments: [
        (#"null"#, #"null"#),
        (#" [ true , false ] "#, #"[true,false]"#),
        (#"{"b":1,"a":{"c":[]}}"#, #"{"b":1,"a":{"c":[]}}"#),
        (#"123456789012345678901234567890.0e-3"#, #"123456789012345678901234567890.0e-3"#),
        (#""\u0041\n\t\r\b\f\/\\\"\u001f""#, #""A\n\t\r\u0008\u000c/\\\"\u001f""#),
        (#""\ud83d\ude00 ü""#, #""😀 ü""#),
        (#"-0"#, #"-0"#),
    ])
    func readsAndWrites(_ text: String, _ expected: String) throws {
        #expect(String(decoding: try JSONReader.read(Array(text.utf8)).encoded, as: UTF8.self) == expected)
    }

    @Test(arguments: [
        "", " ", "nul", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "--1", "\"",
        "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\n\"", "[1]]", "NaN", "{1:2}",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func refusesBytesThatAreNoUTF8() {
        #expect(throws: JSONError.invalid(at: 2)) { try JSONReader.read([0x22, 0xff, 0x22]) }
    }

    @Test func theLastOfTwoMembersCounts() throws {
        let value = try JSONReader.read(Array(#"{"a":1,"a":2}"#.utf8))
        #expect(value["a"] == .number("2"))
    }

    @Test func depthAndCountAreBounded() throws {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: JSONError.tooDeep) { try JSONReader.read(deep) }
        let allowed = JSONReader.maxDepth - 1
        let text = String(repeating: "[", count: allowed) + "0" + String(repeating: "]", count: allowed)
        #expect(throws: Never.self) { try JSONReader.read(Array(text.utf8)) }
        let many = "[" + String(repeating: "0,", count: JSONReader.maxValues) + "0]"
        #expect(throws: JSONError.tooManyValues) { try JSONReader.read(Array(many.utf8)) }
    }

    @Test func everyTruncationIsAnError() throws {
        let text = Array(#"{"jsonrpc":"2.0","id":[1.5e3,"ü😀",null],"params":[{"a":true},false]}"#.utf8)
        for count in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONReader.read(Array(text[..<count])) }
        }
    }

    @Test(arguments: [
        (0.5, "0.5"), (0, "0"), (1, "1"), (0.1, "0.1"), (1.0 / 3, "0.3333333333333333"), (7.2868e-4, "0.00072868"),
        (.infinity, "null"), (.nan, "null"),
    ])
    func writesDoubles(_ value: Double, _ expected: String) {
        #expect(String(decoding: JSON.double(value).encoded, as: UTF8.self) == expected)
    }
}
