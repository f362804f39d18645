import Chain
import Execution
import KeyValue
import Primitives
import RLP
import Storage
import TestVectors
import Testing
import Trie

struct GenesisStateTests {
    @Test func sepolia() throws {
        let accounts = """
            0000006916a87b82333f4245046623b23794c65c 10000000000000000000000000
            10f5d45854e038071485ac9e402308cf80d2d2fe 100000000000000000000000000
            799d329e5f583419167cd722962485926e338f4a 1000000000000000000
            7cf5b79bfe291a67ab02b393e456ccc4c266f753 1000000000000000000000000
            8b7f0977bb4f0fbe7076fa22bc24aca043583f5e 1000000000000000000000000
            a2a6d93439144ffe4d27c9e088dcd8b783946263 1000000000000000000000000
            aaec86394441f915bce3e6ab399977e9906f3b69 1000000000000000000000000
            b21c33de1fab3fa15499c62b59fe0cc3250020d1 100000000000000000000000000
            bc11295936aa79d594139de1b2e12629414f3bdb 1000000000000000000000000
            beef32ca5b9a198d27b4e02f4c70439fe60356cf 1000000000000000000000000
            d7d76c58b3a519e9fa6cc4d22dc017259bc49f1e 100000000000000000000000000
            d7eddb78ed295b3c9629240e8924fb8d8874ddd8 1000000000000000000000000
            d9a5179f091d85051d3c982785efd1455cec8699 1000000000000000000000000
            e2e2659028143784d557bcec6ff3a0721048880a 1000000000000000000000000
            f47cae1cf79ca6758bfc787dbd21e6bdbe7112b8 1000000000000000000000000
            """
        let alloc = try accounts.split(separator: "\n").map { line in
            let parts = line.split(separator: " ")
            return GenesisAllocation(
                address: try #require(Address(hex: parts[0])),
                account: GenesisAccount(balance: try #require(UInt256(String(parts[1])))))
        }
        var config = ChainConfig(chainID: 11_155_111)
        for fork in ChainConfig.blockForks where !["daoForkBlock", "arrowGlacierBlock"].contains(fork.key) {
            config[keyPath: fork.path] = 0
        }
        var genesis = Genesis(config: config, gasLimit: 30_000_000, difficulty: 131_072, alloc: alloc)
        genesis.timestamp = 1_633_267_481
        genesis.extraData = Array("Sepolia, Athens, Attica, Greece!".utf8)
        let block = try GenesisState.block(of: genesis)
        #expect(block.header.stateRoot.hex == "5eb6e371a698b8d68f665192350ffcecbbbf322916f4b51bd79bb6887da3f494")
        #expect(block.hash.hex == "25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9")
    }

    /// Balances, nonces, code and storage of public networks.
    @Test(
        .enabled(if: TestVectors.isPresent, "the test vectors are absent"),
        arguments: [
            ("mainnet/genesis.json.gz", "d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"),
            ("sepolia/genesis.json", "5eb6e371a698b8d68f665192350ffcecbbbf322916f4b51bd79bb6887da3f494"),
            ("holesky/genesis.json", "69d8c9d72f6fa4ad42d4702b433707212f90db395eb54dc20bc85de253788783"),
            ("hoodi/genesis.json", "da87d7f5f91c51508791bbcbd4aa5baf04917830b86985eeb9ad3d5bfb657576"),
        ])
    func publicNetworks(file: String, root: String) throws {
        let json = try TestVectors.json("03-networks/" + file)
        let genesis = Genesis(config: ChainConfig(chainID: 1), gasLimit: 1, difficulty: 1, alloc: try alloc(json))
        let store = MemoryStore()
        let block = try GenesisState.commit(genesis, into: ChainStore(store))
        #expect(block.header.stateRoot.hex == root)
        // Everything can be read again.
        var state = WorldState(root: block.header.stateRoot, chain: ChainStore(store))
        for allocation in genesis.alloc {
            let account = try #require(try state.account(allocation.address))
            #expect(account.balance == allocation.account.balance)
            #expect(try state.code(of: allocation.address) == allocation.account.code)
            for (key, value) in allocation.account.storage {
                #expect(try state.slot(key, of: allocation.address).bigEndian == value)
            }
        }
    }

    @Test func commitsOnce() throws {
        let store = MemoryStore()
        let chain = ChainStore(store)
        let genesis = Genesis.devnet()
        let block = try GenesisState.commit(genesis, into: chain)
        let head = try #require(try chain.head())
        #expect(head.hash == block.hash)
        #expect(head.totalDifficulty == genesis.difficulty)
        #expect(try chain.canonicalHash(0) == block.hash)
        #expect(try chain.block(block.hash)?.header == block.header)
        #expect(try chain.receipts(block.hash) == [])
        #expect(try chain.identity() == ChainIdentity(genesisHash: block.hash, networkID: genesis.config.chainID))
        // A head further on stays.
        var header = Header()
        header.number = 1
        let next = Block(header: header, body: BlockBody())
        var batch = WriteBatch()
        batch.put(block: next, receipts: [], totalDifficulty: 3)
        batch.putCanonical(next)
        batch.putHead(next.hash)
        store.write(batch, durable: false)
        #expect(try GenesisState.commit(genesis, into: chain).hash == block.hash)
        #expect(try chain.head()?.hash == next.hash)
        // Another genesis is another chain.
        let other = Genesis.devnet(timestamp: 5)
        #expect(throws: ExecutionError.self) { try GenesisState.commit(other, into: chain) }
        #expect(throws: ExecutionError.self) { try GenesisState.commit(genesis, into: chain, networkID: 1) }
    }

    @Test func accountsWithoutAnythingExist() throws {
        let address = Address(repeating: 9)
        let genesis = Genesis(
            config: ChainConfig(chainID: 1), gasLimit: 1, difficulty: 1,
            alloc: [GenesisAllocation(address: address, account: GenesisAccount(balance: 0))])
        let store = MemoryStore()
        let block = try GenesisState.commit(genesis, into: ChainStore(store))
        var state = WorldState(root: block.header.stateRoot, chain: ChainStore(store))
        #expect(try state.account(address) == Account())
    }

    /// The first blocks of a chain that go-ethereum made: transfers, with the block rewards of proof of work.
    @Test(.enabled(if: TestVectors.isPresent, "the test vectors are absent"))
    func aChainOfAnotherClient() throws {
        let json = try TestVectors.json("04b-chains/hive-devp2p/genesis.json")
        var config = ChainConfig(chainID: 19_763)
        for name in ["homesteadBlock", "eip150Block", "eip155Block", "eip158Block", "byzantiumBlock"] {
            let fork = try #require(ChainConfig.blockForks.first { $0.key == name })
            config[keyPath: fork.path] = 0
        }
        var genesis = Genesis(config: config, gasLimit: 0x8000_0000, difficulty: 0x20000, alloc: try alloc(json))
        genesis.nonce = 0xdead_beef_dead_beef
        genesis.extraData = [UInt8](repeating: 0, count: 32)
        let chain = ChainStore(MemoryStore())
        var parent = try GenesisState.commit(genesis, into: chain)
        var state = WorldState(root: parent.header.stateRoot, chain: chain)
        var rest = try TestVectors.data("04b-chains/hive-devp2p/fullchain.rlp.gz")[...]
        var transactions = 0
        for _ in 1...10 {
            var reader = RLPReader(rest)
            let block = try Block(from: &reader)
            rest = reader.remaining
            #expect(block.header.parentHash == parent.hash)
            let context = BlockContext(block.header, author: block.header.beneficiary)
            let outcome = try TransferExecutor().execute(block.body, on: &state, in: context, config: config)
            try state.add(Devnet.ether &* 3, to: block.header.beneficiary)
            #expect(outcome.gasUsed == block.header.gasUsed)
            #expect(outcome.receiptsRoot == block.header.receiptsRoot)
            #expect(outcome.bloom == block.header.logsBloom)
            #expect(try state.root() == block.header.stateRoot)
            transactions += block.transactions.count
            parent = block
        }
        #expect(transactions == 1)
    }

    private func alloc(_ json: JSONValue) throws -> [GenesisAllocation] {
        try #require(json["alloc"]?.members).map { address, value in
            var account = GenesisAccount(balance: try #require(value["balance"]?.string.flatMap { UInt256($0) }))
            account.nonce = value["nonce"]?.uint64 ?? 0
            account.code = value["code"]?.bytes ?? []
            for (key, slot) in value["storage"]?.members ?? [] {
                account.storage[try word(key)] = try word(#require(slot.string))
            }
            return GenesisAllocation(address: try #require(Address(hex: address)), account: account)
        }
    }

    private func word(_ text: String) throws -> Hash32 {
        try #require(UInt256(text.hasPrefix("0x") ? text : "0x" + text)).bigEndian
    }
}
