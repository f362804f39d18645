import Chain
import Consensus
import Execution
import KeyValue
import Primitives
import SansIO
import Storage
import Testing

/// Headers of real Clique networks.
struct KnownHeaderTests {
    @Test("the seal hash of an empty header with a base fee (go-ethereum's TestSealHash)")
    func sealHash() {
        var header = Header()
        header.ommersHash = .zero
        header.stateRoot = .zero
        header.transactionsRoot = .zero
        header.receiptsRoot = .zero
        header.extraData = [UInt8](repeating: 0, count: 32 + 65)
        header.baseFeePerGas = 0
        #expect(CliqueHeader.sealHash(header).hex == "bd3d1fa43fbc4c5bfcc91b179ec92e2861df3654de60468beb908ff805359e8f")
    }

    private static let vanity = "d783010600846765746887676f312e372e33856c696e75780000000000000000"
    private static let rinkebySigners = [
        "42eb768f2244c8811c63729a21a3569731535f06", "7ffc57839b00206d1ad20c69a1981b489f772031",
        "b279182d99e65703f0076e4812653aab85fca0f0",
    ]

    @Test("Rinkeby's block 269: who sealed it")
    func rinkeby269() throws {
        var header = Header()
        header.parentHash = try #require(
            Hash32(hex: "6d31ab6b6ee360d075bb032a094fb4ea52617268b760d15b47aa439604583453"))
        header.stateRoot = try #require(Hash32(hex: "9853b6c62bd454466f4843b73e2f0bdd655a4e754c259d6cc0ad4e580d788f43"))
        header.difficulty = 2
        header.number = 269
        header.gasLimit = 4_712_388
        header.timestamp = 1_492_014_479
        let seal =
            "4e2b663c52c4c1ef0db29649f1f4addd93257f33d6fe0ae6bd365e63ac9aac41"
            + "69e2b761aa245fabbf0302055f01b8b5391fa0a134bab19710fd225ffac3afdf01"
        header.extraData = try #require([UInt8](hex: Self.vanity + seal))
        #expect(try CliqueHeader.signer(of: header).hex == "b279182d99e65703f0076e4812653aab85fca0f0")
    }

    @Test("Rinkeby's block 30000, the first checkpoint: hash, signers, seal")
    func rinkeby30000() throws {
        var header = Header()
        header.parentHash = try #require(
            Hash32(hex: "ff570bb9893cb9bac64e346419fb9ad51e203c1cf6da5cfcc0c0dff3351b454b"))
        header.stateRoot = try #require(Hash32(hex: "829b58faacea7b0aa625617ba90c93e08150bed160364a7a96505e8205043d34"))
        header.difficulty = 2
        header.number = 30_000
        header.gasLimit = 4_712_388
        header.timestamp = 1_492_460_444
        let vanity = "d783010600846765746887676f312e372e33856c696e75780000000000000000"
        let seal =
            "c5bc40d0535af16266714ccb26fc49448c10bdf2969411514707d7442956b339"
            + "7b09a980f4bea9347f70eea52183326247a0239b6d01fa0b07afc44e8a05463301"
        header.extraData = try #require([UInt8](hex: vanity + Self.rinkebySigners.joined() + seal))
        #expect(header.hash.hex == "8b27a29300811af926039b90288d3d384dcb55931049c17c4f762e45c116776e")
        #expect(CliqueHeader.signers(header.extraData)?.map(\.hex) == Self.rinkebySigners)
        let signer = try CliqueHeader.signer(of: header)
        // It was in turn: 30000 is a multiple of three, and so the first one's.
        #expect(signer.hex == Self.rinkebySigners[0])
        #expect(CliqueHeader.isCheckpoint(header.number, epoch: 30_000))
    }

    /// Goerli's genesis: 256 accounts with a wei each, four with more.
    private static func goerliGenesis() throws -> Genesis {
        var config = ChainConfig(chainID: 5)
        config.homesteadBlock = 0
        config.daoForkSupport = true
        config.eip150Block = 0
        config.eip155Block = 0
        config.eip158Block = 0
        config.byzantiumBlock = 0
        config.constantinopleBlock = 0
        config.petersburgBlock = 0
        config.istanbulBlock = 1_561_651
        config.clique = CliqueConfig(period: 15)
        var alloc: [GenesisAllocation] = (0...255).map { (last: Int) in
            let address = Address { $0[19] = UInt8(last) }
            return GenesisAllocation(address: address, account: GenesisAccount(balance: 1))
        }
        for (address, balance) in [
            ("4c2ae482593505f0163cdefc073e81c63cda4107", "0x152d02c7e14af6800000"),
            ("a8e8f14732658e4b51e8711931053a8a69baf2b1", "0x152d02c7e14af6800000"),
            ("d9a5179f091d85051d3c982785efd1455cec8699", "0x84595161401484a000000"),
            ("e0a2bd4258d2768837baa26a28fe71dc079f84c7", "0x4a47e3c12448f4ad000000"),
        ] {
            alloc.append(
                GenesisAllocation(
                    address: try #require(Address(hex: address)),
                    account: GenesisAccount(balance: try #require(UInt256(balance)))))
        }
        var genesis = Genesis(config: config, gasLimit: 0xa00000, difficulty: 1, alloc: alloc)
        genesis.timestamp = 0x5c51_a607
        let vanity = "22466c6578692069732061207468696e6722202d204166726900000000000000"
        genesis.extraData = try #require([UInt8](hex: vanity + "e0a2bd4258d2768837baa26a28fe71dc079f84c7"))
        genesis.extraData += [UInt8](repeating: 0, count: 65)
        return genesis
    }

    /// Gas limit, timestamp and seal of Goerli's first blocks; all else is the same in each or follows.
    private static let goerli: [(gasLimit: UInt64, timestamp: UInt64, seal: String)] = [
        (
            0x9fd801, 0x5c53_0ffd,
            "2bbf886181970654ed46e3fae0ded41ee53fec702c47431988a7ae80e6576f3552684f069af80ba11d36327aaf846d470526e4a1c461601b2fd4ebdcdc2b734a01"
        ),
        (
            0x9fb00c, 0x5c53_100c,
            "fdd66d441eff7d4116fe987f0f10812fc68b06cc500ff71c492234b9a7b8b2f45597190d97cd85f6daa45ac9518bef9f715f4bd414504b1a21d8c681654055df00"
        ),
        (
            0x9f8821, 0x5c53_101b,
            "2822e1b202411c38084d96c84302b8361ec4840a51cd2fad9cb4bd9921cad7e64bc2e5dc7b41f3f75b33358be3aec718cf4d4317ace940e01b3581a95c9259ac01"
        ),
        (
            0x9f6040, 0x5c53_102a,
            "36de2cd22630823673cc49288ba6edab38d1d1fad4644e9559f46889afccc6ab24d57062e551164b458e7cfdfefbaeb554c1bd87ea2d6f72958e21481c1d735901"
        ),
        (
            0x9f3869, 0x5c53_1039,
            "f44218148f5d6f7538e0d6cb8566ebae1945ffbcdd6397f1fe70b3ef1513cbf16a473d6faf4e7183d46e4ac93d350d8d54cd7c2d89a3137e9aec00ffac8202c501"
        ),
        (
            0x9f109c, 0x5c53_1048,
            "8ca82e5e15355c3856da7c96c5aabed766f9acd0e4c71900af76e29b0f3d13e455bdf2b2c8cf303c52fae61e28c5fedd72e1d7619df0c57d211413fd5f83656701"
        ),
        (
            0x9ee8d9, 0x5c53_1057,
            "2989a0b50777a68cc2b2841ba770e24d668d18464c6e1d2e551c0757eb97b5da5817889d7a6ca4e3be505339b6017b3051dee5b3b6697a03e733726af688011b01"
        ),
    ]

    @Test("Goerli's genesis and first seven blocks are imported, hash by hash")
    func goerliBlocks() throws {
        let genesis = try Self.goerliGenesis()
        let chain = ChainStore(MemoryStore())
        var parent = try GenesisState.commit(genesis, into: chain)
        let hashes = [
            "bf7e331f7f7c1dd2e05159666b3bf8bc7a8a3a9eb1d518969eab529dd9b88c1a",
            "8f5bab218b6bb34476f51ca588e9f4553a3a7ce5e13a66c660a5283e97e9a85a",
            "e675f1362d82cdd1ec260b16fb046c17f61d8a84808150f5d715ccce775f575e",
            "d5daa825732729bb0d2fd187a1b888e6bfc890f1fc5333984740d9052afb2920",
            "fe43c87178f0f87c2be161389aa2d35f3065d330bb596a6d9e01529706bf040d",
            "573d5dc3a2376028b3b41bc922efeed44abcea77e271c06d0983c720c37376e5",
            "424f04bb0888e7de91196789d5b84f1897daf05df182948b42e29d95f1d44fa2",
        ]
        var blocks: [Block] = []
        for (index, known) in Self.goerli.enumerated() {
            #expect(parent.hash.hex == hashes[index])
            var header = Header()
            header.parentHash = parent.hash
            header.stateRoot = parent.header.stateRoot
            header.number = UInt64(index + 1)
            header.difficulty = 2
            header.gasLimit = known.gasLimit
            header.timestamp = known.timestamp
            let vanity = "506172697479205465636820417574686f726974790000000000000000000000"
            header.extraData = try #require([UInt8](hex: vanity + known.seal))
            parent = Block(header: header, body: BlockBody())
            blocks.append(parent)
        }
        let engine = try #require(CliqueEngine(chainConfig: genesis.config))
        let importer = ChainImporter(
            chain: chain, config: genesis.config, engine: engine, executor: TransferExecutor())
        let outcome = importer.importBlocks(blocks, now: Instant(unixSeconds: 0x5c53_1057))
        #expect(outcome.failure == nil)
        #expect(outcome.newHead?.number == 7)
        #expect(outcome.newHead?.totalDifficulty == 15)
        #expect(try engine.author(of: parent.header).hex == "e0a2bd4258d2768837baa26a28fe71dc079f84c7")
    }
}
