import Chain
import Consensus
import DevP2P
import EthNode
import Execution
import KeyValue
import NodeCore
import NodeRecord
import Primitives
import Testing

@testable import NodeNIO

/// Nodes on loopback, each with a chain of its own in memory.
enum TestNode {
    /// A node that listens on any port of 127.0.0.1 and looks for nobody.
    static func configuration(_ index: Int) throws -> (NodeServiceConfiguration, EthConfiguration) {
        let genesis = Genesis.devnet()
        let configured = ChainNodeConfiguration(
            key: DevAccounts.nodeKey(index), clientID: "test/\(index)", genesis: genesis,
            networkID: Genesis.devnetChainID, engine: try #require(CliqueEngine(chainConfig: genesis.config)),
            executor: TransferExecutor(), advertisedIP: .loopback, udpPort: 0, tcpPort: 0)
        var node = configured.node
        node.discoveryEnabled = false
        node.isAddressFixed = true
        var configuration = NodeServiceConfiguration(node: node)
        configuration.bindHost = "127.0.0.1"
        return (configuration, configured.chain)
    }

    static func service(
        _ index: Int, _ change: (inout NodeServiceConfiguration) -> Void = { _ in }
    ) throws -> NodeService {
        let (initial, chain) = try configuration(index)
        var configuration = initial
        change(&configuration)
        return NodeService(configuration: configuration, store: MemoryStore(), hosts: [chain])
    }

    static func service(_ index: Int, chain change: (inout EthConfiguration) -> Void) throws -> NodeService {
        let (configuration, initial) = try configuration(index)
        var chain = initial
        change(&chain)
        return NodeService(configuration: configuration, store: MemoryStore(), hosts: [chain])
    }

    /// The contact of a running node.
    static func contact(_ service: NodeService) async throws -> NodeContact {
        try #require(try await service.enode?.contact)
    }
}

extension AsyncStream where Element == NodeEvent {
    /// The first thing that `find` finds in the events. Waits for it; the test's time limit ends that.
    func first<T>(_ find: (NodeEvent) -> T?) async throws -> T {
        for await event in self {
            if let found = find(event) { return found }
        }
        throw StreamEnded()
    }

    struct StreamEnded: Error {}

    func peerConnected() async throws -> Peer {
        try await first { if case .peerConnected(let peer, _) = $0 { peer } else { nil } }
    }

    func peerDisconnected() async throws -> CloseCause {
        try await first { if case .peerDisconnected(_, let cause) = $0 { cause } else { nil } }
    }

    /// The first event of `Counting` that isn't about its job.
    func counted() async throws -> Counting.Event {
        try await first { event in
            guard case .capability(_, let value) = event, let value = value as? Counting.Event else { return nil }
            if case .jobCompleted = value { return nil }
            return value
        }
    }
}
