import Chain
import Consensus
import EthCrypto
import EthNode
import EthService
import NodeCore
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

@testable import NodeNIO

/// Nodes on loopback, looked at as if minutes had passed.
@Suite("Standing still is told of by a running node", .timeLimit(.minutes(1)))
struct StandstillWatchTests {
    private let start = Instant(unixSeconds: 1_000)

    private func said(_ watch: inout StandstillWatch, _ service: NodeService, _ seconds: [Int64]) async throws
        -> [(second: Int64, text: String)]
    {
        var said: [(Int64, String)] = []
        for second in seconds {
            for text in try await watch.look(at: service, now: start + .seconds(second)) { said.append((second, text)) }
        }
        return said
    }

    @Test func aDevnetsOnlySignerIsWell() async throws {
        let service = try TestNode.service(0, chain: { $0.sealingKey = DevAccounts.signerKey(0) })
        try await service.start()
        var watch = StandstillWatch()
        let lines = try await said(&watch, service, [0, 30, 59])
        #expect(lines.isEmpty, "\(lines)")
        await service.stop()
        await #expect(throws: NodeServiceError.self) { try await watch.look(at: service, now: start) }
    }

    @Test func aKeyOfNoSignerAndNoPeersAgainAndAgain() async throws {
        let service = try TestNode.service(0, chain: { $0.sealingKey = DevAccounts.nodeKey(5) })
        try await service.start()
        var watch = StandstillWatch()
        let lines = try await said(&watch, service, [0, 30, 60, 90, 300, 330, 360, 390])
        let signer = lines.filter { $0.text.contains("is none of the 1 signers of this chain") }
        #expect(signer.map(\.second) == [0, 300])
        #expect(signer.first?.text.hasPrefix(DevAccounts.nodeKey(5).publicKey.address.checksummed) == true)
        let peers = lines.filter { $0.text.hasPrefix("no peers: no nodes are given") }
        #expect(peers.map(\.second) == [60, 360])
        await service.stop()
    }

    /// Both nodes it was given are running, on another chain or not at all.
    @Test func whyThereAreNoPeers() async throws {
        let stranger = try TestNode.service(1, chain: { $0.genesis = Genesis.devnet(timestamp: 7) })
        try await stranger.start()
        let other = try await TestNode.contact(stranger)
        let service = try TestNode.service(0) { $0.node.staticPeers = [other] }
        let events = service.events()
        try await service.start()
        let label = try await events.first { event in
            if case .peerBook(.sessionRefused(_, let label, _)) = event { label } else { nil }
        }
        #expect(label == "wrongGenesis")
        var watch = StandstillWatch()
        let lines = try await said(&watch, service, [0, 60])
        #expect(
            lines.map(\.text) == [
                "no peers: the given node isn't connected; of the nodes tried in the last 5 minutes 1 was of another genesis "
                    + "block"
            ])
        await service.stop()
        await stranger.stop()
    }

    /// Two of four signers can't go on, and who is missing is said.
    @Test func tooFewSigners() async throws {
        let keys = (0..<4).map { DevAccounts.signerKey($0) }
        let signers = keys.map(\.publicKey.address)
        let service = try TestNode.service(
            0,
            chain: { chain in
                chain.genesis = Genesis.devnet(signers: signers, period: 1)
                chain.engine = CliqueEngine(chainConfig: chain.genesis.config) ?? chain.engine
                chain.sealingKey = keys[0]
            })
        let events = service.events()
        try await service.start()
        // Whoever's turn it is: this one seals the first block, and may not seal the next two.
        _ = try await events.first { if case .sealed(let head, _, _)? = $0.ofChain { head } else { nil } }
        var watch = StandstillWatch()
        let lines = try await said(&watch, service, [0, 59, 60]).filter { $0.text.hasPrefix("no block") }
        #expect(lines.map(\.second) == [60])
        let text = try #require(lines.first?.text)
        #expect(!text.contains(signers[0].checksummed))
        for signer in signers[1...] { #expect(text.contains(signer.checksummed)) }
        #expect(text.contains("of the chain's 4 signers 3 must be running"))
        await service.stop()
    }

    /// The address counts as soon as a node outside is dialed, reached or not.
    @Test func anAddressThatIsTooNarrow() async throws {
        let outside = NodeContact(
            publicKey: DevAccounts.nodeKey(1).publicKey, ip: IPAddress("192.0.2.1") ?? .loopback, udpPort: 0, tcpPort: 9
        )
        let service = try TestNode.service(0) { $0.node.staticPeers = [outside] }
        let events = service.events()
        try await service.start()
        _ = try await events.first { if case .peerBook(.dialing(_, let endpoint, _)) = $0 { endpoint } else { nil } }
        var watch = StandstillWatch()
        let lines = try await said(&watch, service, [0])
        #expect(lines.map(\.text).filter { $0.contains("--nat extip") }.count == 1)
        await service.stop()
    }
}
