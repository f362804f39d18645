import Primitives
import RLP
import Testing
import Trie

struct HexPrefixTests {
    static let known: [(nibbles: [UInt8], isLeaf: Bool, hex: String)] = [
        ([], false, "00"), ([], true, "20"), ([1, 2, 3, 4, 5], false, "112345"),
        ([0, 1, 2, 3, 4, 5], false, "00012345"),
        ([15, 1, 12, 11, 8], true, "3f1cb8"), ([0, 15, 1, 12, 11, 8], true, "200f1cb8"),
    ]

    @Test(arguments: known) func bothWays(nibbles: [UInt8], isLeaf: Bool, hex: String) throws {
        #expect(Hex.encode(HexPrefix.encode(nibbles, isLeaf: isLeaf)) == hex)
        let decoded = try HexPrefix.decode(#require([UInt8](hex: hex))[...])
        #expect(decoded.nibbles == nibbles)
        #expect(decoded.isLeaf == isLeaf)
    }

    @Test(arguments: ["", "40", "ff12", "01", "2f12"]) func refused(hex: String) throws {
        let bytes = try #require([UInt8](hex: hex))
        #expect(throws: RLPError.invalidValue) { try HexPrefix.decode(bytes[...]) }
    }
}
