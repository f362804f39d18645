import Primitives
import RLP
import Testing

/// trie.md, section 1.
@Suite struct RLPKnownAnswerTests {
    private func encoded(_ body: (inout RLPWriter) -> Void) -> String {
        var writer = RLPWriter()
        body(&writer)
        return Hex.encode(writer.bytes)
    }

    @Test func integers() {
        for (value, hex) in [
            (UInt64(0), "80"), (1, "01"), (127, "7f"), (128, "8180"), (255, "81ff"), (256, "820100"), (1024, "820400"),
            (.max, "88ffffffffffffffff"),
        ] {
            #expect(encoded { $0.write(value) } == hex)
            #expect(encoded { $0.write(UInt256(value)) } == hex)
        }
        #expect(encoded { $0.write(UInt8(200)) } == "81c8")
        #expect(encoded { $0.write(UInt256.max) } == "a0" + String(repeating: "f", count: 64))
        #expect(encoded { $0.write(UInt128.max) } == "90" + String(repeating: "f", count: 32))
        #expect(encoded { $0.write(true) } + encoded { $0.write(false) } == "0180")
    }

    @Test func strings() {
        #expect(encoded { $0.write([]) } == "80")
        #expect(encoded { $0.write([0]) } == "00")
        #expect(encoded { $0.write([0x7f]) } == "7f")
        #expect(encoded { $0.write([0x80]) } == "8180")
        #expect(encoded { $0.write("dog".utf8) } == "83646f67")
        let zeros = { (count: Int) in String(repeating: "00", count: count) }
        for (count, header) in [
            (55, "b7"), (56, "b838"), (255, "b8ff"), (256, "b90100"), (1024, "b90400"), (65_536, "ba010000"),
        ] {
            #expect(encoded { $0.write([UInt8](repeating: 0, count: count)) } == header + zeros(count))
        }
    }

    @Test func lists() {
        #expect(encoded { $0.list { _ in } } == "c0")
        #expect(encoded { $0.writeEmptyList() } == "c0")
        #expect(encoded { $0.list { list in for value: UInt64 in [1, 2, 3] { list.write(value) } } } == "c3010203")
        let nested = encoded { writer in
            writer.list { outer in
                outer.list { _ in }
                outer.list { $0.list { _ in } }
                outer.list { inner in
                    inner.list { _ in }
                    inner.list { $0.list { _ in } }
                }
            }
        }
        #expect(nested == "c7c0c1c0c3c0c1c0")
        for (count, header) in [(55, "f7"), (56, "f838"), (256, "f90100"), (70_000, "fa011170")] {
            let list = encoded { $0.list { $0.writeRaw([UInt8](repeating: 1, count: count)) } }
            #expect(list == header + String(repeating: "01", count: count))
        }
    }

    @Test func prefixStaysInFront() {
        var writer = RLPWriter(prefix: [2])
        writer.list { $0.write([UInt8](repeating: 0xaa, count: 60)) }
        #expect(writer.bytes.prefix(5) == [2, 0xf8, 62, 0xb8, 60])
        #expect(writer.bytes.count == 65)
    }
}
