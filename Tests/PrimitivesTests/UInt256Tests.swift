import Primitives
import SansIO
import Testing

@Suite struct UInt256Tests {
    /// Computed with Python's integers, modulo 2^256; hexadecimal.
    struct Row: Sendable {
        let a, b, sum, difference, product, quotient, remainder: String

        init(
            _ a: String, _ b: String, sum: String, difference: String, product: String, quotient: String,
            remainder: String
        ) {
            (self.a, self.b, self.sum, self.difference) = (a, b, sum, difference)
            (self.product, self.quotient, self.remainder) = (product, quotient, remainder)
        }
    }

    static let rows = [
        Row(
            "a6a3a4506513270e269e0d37f2a74de4", "81e74ef5e8e25d940ed904759531985d5d9dc9f81818e811892f902bd23f0824",
            sum: "81e74ef5e8e25d940ed904759531985e04416e487d2c0f1fafcd9d63c4e65608",
            difference: "7e18b10a171da26bf126fb8a6ace67a34905da584cfa3efc9d6e7d0c206845c0",
            product: "bb057e39704623fad2a9ff0dbdabf93bcd2e1e33342a95db33be5d08d121410",
            quotient: "0",
            remainder: "a6a3a4506513270e269e0d37f2a74de4"),
        Row(
            "173d9c172411e20b8f6b0d549b6f03675a1600a35a099950d8", "10f21ddb66cad4a26",
            sum: "173d9c172411e20b8f6b0d549b6f03675b2522811076469afe",
            difference: "173d9c172411e20b8f6b0d549b6f03675906dec5a39cec06b2",
            product: "9d4b4e5d954066f649463fd1600c631f0adab41bdfc7eab814d7626a80187010",
            quotient: "15f18da5fd7e0fae7138e33463608717ad",
            remainder: "3378bb6caccacb2a"),
        Row(
            "f28c105d1fb17c23", "9593bd04cf0fd630f1f29d0da9953f48f1a09f76b5a170b338",
            sum: "9593bd04cf0fd630f1f29d0da9953f48f2932b8712c1222f5b",
            difference: "ffffffffffffff6a6c42fb30f029cf0e0d62f2566ac0b70f51ec99a77e40c8eb",
            product: "b77f098f5ec464e5c6c8e2dcc963a755b3f10c4eafc9ad96e93314ff5aefa0a8",
            quotient: "0",
            remainder: "f28c105d1fb17c23"),
        Row(
            "becd7b03898d190f9ebdacc0cb1e29c", "2217beaddbc496cb",
            sum: "becd7b03898d1911c039979e8767967",
            difference: "becd7b03898d190d7d41c1e30ed4bd1",
            product: "1968fcea9b8b286de8d59e397904e8b21b9dfb73f4619b4",
            quotient: "598b9275ea3d22f3",
            remainder: "19ae041fd8b0c9eb"),
        Row(
            "922766581e27a1c08a6a63ec24ede6a4", "94e3bf911a61dbe22e44158bae97ba94d0eda82f8f6d0558",
            sum: "94e3bf911a61dbe2c06b7be3ccbf5c555b580c1bb45aebfc",
            difference: "ffffffffffffffff6b1c406ee59e241e63e350cc6f8fe72bb97cbbbc9580e14c",
            product: "f414a59f443828add3927d73e13c704a9a320575e0a8050bc98f8b22271c7c60",
            quotient: "0",
            remainder: "922766581e27a1c08a6a63ec24ede6a4"),
        Row(
            "301850c5a38fd547", "21012f037b64ce4228c38fb2918f135d2",
            sum: "21012f037b64ce422bc514beebc810b19",
            difference: "fffffffffffffffffffffffffffffffdefed0fc849b31bdda3df559c8a9e9f75",
            product: "6335b56e9270874d0d4ef32dee964f1fc1bd68c262fba73e",
            quotient: "0",
            remainder: "301850c5a38fd547"),
        Row(
            "506bf2efc6f877186d76b07e881ed162ae2eb1547f15052434b9b5df9e7769b1", "2e4854ac7403e430ec66a78795e761d1",
            sum: "506bf2efc6f877186d76b07e881ed162dc770600f318e95521205d67345ecb82",
            difference: "506bf2efc6f877186d76b07e881ed1627fe65ca80b1120f348530e58089007e0",
            product: "22c7e598eedb55e95ea41670c0b2e7a22ae98d847fd30c776cfbe83702405a81",
            quotient: "1bcd4f461733b295a8af2f03f3820ade4",
            remainder: "188c2fc9411a157fbf21840fcd2a0e8d"),
        Row(
            "3e7d1bfbc7a2ea20b2f14c942e05319acb5c74273f98e277", "7eb867347214cdd2055930d6eaf14f4733f",
            sum: "3e7d1bfbc7a2f20c396493b57ae251f05e69e2d6548d55b6",
            difference: "3e7d1bfbc7a2e2352c7e0572e1281145384f05782aa46f38",
            product: "8071e0bf4eea8342a00bbb4bd9bc787cb8107a174469261d5a2bb7fc79c73049",
            quotient: "7e3d4f49acd81",
            remainder: "7db7e781cc7a501a0e537509414903b5cb8"),
        Row(
            "39be4bcfc49b64a0872e6cc3ababced20", "2a36b0a18e8830e07bc1e398f1012bd4ace",
            sum: "2a706eed5e4ccc451c491205b4acd7a37ee",
            difference: "fffffffffffffffffffffffffffffd6030daa413c6a8424c54ad3d2aa7ffa252",
            product: "8e6b5907c24ae104e0c9dd2f9440cf683ac4960c5cd86019d5a2296431320fc0",
            quotient: "0",
            remainder: "39be4bcfc49b64a0872e6cc3ababced20"),
        Row(
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            sum: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe",
            difference: "0",
            product: "1",
            quotient: "1",
            remainder: "0"),
        Row(
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "1",
            sum: "0",
            difference: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe",
            product: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            quotient: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            remainder: "0"),
        Row(
            "0", "5",
            sum: "5",
            difference: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffb",
            product: "0",
            quotient: "0",
            remainder: "0"),
        Row(
            "8000000000000000000000000000000000000000000000000000000000000000", "10000000000000000",
            sum: "8000000000000000000000000000000000000000000000010000000000000000",
            difference: "7fffffffffffffffffffffffffffffffffffffffffffffff0000000000000000",
            product: "0",
            quotient: "800000000000000000000000000000000000000000000000",
            remainder: "0"),
        Row(
            "ffffffffffffffffffffffffffffffffffffffffffffffff", "ffffffffffffffff",
            sum: "100000000000000000000000000000000fffffffffffffffe",
            difference: "ffffffffffffffffffffffffffffffff0000000000000000",
            product: "fffffffffffffffeffffffffffffffffffffffffffffffff0000000000000001",
            quotient: "100000000000000010000000000000001",
            remainder: "0"),
        Row(
            "100000000000000000000000000000000", "ffffffffffffffffffffffffffffffff",
            sum: "1ffffffffffffffffffffffffffffffff",
            difference: "1",
            product: "ffffffffffffffffffffffffffffffff00000000000000000000000000000000",
            quotient: "1",
            remainder: "1"),
        Row(
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "100000000000000000000000000000001",
            sum: "100000000000000000000000000000000",
            difference: "fffffffffffffffffffffffffffffffefffffffffffffffffffffffffffffffe",
            product: "fffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffff",
            quotient: "ffffffffffffffffffffffffffffffff",
            remainder: "0"),
    ]

