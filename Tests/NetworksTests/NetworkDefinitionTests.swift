import Chain
import EthCrypto
import Execution
import Foundation
import NodeRecord
import Primitives
import TestVectors
import Testing

@testable import Networks

@Suite struct NetworkDefinitionTests {
    /// The state is built from the accounts each time: contracts' code and storage count.
    @Test(arguments: GenesisFolder.names + ["devnet"]) func expectedValuesComeOut(_ name: String) throws {
        let network = try GenesisFolder.network(name)
        let expected = try #require(network.expected)
        let block = try GenesisState.block(of: network.genesis)
        #expect(block.hash == expected.hash)
        #expect(block.header.stateRoot == expected.stateRoot)
        #expect(ExpectedGenesis(genesis: network.genesis, stateRoot: block.header.stateRoot) == expected)
        try network.check(block)
        #expect(network.networkID == network.genesis.config.chainID)
        #expect(network.name == name)
        #expect(network.notes.isEmpty)
        // The files are as this room writes them.
        let text = try String(contentsOfFile: GenesisFolder.path(name, "genesis.json"), encoding: .utf8)
        #expect(network.genesisJSON == text)
    }

    /// A node of a network whose signers' keys everybody has listens on loopback only.
    @Test func signersWithPublicKeys() {
        let own = Address(lastBytesOf: Keccak256.hash([1]))
        #expect(NetworkDefinition.devnet().listenAddress == "127.0.0.1")
        #expect(NetworkDefinition.devnet(signers: (0..<9).map { DevAccounts.signer($0) }).hasPublicSigners)
        #expect(NetworkDefinition.devnet(signers: [own, DevAccounts.signer(63)]).hasPublicSigners)
        #expect(NetworkDefinition.devnet(signers: [own]).listenAddress == "0.0.0.0")
        var network = NetworkDefinition.devnet()
        for bytes in [[], [UInt8](repeating: 0, count: 40), [UInt8](repeating: 0, count: 98)] {
            network.genesis.extraData = bytes
            #expect(!network.hasPublicSigners)
        }
        network = .devnet()
        network.genesis.config.clique = nil
        #expect(!network.hasPublicSigners)
    }

    @Test(.enabled(if: TestVectors.isPresent, noVectors), arguments: GenesisFolder.names)
    func factsOfPublicNetworks(_ name: String) throws {
        let (network, facts) = (try GenesisFolder.network(name), try GenesisFolder.facts(name))
        let expected = try #require(network.expected)
        #expect(expected.hash.description == facts["genesisHash"]?.string)
        #expect(expected.stateRoot.description == facts["genesisStateRoot"]?.string)
        #expect(network.networkID == facts["networkId"]?.uint64)
        #expect(network.genesis.alloc.count == facts["allocAccounts"]?.int)
        let ids = try #require(facts["forkIds"]?.array)
        // The vectors are older than Sepolia's last fork.
        let known = expected.forkIDs.prefix(ids.count)
        #expect(known.map { ForkID(hash: $0.forkID.hash, next: 0).description } == ids.map { $0["hash"]?.string })
        let nexts = known.map(\.forkID.next)
        #expect(nexts.dropLast() == ids.map { $0["next"]?.uint64 }.dropLast().compactMap { $0 }[...])
        #expect(expected.forkIDs.count == ids.count + (name == "sepolia" ? 1 : 0))
        #expect(network.genesis.alloc == (try GenesisFolder.vector(name).alloc))
        #expect(network.genesis == (try GenesisFolder.completed(name)))
        #expect(network.bootnodes.count >= (name == "holesky" ? 4 : 5))
    }

