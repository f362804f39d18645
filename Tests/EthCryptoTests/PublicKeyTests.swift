import EthCrypto
import Primitives
import Testing

@Suite struct PublicKeyTests {
    static let fieldPrime = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"

    @Test func generatorIsOnTheCurve() throws {
        let key = try #require(PublicKey(hex: PrivateKeyTests.generatorX + PrivateKeyTests.generatorY))
        try key.validated()
        #expect(key.compressed == [UInt8](hex: "02" + PrivateKeyTests.generatorX))
        #expect(try PublicKey(compressed: key.compressed) == key)
    }

    /// Zero; the generator with X and Y swapped; a Y that is one too large; coordinates that are not reduced.
    @Test(arguments: [
        String(repeating: "0", count: 128),
        PrivateKeyTests.generatorY + PrivateKeyTests.generatorX,
        PrivateKeyTests.generatorX + PrivateKeyTests.generatorY.dropLast() + "9",
        String(repeating: "f", count: 128),
        // (1, y) is on the curve; its X plus the prime is not accepted for it.
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30"
            + "4218f20ae6c646b363db68605822fb14264ca8d2587fdd6fbc750d587e76a7ee",
    ])
    func refusesPointsOffTheCurve(hex: String) throws {
        let key = try #require(PublicKey(hex: hex))
        #expect(throws: CryptoError.invalidPublicKey) { try key.validated() }
        let signature = try PrivateKey(hex: PrivateKeyTests.orderLessOne).sign(Hash32())
        #expect(!signature.verify(Hash32(), by: key))
    }

    /// The reduced form of the last case above.
    @Test func acceptsTheReducedPoint() throws {
        let x = String(repeating: "0", count: 63) + "1"
        let y = "4218f20ae6c646b363db68605822fb14264ca8d2587fdd6fbc750d587e76a7ee"
        try #require(PublicKey(hex: x + y)).validated()
        #expect(try PublicKey(compressed: #require([UInt8](hex: "02" + x))).y.hex == y)
    }

    /// No point has X = 0 or X = 5; the field's prime is not reduced; 04 belongs to 65 bytes.
    @Test(arguments: [
        "02" + String(repeating: "0", count: 64),
        "02" + String(repeating: "0", count: 63) + "5",
        "03" + String(repeating: "0", count: 63) + "5",
        "02" + fieldPrime,
        "04" + PrivateKeyTests.generatorX,
        "00" + PrivateKeyTests.generatorX,
        "06" + PrivateKeyTests.generatorX,
        "",
        "02",
        PrivateKeyTests.generatorX,
        "02" + PrivateKeyTests.generatorX + "00",
        "04" + PrivateKeyTests.generatorX + PrivateKeyTests.generatorY,
    ])
    func refusesToDecompress(hex: String) throws {
        let bytes = try #require([UInt8](hex: hex))
        #expect(throws: CryptoError.invalidPublicKey) { try PublicKey(compressed: bytes) }
    }

    @Test func compressionKeepsTheKey() throws {
        var random = SplitMix64(seed: 2)
        var prefixes: Set<UInt8> = []
        for _ in 0..<50 {
            let key = PrivateKey.generate(using: &random).publicKey
            try key.validated()
            #expect(key.compressed.count == PublicKey.compressedByteCount)
            #expect(try PublicKey(compressed: key.compressed) == key)
            #expect(try PublicKey(compressed: ([0] + key.compressed).dropFirst()) == key)
            var other = key.compressed
            other[0] ^= 1
            let negated = try PublicKey(compressed: other)
            #expect(negated.x == key.x && negated.y != key.y)
            prefixes.insert(key.compressed[0])
        }
        #expect(prefixes == [2, 3])
    }

    /// The account of the example key in go-ethereum's crypto package.
    @Test func hasItsAddress() throws {
        let key = try PrivateKey(hex: "289c2857d4598e37fb9647507e47a309d6133539bf21a8b9cb6df88fd5232032")
        #expect(key.publicKey.address == Address(hex: "970e8128ab834e8eac17ab8e3812f010678cf791"))
    }

    /// The identity of EIP-778's example record.
    @Test func hasItsNodeID() throws {
        let key = try PrivateKey(hex: "b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291")
        #expect(
            key.publicKey.nodeID
                == NodeID(hex: "a448f24c6d18e575453db13171562b71999873db5b286df957af199ec94617f7"))
        #expect(key.publicKey.address == Address(lastBytesOf: key.publicKey.nodeID.hash))
    }
}
