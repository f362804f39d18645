import DevP2P
import EthCrypto
import KeyValue
import NodeRecord
import Primitives
import SansIO
import Testing

@testable import NodeCore

/// What a peer's prunes say of other nodes.
@Suite("Peer exchange")
struct PeerExchangeTests {
    private let now = Instant(unixSeconds: 1_760_000_000)

    private func key(_ number: UInt64) -> PrivateKey {
        var random = NodeRandom(seed: number, stream: 5)
        return PrivateKey.generate(using: &random)
    }

    private func node(staticPeers: [NodeContact] = []) throws -> NodeCore {
        var configuration = NodeConfiguration(key: key(0), clientID: "test", udpPort: 30303, tcpPort: 30303)
        configuration.discoveryEnabled = false
        configuration.staticPeers = staticPeers
        var core = try NodeCore(
            configuration: configuration, store: MemoryStore(), random: NodeRandom(seed: 1), now: now)
        core.handle(.start, now: now)
        return core
    }

    private func teller(_ ip: String) throws -> Peer {
        let publicKey = key(9).publicKey
        return Peer(
            connection: ConnectionID(accepted: 1), id: publicKey.nodeID, publicKey: publicKey, isInbound: true,
            clientID: "teller", endpoint: Endpoint(ip: try #require(IPAddress(ip)), port: 5))
    }

    /// Whom the node dials within half a minute of what a peer at `ip` says.
    private func dials(_ core: inout NodeCore, _ named: [(UInt64, String, UInt16)], by ip: String) throws -> [Endpoint]
    {
        let contacts = try named.map { number, ip, port in
            NodeContact(
                publicKey: key(number).publicKey, ip: try #require(IPAddress(ip)), udpPort: 0, tcpPort: port)
        }
        core.hear(of: contacts, from: try teller(ip))
        var endpoints: [Endpoint] = []
        for second in 0..<30 as Range<Int64> {
            core.handle(.deadlineReached, now: now + .seconds(second))
            for case .dial(let id, let endpoint, _) in core.takeEffects() {
                endpoints.append(endpoint)
                core.handle(.dialFailed(id), now: now + .seconds(second))
            }
        }
        return endpoints
    }

    @Test("never changes the operator's address of a static peer")
    func staticPeer() throws {
        let contact = NodeContact(publicKey: key(1).publicKey, ip: .loopback, udpPort: 4000, tcpPort: 4000)
        var core = try node(staticPeers: [contact])
        let endpoints = try dials(&core, [(1, "127.0.0.1", 6666)], by: "127.0.0.1")
        #expect(!endpoints.isEmpty)
        #expect(endpoints.allSatisfy { $0 == contact.tcpEndpoint })
    }

    @Test(
        "names only addresses that the peer can know, and no low ports",
        arguments: [
            ("34.1.1.1", "35.1.1.1", 30303, true), ("34.1.1.1", "10.0.0.5", 30303, false),
            ("34.1.1.1", "127.0.0.1", 30303, false), ("10.0.0.1", "127.0.0.1", 30303, false),
            ("10.0.0.1", "10.0.0.5", 30303, true), ("127.0.0.1", "127.0.0.1", 30303, true),
            ("34.1.1.1", "192.0.2.7", 30303, false), ("34.1.1.1", "224.0.0.1", 30303, false),
            ("34.1.1.1", "0.0.0.0", 30303, false), ("34.1.1.1", "35.1.1.1", 25, false),
        ] as [(String, String, UInt16, Bool)])
    func relayRules(teller: String, ip: String, port: UInt16, isAllowed: Bool) throws {
        var core = try node()
        #expect(try !dials(&core, [(2, ip, port)], by: teller).isEmpty == isAllowed)
    }
}
