import Chain
import DevP2P
import EthCrypto
import NodeCore
import NodeRecord
import PeerBook
import Primitives
import Synchronization
import Testing

@testable import NodeNIO

/// Nodes on loopback that know each other by host name, with a resolver of the test's.
@Suite("Peers by host name", .timeLimit(.minutes(1)))
struct NamedPeerTests {
    /// `name` for a node, which nobody but the test's resolver knows.
    private func named(_ service: NodeService, _ name: String) async throws -> EnodeURL {
        var url = try await TestNode.contact(service).enode
        url.host = .name(name)
        return url
    }

    private func nameNotFound(_ events: AsyncStream<NodeEvent>) async throws -> String {
        try await events.first { if case .nameNotFound(let why, _) = $0 { why } else { nil } }
    }

    /// Others are found while a lookup hangs, and one whose name has no address is told of.
    @Test func aSlowNameDelaysNobody() async throws {
        let second = try TestNode.service(1)
        try await second.start()
        let (hanging, release) = AsyncStream.makeStream(of: Void.self)
        let urls = [
            EnodeURL(publicKey: DevAccounts.nodeKey(7).publicKey, host: .name("slow"), tcpPort: 1),
            EnodeURL(publicKey: DevAccounts.nodeKey(8).publicKey, host: .name("nobody"), tcpPort: 1),
            try await named(second, "second"),
        ]
        let first = try TestNode.service(0) { configuration in
            configuration.namedStaticPeers = urls
            configuration.resolver = HostResolver { host in
                switch host {
                case "slow":
                    for await _ in hanging {}
                    return []
                case "second": return [.loopback]
                default: return []
                }
            }
        }
        let (connections, failures) = (first.events(), first.events())
        try await first.start()
        #expect(try await connections.peerConnected().id == urls[2].publicKey.nodeID)
        #expect(try await nameNotFound(failures).contains("'nobody'"))
        release.finish()
        await first.stop()
        await second.stop()
    }

    /// A node that isn't where its name was is found where it is when the operator names it again; and a name that is
    /// given by `addPeer` stays one.
    @Test func aNodeThatHasMovedIsFound() async throws {
        let second = try TestNode.service(1)
        try await second.start()
        let url = try await named(second, "moves")
        let lookups = Mutex(0)
        let first = try TestNode.service(0) { configuration in
            configuration.resolver = HostResolver { _ in
                // Nobody listens at the first.
                let isFirst = lookups.withLock { count in
                    count += 1
                    return count == 1
                }
                return isFirst ? [.v4(0x7f00_0002)] : [.loopback]
            }
        }
        let (connections, failures) = (first.events(), first.events())
        try await first.start()
        try await first.addPeer(.named(url))
        let missed: Endpoint = try await failures.first { event in
            if case .peerBook(.dialFailed(let endpoint, _)) = event { endpoint } else { nil }
        }
        #expect(missed == Endpoint(ip: .v4(0x7f00_0002), port: url.tcpPort))
        try await first.addPeer(.named(url))
        #expect(try await connections.peerConnected().id == url.publicKey.nodeID)
        await first.stop()
        await second.stop()
    }

    /// Two nodes meet by discovery where one knows the other's name only.
    @Test func aBootnodeByName() async throws {
        let discovering = { (configuration: inout NodeServiceConfiguration) in
            configuration.node.discoveryEnabled = true
        }
        let second = try TestNode.service(1, discovering)
        try await second.start()
        let url = try await named(second, "boot")
        let first = try TestNode.service(0) { configuration in
            discovering(&configuration)
            configuration.namedBootnodes = [url]
            configuration.resolver = HostResolver { host in host == "boot" ? [.loopback] : [] }
        }
        let connections = first.events()
        try await first.start()
        #expect(try await connections.peerConnected().id == url.publicKey.nodeID)
        await first.stop()
        await second.stop()
    }

    @Test func theSystemsResolver() async {
        let addresses = await HostResolver.system.addresses("localhost")
        #expect(!addresses.isEmpty && addresses.allSatisfy { $0.isLoopback })
        #expect(Set(addresses).count == addresses.count)
        #expect(await HostResolver.system.addresses("no-such-host.invalid").isEmpty)
    }
}
