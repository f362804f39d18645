import Chain
import DevP2P
import EthCrypto
import EthNode
import EthWire
import KeyValue
import NodeCore
import PeerBook
import Primitives
import RLP
import SansIO
import Storage
import Testing

@Suite("A peer on another chain")
struct StatusRefusalTests {
    @Test("its refusal is a decision with a reason, before the offence and the end of the connection")
    func journal() throws {
        let now = Instant(unixSeconds: 1_760_000_000)
        let own = ChainNodeConfiguration.bare(
            key: try PrivateKey([UInt8](repeating: 1, count: 32)), clientID: "test", chainID: 7, port: 30303)
        var core = try NodeCore(own, store: MemoryStore(), random: NodeRandom(seed: 1), now: now)
        core.handle(.start, now: now)
        let key = try PrivateKey([UInt8](repeating: 2, count: 32)).publicKey
        let id = ConnectionID(accepted: 1)
        let hello = PeerHello(clientID: "other", p2pVersion: 5, listenPort: 0, capabilities: [], shared: [1])
        core.handle(.accepted(id, from: Endpoint(ip: .loopback, port: 5)), now: now)
        core.handle(.connection(id, [.identified(key), .ready(hello)]), now: now)
        _ = core.takeEffects()
        let head = core.ethNode.status.head
        let range = BlockRange(earliest: 0, latest: 0, latestHash: head.hash)
        let status = EthStatus(
            networkID: 8, genesisHash: head.hash, forkID: ForkID(hash: 0, next: 0), range: range)
        let message = EthMessage.status(status)
        var writer = RLPWriter()
        message.encode(version: 69, into: &writer)
        core.handle(.connection(id, [.message(capability: 1, id: message.id, payload: writer.bytes)]), now: now)
        // The only peer isn't removed for a judgement; but a session on another chain can't go on.
        core.handle(.connection(id, [.closed(.local(.subprotocolError))]), now: now)
        let story = core.journal.newest(5).map { "\($0.event.kind.rawValue): \($0.event.reason)" }
        #expect(story[0] == "sessionRefused: its network id is 8, not this node's")
        #expect(story[1].hasPrefix("offence: wrong fork"))
        #expect(story[3].hasPrefix("handshakeEnded: "))
        let counts = core.journal.countsByReason
        #expect(
            counts.contains { $0.reason.kind == .sessionRefused && $0.reason.label == "wrongNetwork" && $0.count == 1 })
        let isClosed = core.takeEffects().contains { if case .disconnect(id, _) = $0 { true } else { false } }
        #expect(isClosed)
    }
}
