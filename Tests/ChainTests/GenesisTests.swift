import Chain
import EthCrypto
import Primitives
import TestVectors
import Testing

@Suite struct GenesisTests {
    @Test(.enabled(if: TestVectors.isPresent, noVectors), arguments: TestNetworks.names)
    func headersOfPublicNetworks(_ name: String) throws {
        let expected = try TestNetworks.genesisHeader(name)
        var genesis = Genesis(
            config: try TestNetworks.config(name), gasLimit: expected.gasLimit, difficulty: expected.difficulty)
        genesis.nonce = expected.nonce
        genesis.timestamp = expected.timestamp
        genesis.extraData = expected.extraData
        #expect(genesis.header(stateRoot: expected.stateRoot) == expected)
        let block = genesis.block(stateRoot: expected.stateRoot)
        #expect(block.hash == expected.hash)
        #expect((block.body.withdrawals == nil) == (name != "hoodi"))
    }

    @Test func forksAddFields() {
        var config = Genesis.devnet().config
        config.clique = nil
        var genesis = Genesis(config: config, gasLimit: 0, difficulty: .zero)
        let london = genesis.header(stateRoot: .emptyTrieRoot)
        #expect(london.gasLimit == 4_712_388 && london.baseFeePerGas == 1_000_000_000 && london.withdrawalsRoot == nil)
        for fork in ["shanghaiTime", "cancunTime", "pragueTime", "osakaTime", "amsterdamTime"] {
            guard let field = ChainConfig.timeForks.first(where: { $0.key == fork }) else { continue }
            genesis.config[keyPath: field.path] = 0
        }
        genesis.blobGasUsed = 7
        genesis.slotNumber = 9
        let header = genesis.header(stateRoot: .emptyTrieRoot)
        #expect(header.withdrawalsRoot == .emptyTrieRoot && header.parentBeaconBlockRoot == .zero)
        #expect(header.blobGasUsed == 7 && header.excessBlobGas == 0 && header.requestsHash == .emptyRequestsHash)
        #expect(header.blockAccessListHash == .emptyListHash && header.slotNumber == 9)
    }

    @Test func allocIsSortedAndUnique() {
        func allocation(_ index: Int, _ balance: UInt256) -> GenesisAllocation {
            GenesisAllocation(address: DevAccounts.address(index), account: GenesisAccount(balance: balance))
        }
        let genesis = Genesis(
            config: ChainConfig(chainID: 1), gasLimit: 1, difficulty: .one,
            alloc: [allocation(0, 1), allocation(1, 2), allocation(2, 3), allocation(0, 9)])
        #expect(genesis.alloc.count == 3)
        #expect(genesis.alloc.map(\.address) == genesis.alloc.map(\.address).sorted())
        #expect(genesis.alloc.first { $0.address == DevAccounts.address(0) }?.account.balance == 9)
    }

    @Test func devnet() throws {
        let signers = [DevAccounts.signer(1), DevAccounts.signer(0)]
        let genesis = Genesis.devnet(signers: signers, period: 5)
        #expect(genesis.config.chainID == 13_370)
        #expect(genesis.config.fork(number: 0, time: .max) == .london)
        #expect(genesis.config.clique == CliqueConfig(period: 5, epoch: 30_000))
        #expect(genesis.config.terminalTotalDifficulty == nil)
        #expect(genesis.extraData.count == 32 + 40 + 65)
        #expect(Array(genesis.extraData[32..<72]) == signers.sorted().flatMap(\.bytes))
        #expect(genesis.extraData.suffix(65).allSatisfy { $0 == 0 })
        #expect(genesis.alloc.count == 10)
        let million = try #require(UInt256("1000000000000000000000000"))
        #expect(genesis.alloc.allSatisfy { $0.account.balance == million })
        let schedule = ForkSchedule(config: genesis.config, genesisHash: .zero, genesisTime: 0)
        #expect(schedule.forks.isEmpty)
    }

    /// Whoever funded an account with the text's hash must find it again.
    @Test func devKeysFollowFromTheirText() throws {
        #expect(DevAccounts.key(3).bytes == Keccak256.hash("starling devnet test account 3".utf8).bytes)
        #expect(DevAccounts.signerKey(0).bytes == Keccak256.hash("starling devnet test signer 0".utf8).bytes)
        #expect(DevAccounts.nodeKey(12).bytes == Keccak256.hash("starling devnet test node 12".utf8).bytes)
        let keys = (0..<10).flatMap { [DevAccounts.key($0), DevAccounts.signerKey($0), DevAccounts.nodeKey($0)] }
        #expect(Set(keys.map(\.publicKey)).count == 30)
    }

    @Test func forksFollowEachOther() {
        var config = ChainConfig(chainID: 1)
        #expect(config.fork(number: .max, time: .max) == .frontier)
        (config.homesteadBlock, config.byzantiumBlock, config.londonBlock) = (1, 5, 9)
        config.shanghaiTime = 100
        #expect(config.fork(number: 0, time: 0) == .frontier)
        #expect(config.fork(number: 1, time: 0) == .homestead)
        #expect(config.fork(number: 8, time: 500) == .byzantium)
        #expect(config.fork(number: 9, time: 99) == .london)
        #expect(config.fork(number: 9, time: 100) == .shanghai)
        #expect(!config.isLondon(8) && config.isLondon(9))
    }
}
