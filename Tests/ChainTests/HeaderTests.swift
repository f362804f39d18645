import Chain
import EthCrypto
import Primitives
import RLP
import TestVectors
import Testing

@Suite struct HeaderTests {
    /// eth.md, section 6 (go-ethereum's protocol_test.go).
    static let known: Header = {
        var header = Header()
        (header.ommersHash, header.stateRoot) = (.zero, .zero)
        (header.transactionsRoot, header.receiptsRoot) = (.zero, .zero)
        header.difficulty = 2222
        header.number = 3333
        header.gasLimit = 4444
        header.gasUsed = 5555
        header.timestamp = 6666
        header.extraData = [0x77, 0x88]
        return header
    }()

    @Test func knownAnswer() throws {
        let header = Self.known
        #expect(header.hash.hex == "8c2f2af15b7b563b6ab1e09bed0e9caade7ed730aec98b70a993597a797579a9")
        let hex = Hex.encode(header.rlp)
        #expect(hex.hasPrefix("f901f9a0"))
        #expect(hex.contains("8208ae820d0582115c8215b3821a0a827788a0"))
        #expect(hex.hasSuffix("880000000000000000"))
        #expect(try Header(rlp: header.rlp) == header)
    }

    @Test func wellKnownHashes() {
        #expect(Hash32.emptyTrieRoot == Keccak256.hash([0x80]))
        #expect(Hash32.emptyListHash == Keccak256.hash([0xc0]))
        #expect(Hash32.emptyCodeHash == Keccak256.hash([]))
        #expect(Hash32.emptyRequestsHash == SHA256.hash([]))
    }

    /// Each fork adds fields at the end; a header may stop after any of them.
    @Test func everyTail() throws {
        var header = Self.known
        header.nonce = 0x0102_0304_0506_0708
        let steps: [(inout Header) -> Void] = [
            { $0.baseFeePerGas = 7 }, { $0.withdrawalsRoot = .emptyTrieRoot }, { $0.blobGasUsed = 0 },
            { $0.excessBlobGas = 131_072 }, { $0.parentBeaconBlockRoot = .zero },
            { $0.requestsHash = .emptyRequestsHash }, { $0.blockAccessListHash = .emptyListHash },
            { $0.slotNumber = 12_345 },
        ]
        var hashes: Set<Hash32> = [header.hash]
        for (index, step) in steps.enumerated() {
            step(&header)
            var reader = RLPReader(header.rlp)
            #expect(try reader.readList().countItems() == 16 + index)
            #expect(try Header(rlp: header.rlp) == header)
            #expect(hashes.insert(header.hash).inserted)
        }
        // A field after the last one known is refused.
        var writer = RLPWriter()
        writer.list { list in
            header.encodeFields(to: &list, extraData: header.extraData[...])
            list.write(UInt64(1))
        }
        #expect(throws: RLPError.trailingBytes) { try Header(rlp: writer.bytes) }
    }

    @Test func truncatedOnesAreRefused() {
        var header = Self.known
        header.baseFeePerGas = 7
        let bytes = header.rlp
        for count in 0..<bytes.count {
            #expect(throws: RLPError.self) { try Header(rlp: bytes[..<count]) }
        }
    }

    @Test func bloom() throws {
        var bloom = Bloom()
        let address = try #require(Address(hex: "0x095e7baea6a6c7c4c2dfeb977efac326af552d87"))
        let topics = [Hash32(), try #require(Hash32((0..<32).map { UInt8($0) }))]
        bloom.insert(address)
        #expect(bloom.bytes.reduce(0) { $0 + $1.nonzeroBitCount } <= 3)
        #expect(bloom.mayContain(address))
        #expect(!topics.contains { bloom.mayContain($0) })
        var other = Bloom()
        for topic in topics { other.insert(topic) }
        bloom.formUnion(other)
        #expect(topics.allSatisfy { bloom.mayContain($0) } && bloom.mayContain(address))
        #expect(other < bloom || bloom < other)
    }

    @Test(.enabled(if: TestVectors.isPresent, noVectors), arguments: TestNetworks.names)
    func genesisHeaders(_ name: String) throws {
        let header = try TestNetworks.genesisHeader(name)
        let facts = try TestNetworks.facts(name)
        #expect(header.hash.description == facts["genesisHash"]?.string)
        #expect(header.stateRoot.description == facts["genesisStateRoot"]?.string)
        #expect(header.rlp == facts["genesisHeaderRlp"]?.bytes)
    }

    @Test(.enabled(if: TestVectors.isPresent, noVectors)) func theFirst6144HeadersOfMainnet() throws {
        let facts = try TestVectors.json("05-mainnet-samples/mainnet-headers-facts.json")
        var headers = RLPReader(try TestVectors.data("05-mainnet-samples/mainnet-headers-0-6143.rlp.gz"))
        var bodies = RLPReader(try TestVectors.data("05-mainnet-samples/mainnet-bodies-0-6143.rlp.gz"))
        var hash = Hash32()
        var (number, withOmmers) = (UInt64(0), 0)
        while !headers.isAtEnd {
            let raw = try headers.readRaw()
            let header = try Header(rlp: raw)
            try #require(header.parentHash == hash)
            try #require(header.number == number)
            try #require(header.rlp == Array(raw))
            hash = header.hash
            if number == 0 { #expect(hash.description == facts["genesisHash"]?.string) }
            let body = try BlockBody(from: &bodies)
            try #require(body.ommersHash == header.ommersHash)
            withOmmers += body.ommers.isEmpty ? 0 : 1
            number += 1
        }
        #expect(bodies.isAtEnd)
        #expect(number == 6144)
        #expect(hash.description == facts["lastHash"]?.string)
        #expect(withOmmers == facts["blocksWithUncles"]?.int)
    }

    @Test(.enabled(if: TestVectors.isPresent, noVectors)) func sepoliaHeadersFollowEachOther() throws {
        var reader = RLPReader(try TestVectors.data("05-mainnet-samples/sepolia-172032-174079-headers.rlp.gz"))
        let config = try TestNetworks.config("sepolia")
        var parent = try Header(from: &reader)
        var count = 1
        while !reader.isAtEnd {
            let header = try Header(from: &reader)
            try #require(header.parentHash == parent.hash)
            try GasRules.check(header, parent: parent, config: config)
            parent = header
            count += 1
        }
        #expect(count == 2048)
    }
}