    @Test(arguments: rows) func arithmetic(_ row: Row) throws {
        func number(_ digits: String) throws -> UInt256 { try #require(UInt256("0x" + digits)) }
        let (a, b) = (try number(row.a), try number(row.b))
        #expect(a &+ b == (try number(row.sum)))
        #expect(a &- b == (try number(row.difference)))
        #expect(a &* b == (try number(row.product)))
        let division = try #require(a.dividedBy(b))
        #expect(division.quotient == (try number(row.quotient)))
        #expect(division.remainder == (try number(row.remainder)))
    }

    @Test func overflowIsReported() {
        #expect(UInt256.max.adding(.one) == nil)
        #expect(UInt256.max.adding(.zero) == .max)
        #expect(UInt256.zero.subtracting(.one) == nil)
        #expect(UInt256.one.subtracting(.one) == .zero)
        #expect(UInt256.max.multiplied(by: 2) == nil)
        #expect(UInt256(limbs: (0, 0, 1, 0)).multiplied(by: UInt256(limbs: (0, 0, 1, 0))) == nil)
        #expect(
            UInt256(limbs: (0, 1, 0, 0)).multiplied(by: UInt256(limbs: (0, 0, 1, 0))) == UInt256(limbs: (0, 0, 0, 1)))
        #expect(UInt256.max.dividedBy(.zero) == nil)
    }