    /// Amsterdam, and the bootnodes of September 2026, which speak discovery only.
    @Test func publicNetworksAsOfNovember2026() throws {
        let sepolia = try GenesisFolder.network("sepolia")
        #expect(sepolia.genesis.config.amsterdamTime == 1_791_294_816)
        let last = try #require(sepolia.expected?.forkIDs.suffix(2))
        #expect(
            last.map(\.forkID) == [ForkID(hash: 0x2689_56b6, next: 1_791_294_816), ForkID(hash: 0x6c1d_9423, next: 0)])
        for (name, port) in [("mainnet", 20_151), ("sepolia", 20_152), ("hoodi", 20_153)] {
            let bootnodes = try GenesisFolder.network(name).bootnodes
            #expect(bootnodes.count == 5)
            #expect(bootnodes.allSatisfy { $0.tcpPort == 0 && $0.udpPort != 0 })
            #expect(bootnodes.first?.host == .address(.v4(0xd463_da42)) && bootnodes.first?.udpPort == UInt16(port))
        }
    }

    @Test func devnetIsBuiltIn() throws {
        let network = try NetworkDefinition.named("devnet")
        #expect(network.genesis == (try GenesisFolder.network("devnet")).genesis)
        #expect(network.genesis == NetworkDefinition.devnet().genesis)
        #expect(network.networkID == 13_370)
        let other = NetworkDefinition.devnet(signers: [DevAccounts.signer(0), DevAccounts.signer(1)], period: 1)
        #expect(other.genesis.extraData.count == 32 + 40 + 65)
        #expect(other.genesis.config.clique?.period == 1)
        // What a cluster writes for its nodes reads back as the same.
        #expect(try GenesisFile.parse(Array(other.genesisJSON.utf8), file: "x").genesis == other.genesis)
    }

    @Test func otherFilesDontBelongTogether() throws {
        var network = try GenesisFolder.network("devnet")
        let hash = try #require(network.expected?.hash)
        network.genesis.config.londonBlock = 7
        let block = try GenesisState.block(of: network.genesis)
        #expect(throws: NetworkError.mismatch(network: "devnet", expected: hash, found: block.hash)) {
            try network.check(block)
        }
        // Forks count although they aren't in the block.
        network.genesis.config.londonBlock = 0
        network.genesis.config.arrowGlacierBlock = 5
        #expect(throws: NetworkError.mismatch(network: "devnet", expected: hash, found: hash)) {
            try network.check(try GenesisState.block(of: network.genesis))
        }
        try NetworkDefinition.devnet(period: 9).check(block)
    }

    @Test func namesAndPaths() throws {
        let folders = [GenesisFolder.url.path]
        #expect(
            try NetworkFolder.find("sepolia", in: folders).genesisPath == GenesisFolder.path("sepolia", "genesis.json"))
        let path = GenesisFolder.path("hoodi", "genesis.json")
        #expect(try NetworkFolder.find(path, in: []).genesisPath == path)
        #expect(try NetworkFolder.find(GenesisFolder.url.path + "/hoodi", in: []).name == "hoodi")
        for name in ["nowhere", "", ".", "../Genesis/hoodi", "hoodi/..", GenesisFolder.url.path] {
            #expect(throws: NetworkError.unknown(name: name, searched: folders)) {
                try NetworkFolder.find(name, in: folders)
            }
        }
        let error = NetworkError.unknown(name: "nowhere", searched: ["a", "b"])
        #expect(
            error.description == "nowhere: there is no such file, and no network of this name in a or b; "
                + "the program knows devnet, holesky, hoodi, mainnet, sepolia.")
    }

    /// The search goes up from a folder: the repository's own is found from the tests' folder.
    @Test func genesisFoldersAreLookedForUpwards() {
        for folder in NetworkFolder.genesisFolders() { #expect(folder.hasSuffix("/Genesis")) }
    }

    @Test func filesBesideAGenesis() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("starling-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ file: String, _ text: String) throws -> String {
            let path = folder.appendingPathComponent(file)
            try text.write(to: path, atomically: true, encoding: .utf8)
            return path.path
        }
        let genesis = try write("genesis.json", NetworkDefinition.devnet().genesisJSON)
        #expect(try NetworkDefinition.named(genesis).bootnodes.isEmpty)
        let key = DevAccounts.nodeKey(0).publicKey
        let enode = "enode://\(key.hex)@127.0.0.1:30303"
        var bootnodes = try write("bootnodes.txt", "# one\n\n  \(enode)  # local\n")
        #expect(try NetworkDefinition.named(folder.path).bootnodes.map(\.description) == [enode])
        bootnodes = try write("bootnodes.txt", "# one\n\(enode)\nenode://\(key.hex)\n")
        #expect(throws: NetworkError.bootnode(file: bootnodes, line: 3)) { try NetworkDefinition.named(folder.path) }
        _ = try write("bootnodes.txt", "")
        let expected = try write("expected.json", "{\"hash\": \"0x00\", \"stateRoot\": \"\", \"forkIDs\": []}")
        #expect(throws: NetworkError.expectation(file: expected, key: "hash")) {
            try NetworkDefinition.named(folder.path)
        }
    }
}
