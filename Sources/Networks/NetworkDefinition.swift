public import Chain
public import NodeRecord
public import Primitives

/// A network to join: its genesis and bootnodes.
public struct NetworkDefinition: Hashable, Sendable {
    /// The network's name: that of the folder or file of its genesis, or `devnet`.
    public var name: String
    /// The genesis block and its accounts.
    public var genesis: Genesis
    /// The nodes to contact first.
    public var bootnodes: [EnodeURL]
    /// The network id in eth's Status message; by default the chain id.
    public var networkID: UInt64
    /// The expected hashes and fork ids, if the network has an `expected.json`.
    public var expected: ExpectedGenesis?
    /// Notes to the author of the genesis file that are not errors, one sentence each.
    public var notes: [String] = []

    public init(
        name: String, genesis: Genesis, bootnodes: [EnodeURL] = [], networkID: UInt64? = nil,
        expected: ExpectedGenesis? = nil
    ) {
        self.name = name
        self.genesis = genesis
        self.bootnodes = bootnodes
        self.networkID = networkID ?? genesis.config.chainID
        self.expected = expected
    }

    /// A local test network sealed by `signers`. Equal arguments give the same genesis.
    ///
    /// - Parameter period: seconds between blocks.
    public static func devnet(
        signers: [Address] = [DevAccounts.signer(0)], period: UInt64 = 2
    ) -> NetworkDefinition {
        NetworkDefinition(name: "devnet", genesis: .devnet(signers: signers, period: period))
    }

    /// The genesis as go-ethereum's genesis.json.
    public var genesisJSON: String { GenesisFile.json(genesis) }

    /// Compares the genesis block and the fork ids with `expected`, if there is one.
    ///
    /// - Throws: `mismatch` if they differ: the files of the network don't belong together.
    public func check(_ block: Block) throws(NetworkError) {
        guard let expected, expected != ExpectedGenesis(genesis: genesis, stateRoot: block.header.stateRoot) else {
            return
        }
        throw .mismatch(network: name, expected: expected.hash, found: block.hash)
    }

    /// Loads a network by name or path.
    ///
    /// The name `devnet` is built in. Any other name, such as `mainnet`, is looked up as a subfolder of the folder in
    /// the environment variable `STARLING_GENESIS`, if that is set; otherwise of a folder `Genesis` in the working
    /// directory, in the executable's folder, or in any parent of one of them; and last among the networks embedded in
    /// the program. A path is that of a genesis.json, or of a folder with one.
    ///
    /// - Throws: `unknown`, or the error of one of the files.
    public static func named(_ name: String) throws(NetworkError) -> NetworkDefinition {
        if name == "devnet" { return .devnet() }
        return try NetworkFolder.find(name).load()
    }
}
