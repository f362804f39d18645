import Primitives
import RLP
import TestVectors
import Testing

/// github ethereum/tests, RLPTests, and nim-eth's invalid cases.
@Suite(.enabled(if: TestVectors.isPresent, "no test vectors beside the repository"))
struct RLPVectorTests {
    private static let folder = "01-ethereum-tests/RLPTests"

    @Test func validOnesEncodeAndDecode() throws {
        let cases = try #require(try TestVectors.json("\(Self.folder)/rlptest.json").members)
        #expect(cases.count == 22)
        for (name, test) in cases {
            let (input, bytes) = (try #require(test["in"]), try #require(test["out"]?.bytes))
            var writer = RLPWriter()
            try write(input, &writer)
            #expect(writer.bytes == bytes, "\(name)")
            try RLPValidator.validate(bytes[...])
            var reader = RLPReader(bytes)
            try compare(&reader, input, name)
            #expect(reader.isAtEnd)
        }
    }

    @Test(arguments: [
        "01-ethereum-tests/RLPTests/invalidRLPTest.json", "01-ethereum-tests/extra/nim-eth-pyRlpInvalidCases.json",
        "01-ethereum-tests/RLPTests/RandomRLPTests/example.json",
    ])
    func verdicts(_ path: String) throws {
        let cases = try #require(try TestVectors.json(path).members)
        #expect(!cases.isEmpty)
        for (name, test) in cases {
            let bytes = try #require(test["out"]?.bytes, "\(name)")
            let isValid = (try? RLPValidator.validate(bytes[...])) != nil
            // nim-eth's T4, "dog" followed by "cat", is valid where what follows the first item is not looked at.
            let isTrailing = path.contains("nim-eth") && name == "T4"
            #expect(isValid == (test["in"]?.string == "VALID" && !isTrailing), "\(name)")
        }
    }

    @Test func seedsHaveTheVerdictOfTheirName() throws {
        let files = try TestVectors.files(in: "06-fuzz-seeds/seeds/rlp")
        #expect(!files.isEmpty)
        for file in files {
            let bytes = try TestVectors.data(file)
            let isValid = (try? RLPValidator.validate(bytes[...])) != nil
            #expect(isValid == file.contains("/valid-"), "\(file)")
        }
    }

    /// Every prefix and every flipped bit is an error or canonical RLP: nothing traps.
    @Test func damagedSeedsNeverTrap() throws {
        let files =
            try TestVectors.files(in: "06-fuzz-seeds/geth-rlp") + TestVectors.files(in: "06-fuzz-seeds/seeds/rlp")
        for file in files {
            let bytes = Array(try TestVectors.data(file).prefix(400))
            for count in 0..<bytes.count { try check(Array(bytes.prefix(count))) }
            for bit in 0..<bytes.count * 8 {
                var damaged = bytes
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                try check(damaged)
            }
        }
    }

    /// What the validator accepts must come out the same when it is decoded and encoded again.
    private func check(_ bytes: [UInt8]) throws {
        guard (try? RLPValidator.validate(bytes[...])) != nil else { return }
        var (reader, writer) = (RLPReader(bytes), RLPWriter())
        try copy(&reader, &writer)
        #expect(writer.bytes == bytes)
    }

    private func copy(_ reader: inout RLPReader, _ writer: inout RLPWriter) throws {
        while !reader.isAtEnd {
            if reader.nextIsList == true {
                var list = try reader.readList()
                try writer.list { try copy(&list, &$0) }
            } else {
                writer.write(try reader.readBytes())
            }
        }
    }

    private func write(_ value: JSONValue, _ writer: inout RLPWriter) throws {
        switch value {
        case .string(let text) where text.hasPrefix("#"):
            writer.write(try #require(bigInteger(text.dropFirst())))
        case .string(let text): writer.write(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        case .number: writer.write(try #require(value.uint64))
        case .array(let elements): try writer.list { list in for element in elements { try write(element, &list) } }
        case .object, .bool, .null: Issue.record("no RLP for \(value)")
        }
    }

    private func compare(_ reader: inout RLPReader, _ value: JSONValue, _ name: String) throws {
        switch value {
        case .array(let elements):
            var list = try reader.readList()
            for element in elements { try compare(&list, element, name) }
            try list.expectEnd()
        case .number: #expect(try reader.read(UInt64.self) == value.uint64, "\(name)")
        case .string(let text) where text.hasPrefix("#"):
            #expect(try Array(reader.readBytes()) == bigInteger(text.dropFirst()), "\(name)")
        case .string(let text):
            #expect(try Array(reader.readBytes()) == text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        case .object, .bool, .null: Issue.record("no RLP for \(value)")
        }
    }

    /// Some numbers have more than 256 bits: schoolbook conversion from decimal to bytes.
    private func bigInteger(_ digits: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        for digit in digits.utf8 {
            guard (0x30...0x39).contains(digit) else { return nil }
            var carry = Int(digit - 0x30)
            for index in bytes.indices.reversed() {
                carry += Int(bytes[index]) * 10
                bytes[index] = UInt8(carry & 255)
                carry >>= 8
            }
            if carry > 0 { bytes.insert(UInt8(carry), at: 0) }
        }
        return bytes
    }
}
