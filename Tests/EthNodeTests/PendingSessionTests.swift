import DevP2P
import EthCrypto
import EthWire
import Gossip
import KeyValue
import PeerBook
import Primitives
import RLP
import SansIO
import Testing
import Topics

@testable import EthNode
@testable import NodeCore

/// A connection between Hello and Status.
@Suite("Sessions without a Status")
struct PendingSessionTests {
    private let now = Instant(unixSeconds: 1_760_000_000)

    private func key(_ number: UInt64) -> PrivateKey {
        var random = NodeRandom(seed: number, stream: 5)
        return PrivateKey.generate(using: &random)
    }

    private func node(_ maxPeers: Int = 50) throws -> NodeCore {
        var configuration = ChainNodeConfiguration.bare(key: key(0), clientID: "test", chainID: 7, port: 30303)
        configuration.node.discoveryEnabled = false
        configuration.node.maxPeers = maxPeers
        var core = try NodeCore(
            configuration, store: MemoryStore(), random: NodeRandom(seed: 1), now: now)
        core.handle(.start, now: now)
        return core
    }

    private func greet(
        _ core: inout NodeCore, _ number: UInt64, sharing shared: [Int] = [1, 2, 3],
        then events: [ConnectionEvent] = [],
        at now: Instant
    ) -> ConnectionID {
        let id = ConnectionID(accepted: number)
        let hello = PeerHello(clientID: "other", p2pVersion: 5, listenPort: 0, capabilities: [], shared: shared)
        core.handle(.accepted(id, from: Endpoint(ip: .v4(0x2200_0001 + UInt32(number) << 16), port: 5)), now: now)
        core.handle(.connection(id, [.identified(key(number).publicKey), .ready(hello)] + events), now: now)
        return id
    }

    private func event(_ message: some VersionedMessage, version: UInt64 = 1, of capability: Int) -> ConnectionEvent {
        var writer = RLPWriter()
        message.encode(version: version, into: &writer)
        return .message(capability: capability, id: message.id, payload: writer.bytes)
    }

    private func status(_ core: NodeCore) -> ConnectionEvent {
        event(EthMessage.status(core.ethNode.eth.capability.chain.status(version: .eth69)), version: 69, of: 1)
    }

    private func disconnects(_ core: inout NodeCore) -> [ConnectionID: DisconnectReason] {
        var reasons: [ConnectionID: DisconnectReason] = [:]
        for case .disconnect(let id, let reason) in core.takeEffects() { reasons[id] = reason }
        return reasons
    }

    @Test("a hundred of them keep no good peer out")
    func hundred() throws {
        var core = try node()
        for number in 1...100 as ClosedRange<UInt64> {
            _ = greet(&core, number, at: now + .milliseconds(Int64(number)))
        }
        let later = now + .milliseconds(200)
        #expect(core.peerStatuses.isEmpty && core.peers.pendingSessionCount == 50)
        _ = core.takeEffects()
        _ = greet(&core, 101, then: [status(core)], at: later)
        #expect(core.peerStatuses.map(\.peer.id) == [key(101).publicKey.nodeID])
        #expect(core.ethNode.blocks.peers.count == 1, "and only it gets blocks")
    }

    @Test("the slot is taken with the Status, and refused then where there is none")
    func slot() throws {
        var core = try node(3)
        let ids = (1...3).map { greet(&core, $0, at: now) }
        _ = core.takeEffects()
        for id in ids { core.handle(.connection(id, [status(core)]), now: now) }
        #expect(core.peerStatuses.count == 2)
        #expect(disconnects(&core) == [ids[2]: .tooManyPeers])
        let isTaken = core.ethNode.blocks.peer(ids[2]) != nil
        #expect(!isTaken)
        core.handle(.connection(ids[2], [.closed(.local(.tooManyPeers))]), now: now)
        let isLeft = core.ethNode.eth.peer(ids[2]) != nil
        #expect(!isLeft)
    }

    @Test("what comes for other capabilities meanwhile is kept, in order, and not without bound")
    func held() throws {
        var core = try node()
        let prune = BlocksMessage.prune(MeshPrune(seconds: 60))
        let id = greet(&core, 1, then: [event(BlocksMessage.graft, of: 2), event(prune, of: 2)], at: now)
        #expect(core.ethNode.blocks.metrics[0].messagesReceived == 0)
        core.handle(.connection(id, [status(core)]), now: now)
        #expect(core.ethNode.blocks.metrics[0].messagesReceived == 2)
        #expect(core.ethNode.blocks.capability.mesh.neighbours(in: 0).isEmpty, "the prune came last")
        #expect(disconnects(&core).isEmpty)
        let flood = [ConnectionEvent](repeating: event(BlocksMessage.want([]), of: 2), count: 33)
        let other = greet(&core, 2, then: flood, at: now)
        #expect(disconnects(&core) == [other: .subprotocolError])
    }

    @Test("what comes with the Status in one batch was sent in an open session, however much it is")
    func batch() throws {
        var core = try node()
        let messages = [ConnectionEvent](repeating: event(BlocksMessage.want([]), of: 2), count: 100)
        let id = greet(&core, 1, then: [status(core)] + messages, at: now)
        #expect(disconnects(&core).isEmpty && core.peerStatuses.map(\.peer.connection) == [id])
        #expect(core.ethNode.blocks.metrics[0].messagesReceived == 100)
    }

    @Test("a session without eth is open at once")
    func withoutHandshake() throws {
        var core = try node()
        let id = greet(&core, 1, sharing: [2], at: now)
        #expect(core.peerStatuses.count == 1)
        let isTaken = core.ethNode.blocks.peer(id) != nil
        #expect(isTaken)
    }

    @Test("one that says nothing ends without having been a peer")
    func silence() throws {
        var core = try node()
        let id = greet(&core, 1, at: now)
        core.handle(.deadlineReached, now: now + EthLimits.handshakeTimeout)
        #expect(disconnects(&core) == [id: .timeout])
        core.handle(.connection(id, [.closed(.local(.timeout))]), now: now + EthLimits.handshakeTimeout)
        var events: [NodeEvent] = []
        for case .event(let event) in core.takeEffects() { events.append(event) }
        #expect(!events.contains { if case .peerDisconnected = $0 { true } else { false } })
    }
}
