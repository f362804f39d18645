import Primitives
import RLP
import Testing

@Suite struct RLPReaderTests {
    private func reader(_ hex: String) throws -> RLPReader { RLPReader(try #require([UInt8](hex: hex))) }

    @Test func integersAreCanonicalAndFit() throws {
        for (hex, value) in [("80", UInt64(0)), ("01", 1), ("7f", 127), ("8180", 128), ("88ffffffffffffffff", .max)] {
            var reader = try reader(hex)
            #expect(try reader.read(UInt64.self) == value)
            #expect(reader.isAtEnd)
        }
        for (hex, error) in [
            ("00", RLPError.nonCanonicalInteger), ("820001", .nonCanonicalInteger), ("8100", .nonCanonicalLength),
            ("89010000000000000000", .integerOverflow), ("c0", .expectedString), ("", .truncated), ("82ff", .truncated),
        ] {
            var reader = try reader(hex)
            #expect(throws: error) { try reader.read(UInt64.self) }
        }
        var small = try reader("820100")
        #expect(throws: RLPError.integerOverflow) { try small.read(UInt8.self) }
        var wide = try reader("8affffffffffffffffffff")
        #expect(try wide.read(UInt128.self) == 0xffff_ffff_ffff_ffff_ffff)
        var large = try reader("a1" + String(repeating: "ff", count: 33))
        #expect(throws: RLPError.integerOverflow) { try large.read(UInt256.self) }
        var largest = try reader("a0" + String(repeating: "ff", count: 32))
        #expect(try largest.read(UInt256.self) == .max)
    }

    @Test func booleansAndFixedSizes() throws {
        var flags = try reader("018002")
        #expect(try flags.read(Bool.self))
        #expect(try !flags.read(Bool.self))
        #expect(throws: RLPError.invalidValue) { try flags.read(Bool.self) }
        var short = try reader("93" + String(repeating: "11", count: 19))
        #expect(throws: RLPError.wrongLength(expected: 20, found: 19)) { try short.read(Address.self) }
        var exact = try reader("94" + String(repeating: "11", count: 20))
        #expect(try exact.read(Address.self)[19] == 0x11)
    }

    @Test func listsHaveReadersOfTheirOwn() throws {
        var reader = try reader("c88363617483646f6705")
        #expect(reader.nextIsList == true)
        #expect(try reader.countItems() == 2)
        var list = try reader.readList()
        #expect(try list.countItems() == 2)
        #expect(try Array(list.readBytes()) == Array("cat".utf8))
        #expect(throws: RLPError.trailingBytes) { try list.expectEnd() }
        #expect(try Array(list.readRaw()) == [0x83] + Array("dog".utf8))
        try list.expectEnd()
        #expect(throws: RLPError.truncated) { try list.readBytes() }
        #expect(reader.nextIsList == false)
        #expect(throws: RLPError.expectedList) { try reader.readList() }
    }

    @Test func limitsComeBeforeDecoding() throws {
        var list = try reader("c3010203")
        var count = 0
        #expect(throws: RLPError.tooMany(limit: 2)) {
            try list.readList(limit: 2) { (list) throws(RLPError) in
                count += 1
                return try list.read(UInt64.self)
            }
        }
        #expect(count == 2)
        var string = try reader("83646f67")
        #expect(throws: RLPError.tooMany(limit: 2)) { try string.readBytes(limit: 2) }
        var hashes = try reader("c3010203")
        #expect(throws: RLPError.wrongLength(expected: 32, found: 1)) { try hashes.readList(of: Hash32.self, limit: 5) }
    }

    @Test func announcedLengthsBeyondTheInputAreRefused() throws {
        for hex in [
            "b8", "b838", "bfffffffffffffffff", "ff7fffffffffffffff", "f8ff00", "c101".dropLast(2) + "", "bb7fffffff00",
        ] {
            var reader = try reader(String(hex))
            #expect(throws: RLPError.truncated) { try reader.skip() }
        }
        // The inner string reaches beyond the list around it, although the input goes on.
        var outer = try reader("c283646f67")
        var list = try outer.readList()
        #expect(throws: RLPError.truncated) { try list.readBytes() }
    }

    @Test func slicesKeepTheirIndices() throws {
        let bytes = try #require([UInt8](hex: "ffff83646f67"))
        var reader = RLPReader(bytes[2...])
        #expect(reader.remaining.startIndex == 2)
        #expect(try reader.readBytes() == bytes[3...])
    }

    @Test func depthIsLimitedWithoutRecursion() throws {
        // 100 000 lists in each other: a recursive reader would overflow the stack.
        var nested: [UInt8] = [0xc0]
        var writer = RLPWriter()
        for _ in 0..<63 {
            writer = RLPWriter()
            writer.list { $0.writeRaw(nested) }
            nested = writer.bytes
        }
        try RLPValidator.validate(nested[...])
        writer = RLPWriter()
        writer.list { $0.writeRaw(nested) }
        #expect(throws: RLPError.tooDeep) { try RLPValidator.validate(writer.bytes[...]) }
        try RLPValidator.validate(writer.bytes[...], maxDepth: 65)
        let deep = deeplyNested(100_000)
        #expect(throws: RLPError.tooDeep) { try RLPValidator.validate(deep[...]) }
        try RLPValidator.validate(deep[...], maxDepth: 100_000)
    }

    /// The headers of `depth` lists, from the inside out, then reversed.
    private func deeplyNested(_ depth: Int) -> [UInt8] {
        var reversed: [UInt8] = [0xc0]
        while reversed.count < 56 { reversed.append(0xc0 + UInt8(reversed.count)) }
        var levels = reversed.count
        while levels < depth {
            var length = reversed.count
            var digits: [UInt8] = []
            while length > 0 {
                digits.append(UInt8(truncatingIfNeeded: length))
                length >>= 8
            }
            reversed += digits + [0xf7 + UInt8(digits.count)]
            levels += 1
        }
        return reversed.reversed()
    }

    @Test func decodableTakesExactlyOneItem() throws {
        struct Pair: RLPEncodable, RLPDecodable, Equatable {
            var a: UInt64
            var b: [UInt8]
            init(a: UInt64, b: [UInt8]) { (self.a, self.b) = (a, b) }
            func encode(to writer: inout RLPWriter) {
                writer.list { list in
                    list.write(a)
                    list.write(b)
                }
            }
            init(from reader: inout RLPReader) throws(RLPError) {
                var list = try reader.readList()
                a = try list.read()
                b = Array(try list.readBytes())
                try list.expectEnd()
            }
        }
        let pair = Pair(a: 7, b: [1, 2])
        #expect(Hex.encode(pair.rlp) == "c407820102")
        #expect(try Pair(rlp: pair.rlp) == pair)
        #expect(throws: RLPError.trailingBytes) { try Pair(rlp: pair.rlp + [0]) }
        var reader = RLPReader(RLPWriter(prefix: [0xc5] + pair.rlp).bytes)
        #expect(try reader.readList(of: Pair.self) == [pair])
    }
}
