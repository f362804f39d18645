public import Chain
public import NodeRecord
public import Primitives

/// A network to take part in: its genesis, and who to ask first.
public struct NetworkDefinition: Hashable, Sendable {
    public var name: String
    public var genesis: Genesis
    public var bootnodes: [EnodeURL]
    /// What eth's Status compares; the chain id unless something else is asked for.
    public var networkID: UInt64
    /// What must come out of the genesis, for a network with an `expected.json`.
    public var expected: ExpectedGenesis?
    /// What the genesis file's author may want to know, one sentence each.
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

    /// The devnet with these signers, or with its usual one; equal arguments give the same genesis.
    ///
    /// - Parameter period: seconds between blocks.
    public static func devnet(
        signers: [Address] = [DevAccounts.signer(0)], period: UInt64 = 2
    ) -> NetworkDefinition {
        NetworkDefinition(name: "devnet", genesis: .devnet(signers: signers, period: period))
    }

    /// The genesis as go-ethereum's genesis.json.
    public var genesisJSON: String { GenesisFile.json(genesis) }

    /// Compares the genesis block that came out with `expected`; nothing to compare is no error.
    ///
    /// - Throws: `mismatch`: the files of the network don't belong together.
    public func check(_ block: Block) throws(NetworkError) {
        guard let expected, expected != ExpectedGenesis(genesis: genesis, stateRoot: block.header.stateRoot) else {
            return
        }
        throw .mismatch(network: name, expected: expected.hash, found: block.hash)
    }

    /// The network of a name or a path.
    ///
    /// `devnet` is built in. Another name, such as `mainnet`, is that of a folder in a folder named `Genesis`: in the
    /// folder that the environment variable `STARLING_GENESIS` names, else in `Genesis` in the working directory, in
    /// the executable's folder, or in any folder above one of them; else one of those that the program carries. A path is
    /// that of a genesis.json, or of a folder with one.
    ///
    /// - Throws: `unknown`, or what is wrong with the files.
    public static func named(_ name: String) throws(NetworkError) -> NetworkDefinition {
        if name == "devnet" { return .devnet() }
        return try NetworkFolder.find(name).load()
    }
}
