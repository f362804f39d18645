import ArgumentParser
import Chain
import Consensus
import EthCrypto
import EthNode
import Execution
import Foundation
import Networks
import NodeCore
import NodeNIO
import NodeRecord
import PeerBook
import Primitives
import Sidecar

/// Turns the options of `starling node` into a node's configuration.
struct NodeSetup {
    let network: NetworkDefinition
    let node: NodeServiceConfiguration
    let chain: EthConfiguration
    let chainFolder: String
    /// Where transactions that were handed in here are written down.
    let transactionFile: String
    /// Whether the operator said where to listen.
    let isAddressGiven: Bool
    /// The capabilities that programs outside the node serve.
    let reservations: [SidecarReservation]

    init(_ command: NodeCommand) throws {
        network = try Self.network(command.network)
        let folder = NSString(string: command.network.datadir).expandingTildeInPath
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw SetupError(
                "the datadir \(folder) can't be made: \(InputFile.reason(error)); choose another by --datadir")
        }
        chainFolder = folder + "/chain"
        transactionFile = folder + "/transactions"
        guard let engine = CliqueEngine(chainConfig: network.genesis.config) else {
            throw SetupError(
                "\(network.name) is no Clique chain, and Clique is the one consensus engine here: use --network devnet or "
                    + "a genesis with a clique section; to look at other networks' nodes use 'starling rlpx ping'")
        }
        let peers = command.peers
        let key = try Self.key(peers, folder: folder)
        isAddressGiven = peers.addr != nil
        let address = peers.addr ?? network.listenAddress
        var node = NodeConfiguration(
            key: key, clientID: Version.clientID(identity: peers.identity),
            advertisedIP: try Self.advertisedAddress(peers, listening: address),
            udpPort: peers.nodiscover ? 0 : peers.discoveryPort ?? peers.port, tcpPort: peers.port)
        node.discoveryEnabled = !peers.nodiscover
        node.maxPeers = peers.maxpeers
        node.uploadLimits = try peers.uploadLimits()
        node.minNodeIDWork = peers.minNodeIDWork
        guard key.publicKey.nodeID.work >= peers.minNodeIDWork else {
            throw SetupError(
                "this node's own id has \(key.publicKey.nodeID.work) bits of work, so peers that want "
                    + "\(peers.minNodeIDWork) refuse it: make a key with 'starling key generate --work "
                    + "\(peers.minNodeIDWork) FILE' and give it by --nodekey")
        }
        if let path = peers.reputationTable { node.reputation = try Self.reputationTable(path) }
        var chain = EthConfiguration(
            genesis: network.genesis, networkID: network.networkID, engine: engine, executor: TransferExecutor())
        chain.pool = command.pool.limits
        chain.targetGasLimit = command.sealing.gasLimit
        chain.sealingKey = try Self.sealingKey(command, network, nodeKey: key)
        self.chain = chain
        var configuration = NodeServiceConfiguration(node: node)
        configuration.bindHost = address
        try Self.setNodes(peers, network, in: &configuration)
        self.node = configuration
        reservations = try command.peers.capability.map { text in
            guard let reservation = SidecarReservation(text) else {
                throw SetupError("--capability \(text): write NAME/VERSION/COUNT@PATH, as chat/1/4@/run/chat.sock")
            }
            return reservation
        }
    }

    private static func network(_ options: NetworkOptions) throws -> NetworkDefinition {
        var network: NetworkDefinition
        if let path = options.genesis {
            let (genesis, notes) = try GenesisFile.loadWithNotes(path)
            network = NetworkDefinition(name: path, genesis: genesis)
            network.notes = notes
        } else {
            network = try NetworkDefinition.named(options.network)
        }
        if let id = options.networkid { network.networkID = id }
        return network
    }

    private static func key(_ options: PeerOptions, folder: String) throws -> PrivateKey {
        if let text = options.nodekeyhex { return try KeyFile.parse(text, from: "--nodekeyhex") }
        if let path = options.nodekey { return try KeyFile.read(path) }
        return try KeyFile.readOrMake(folder + "/nodekey", work: options.minNodeIDWork)
    }

    private static func reputationTable(_ path: String) throws -> ReputationTable {
        let text = try InputFile.text(path, "the reputation table")
        do throws(ReputationTableError) {
            return try ReputationTable(text: text)
        } catch {
            throw SetupError("the reputation table \(path): \(error)")
        }
    }

    /// The devnet's own signer key is public, so a node of its own seals without being told to; a second one, which is
    /// told of others, doesn't: two of them would make two blocks of each height.
    private static func sealingKey(
        _ command: NodeCommand, _ network: NetworkDefinition, nodeKey: PrivateKey
    ) throws -> PrivateKey? {
        if let path = command.sealing.key { return try KeyFile.read(path) }
        let isDevnet = command.network.genesis == nil && command.network.network == "devnet"
        let isFirst = command.peers.bootnodes == nil && command.peers.staticnodes == nil
        if isDevnet, isFirst || command.sealing.mine { return DevAccounts.signerKey(0) }
        return command.sealing.mine ? nodeKey : nil
    }

    private static func advertisedAddress(_ options: PeerOptions, listening address: String) throws -> IPAddress {
        switch options.nat {
        case "none":
            let bound = IPAddress(address)
            return bound.map { $0.isUnspecified ? .loopback : $0 } ?? .loopback
        case let text where text.hasPrefix("extip:"):
            guard let ip = IPAddress(String(text.dropFirst(6))) else {
                throw SetupError("--nat \(text): that is no IP address; write extip:203.0.113.7")
            }
            return ip
        default: throw SetupError("--nat \(options.nat) is not supported; use none or extip:ADDRESS")
        }
    }

    private static func setNodes(
        _ peers: PeerOptions, _ network: NetworkDefinition, in configuration: inout NodeServiceConfiguration
    ) throws {
        let bootnodes =
            try peers.bootnodes.map { try nodes($0, "--bootnodes") }
            ?? nodes(network.bootnodes.map(\.description).joined(separator: ","), network.name)
        let staticNodes = try nodes(peers.staticnodes, "--staticnodes")
        if let why = bootnodes.lazy.compactMap(\.discoveryObstacle).first { throw SetupError("--bootnodes: \(why)") }
        if let why = staticNodes.lazy.compactMap(\.dialObstacle).first { throw SetupError("--staticnodes: \(why)") }
        configuration.node.bootnodes = bootnodes.compactMap(\.contact)
        configuration.node.staticPeers = staticNodes.compactMap(\.contact)
        configuration.node.trustedPeers = try nodes(peers.trustednodes, "--trustednodes").map(\.publicKey)
        configuration.namedBootnodes = bootnodes.compactMap(\.name)
        configuration.namedStaticPeers = staticNodes.compactMap(\.name)
        let names = configuration.namedBootnodes.count + configuration.namedStaticPeers.count
        guard names <= NodeServiceConfiguration.maxNames else {
            throw SetupError("\(names) nodes are given by host name, and \(NodeServiceConfiguration.maxNames) may be")
        }
    }

    private static func nodes(_ list: String?, _ option: String) throws -> [NodeReference] {
        do throws(NodeReferenceError) {
            return try NodeReference.list(list ?? "")
        } catch {
            throw SetupError("\(option): \(error)")
        }
    }
}

/// One sentence for whoever started the program.
struct SetupError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
