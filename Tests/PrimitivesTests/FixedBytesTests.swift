import Primitives
import Testing

@Suite struct FixedBytesTests {
    @Test func sizes() {
        #expect(Hash32.byteCount == 32)
        #expect(Address.byteCount == 20)
        #expect(NodeID.byteCount == 32)
        #expect(PublicKey.byteCount == 64)
    }

    @Test func bytesAndText() throws {
        let bytes = (0..<20).map { UInt8($0 * 13) }
        let address = try #require(Address(bytes))
        #expect(address.bytes == bytes)
        #expect(address[3] == 39)
        #expect(address.description == "0x000d1a2734414e5b6875828f9ca9b6c3d0ddeaf7")
        #expect(Address(address.description) == address)
        #expect(Address(hex: address.hex.uppercased()) == address)
        #expect(Address(bytes + [0]) == nil)
        #expect(Address(bytes.dropLast()) == nil)
        #expect(Address(hex: address.hex + "00") == nil)
        #expect(Address(hex: "0x0x" + address.hex.dropFirst(2)) == nil)
        #expect(Address().isZero)
        #expect(!address.isZero)
    }

    @Test func orderIsThatOfBytes() throws {
        for position in 0..<32 {
            var low = [UInt8](repeating: 0x80, count: 32)
            var high = low
            low[position] = 0x7f
            high[position] = 0x81
            // Later bytes must not matter.
            for after in position + 1..<32 { (low[after], high[after]) = (0xff, 0x00) }
            let (left, right) = (try #require(Hash32(low)), try #require(Hash32(high)))
            #expect(left < right && !(right < left))
            #expect(NodeID(left) < NodeID(right))
            if position < 20 {
                #expect(try #require(Address(low.prefix(20))) < #require(Address(high.prefix(20))))
            }
        }
    }

    @Test func addressIsTheEndOfAHash() throws {
        let hash = try #require(Hash32((0..<32).map { UInt8($0) }))
        #expect(Address(lastBytesOf: hash).bytes == (12..<32).map { UInt8($0) })
    }

    @Test func hex() {
        #expect([UInt8](hex: "0x00Ff") == [0, 255])
        #expect([UInt8](hex: "") == [])
        #expect([UInt8](hex: "0x") == [])
        #expect([UInt8](hex: "0xf") == nil)
        #expect([UInt8](hex: "0x0g") == nil)
        #expect([UInt8](hex: "00 0") == nil)
        #expect(Hex.encode([0x01, 0xab, 0xff]) == "01abff")
    }

    @Test func distances() throws {
        let zero = NodeID()
        for bit in 0..<256 {
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes[bit / 8] = 0x80 >> UInt8(bit % 8)
            let other = try #require(NodeID(bytes))
            #expect(zero.logDistance(to: other) == 256 - bit)
            #expect(other.logDistance(to: zero) == 256 - bit)
        }
        #expect(zero.logDistance(to: zero) == 0)
        let near = try #require(NodeID([UInt8](repeating: 0, count: 31) + [2]))
        let far = try #require(NodeID([UInt8](repeating: 0, count: 31) + [4]))
        #expect(zero.isNearer(near, than: far))
        #expect(!zero.isNearer(far, than: near))
        #expect(far.isNearer(NodeID(try #require(Hash32([UInt8](repeating: 0, count: 31) + [5]))), than: near))
    }

    @Test func prefixAndZeroBits() throws {
        let hash = try #require(Hash32([0, 1, 2, 3, 4, 5, 6, 7] + [UInt8](repeating: 9, count: 24)))
        #expect(hash.prefix64 == 0x0001_0203_0405_0607)
        #expect(hash.leadingZeroBitCount == 15)
        #expect(Hash32().leadingZeroBitCount == 256)
    }
}