    @Test func divisionInvertsMultiplication() throws {
        var random = NodeRandom(seed: 1)
        for round in 0..<300 {
            func number() -> UInt256 {
                let words = (0..<4).map { $0 <= round % 4 ? random.next() >> UInt64(round % 61) : 0 }
                return UInt256(limbs: (words[0], words[1], words[2], words[3]))
            }
            let (a, b) = (number(), number() &+ .one)
            guard let (quotient, remainder) = a.dividedBy(b) else { continue }
            #expect(remainder < b)
            #expect(quotient.multiplied(by: b)?.adding(remainder) == a)
        }
    }

    @Test func text() throws {
        #expect(UInt256("58750000000000000000000") == UInt256("0xc70d808a128d7380000"))
        #expect(UInt256("0x00000000000000ff") == 255)
        #expect(UInt256("0X1") == 1)
        #expect(
            UInt256.max.description == "115792089237316195423570985008687907853269984665640564039457584007913129639935")
        #expect(UInt256(UInt256.max.description) == .max)
        #expect(UInt256("0x" + String(repeating: "f", count: 64)) == .max)
        #expect(UInt256(limbs: (0, 1, 0, 0)).description == "18446744073709551616")
        #expect(UInt256(10_000_000_000_000_000_000).description == "10000000000000000000")
        #expect(UInt256.zero.description == "0")
        #expect(UInt256.zero.hexQuantity == "0x0")
        #expect(UInt256(0x0abc).hexQuantity == "0xabc")
    }

    @Test(arguments: [
        "", "0x", "-1", "+1", " 1", "1.0", "1e3", "0xg", "0x0x1", "0xx1", "ff",
        "0x1" + String(repeating: "0", count: 64),
        "115792089237316195423570985008687907853269984665640564039457584007913129639936", "１",
    ])
    func otherTextIsRefused(_ text: String) { #expect(UInt256(text) == nil) }

    @Test func bytes() throws {
        let value = UInt256(limbs: (0x0102, 0, 0, 0xff00))
        #expect(value.bigEndian.hex == "000000000000ff00" + String(repeating: "0", count: 44) + "0102")
        #expect(UInt256(bigEndian: value.bigEndian) == value)
        #expect(value.minimalBytes.count == 26)
        #expect(UInt256(bigEndian: value.minimalBytes) == value)
        #expect(UInt256(bigEndian: [UInt8](repeating: 0, count: 33)) == nil)
        #expect(UInt256(bigEndian: [UInt8]()) == .zero)
        #expect(UInt256.zero.minimalBytes.isEmpty)
    }

    @Test func bitsAndShifts() {
        #expect(UInt256.zero.bitWidth == 0)
        #expect(UInt256.max.bitWidth == 256)
        for shift in 0..<256 {
            let value = UInt256.one << shift
            #expect(value.bitWidth == shift + 1)
            #expect(value.minimalBytes.count == shift / 8 + 1)
        }
        #expect(UInt256.max << 256 == .zero)
        #expect((UInt256.one << 200) > (UInt256.max.dividedBy(UInt256.one << 57)?.quotient ?? .max))
        #expect(UInt256(5).uint64 == 5)
        #expect((UInt256.one << 64).uint64 == nil)
    }
}
