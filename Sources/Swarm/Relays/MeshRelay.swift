import DevP2P
import Gossip
import Primitives
import SansIO
import Topics

/// The mesh of this house, the real `TopicMesh`, with blocks as its messages.
struct MeshRelay: Relay {
    /// The messages of `blocks/1` (`BlocksMessage`), with blocks by their numbers.
    enum Message: SpreadMessage {
        /// What opens a session (`Hello` and what follows it): the peer has the topic from then on.
        case hello
        case graft
        case prune(Duration, contacts: Int)
        /// NewBlockHashes: blocks are announced by their whole hashes.
        case have([Int])
        case want([Int])
        case dontWant(Int)
        case block(Int)

        func byteCount(carrying blockBytes: Int) -> Int {
            switch self {
            case .hello: WireSizes.rlpx(150)
            case .graft: WireSizes.rlpx(1)
            case .prune(_, let contacts): WireSizes.rlpx(4 + contacts * WireSizes.neighbor)
            case .have(let blocks): WireSizes.newBlockHashes(blocks.count)
            case .want(let blocks): WireSizes.rlpx(2 + blocks.count * WireSizes.topicMessageID)
            case .dontWant: WireSizes.rlpx(1 + WireSizes.topicMessageID)
            case .block: WireSizes.newBlock(blockBytes)
            }
        }

        var kind: RelayMessageKind {
            switch self {
            case .block(let block): .block(block)
            case .have: .announcement
            case .want: .request
            case .hello, .graft, .prune, .dontWant: .control
            }
        }

        static func announcement(of block: Int) -> Self { .have([block]) }
    }

    private static let topic = 0

    private let seat: RelaySeat
    private var mesh: TopicMesh
    /// Whom each block that is arriving was asked of, if it was.
    private var pulled: [Int: Int] = [:]
    private var hasStarted = false

    init(_ seat: RelaySeat, random: inout NodeRandom) {
        self.seat = seat
        mesh = TopicMesh(limits: seat.scenario.topicLimits)
        mesh.join(Self.topic)
        for (place, edge) in seat.peers.enumerated() {
            mesh.peerJoined(
                Self.connection(place), identity: UInt64(edge.target), isOutbound: edge.isOutbound, now: seat.now,
                random: &random)
        }
    }

    private static func connection(_ place: Int) -> ConnectionID { ConnectionID(rawValue: UInt64(place)) }
    private static func place(_ connection: ConnectionID) -> Int { Int(connection.rawValue) }
    private static func id(_ block: Int) -> TopicMessageID { TopicMessageID(0, UInt64(block)) }
    private static func block(_ id: TopicMessageID) -> Int {
        Int(id.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) })
    }

    /// What the mesh counts for a block: a compact one is as large as its ids (`HeldBlocks.compactBytes`).
    private var blockBytes: Int {
        seat.form == .whole ? seat.load.blockBytes : BlockLoad.headerBytes + 6 * seat.load.transactionCount
    }

    mutating func publish(_ block: Int, _ context: inout RelayContext<Message>) {
        mesh.publish(Self.id(block), bytes: blockBytes, topic: Self.topic, now: context.now)
        carryOut(&context)
    }

    mutating func received(_ message: Message, from peer: Int, _ context: inout RelayContext<Message>) {
        let connection = Self.connection(peer)
        switch message {
        case .hello: mesh.peerSubscribed(connection, to: Self.topic, now: context.now)
        case .graft: mesh.receivedGraft(Self.topic, from: connection, now: context.now, random: &context.random)
        case .prune(let backoff, _):
            _ = mesh.receivedPrune(Self.topic, backoff: backoff, from: connection, now: context.now)
        case .have(let blocks):
            mesh.receivedHave(blocks.map(Self.id), topic: Self.topic, from: connection, now: context.now)
        case .want(let blocks): mesh.receivedWant(blocks.map(Self.id), from: connection)
        case .dontWant(let block): mesh.receivedDontWant([Self.id(block)], from: connection)
        case .block(let block):
            let reception = mesh.received(
                Self.id(block), bytes: blockBytes, topic: Self.topic, from: connection,
                isPulled: pulled[block] == peer, refuses: seat.form == .whole, now: context.now)
            if reception == .new {
                pulled[block] = nil
                context.complete(block)
            }
        }
        carryOut(&context)
    }

    mutating func arriving(_ block: Int, from peer: Int, _ context: inout RelayContext<Message>) {
        if mesh.arrived(Self.id(block), from: Self.connection(peer), now: context.now) { pulled[block] = peer }
    }

    mutating func validated(_ block: Int, _ context: inout RelayContext<Message>) {
        mesh.relay(
            Self.id(block), bytes: blockBytes, topic: Self.topic, isAnnounced: false, now: context.now)
        carryOut(&context)
    }

    mutating func executed(_ block: Int, _ context: inout RelayContext<Message>) {
        mesh.announce(Self.id(block))
        carryOut(&context)
    }

    var deadline: Instant? { mutating get { hasStarted ? mesh.deadline : seat.now } }

    mutating func deadlineReached(_ context: inout RelayContext<Message>) {
        if !hasStarted {
            hasStarted = true
            // All nodes start at once: sessions with near peers are open first.
            context.send(.hello, to: seat.peers.indices)
        }
        mesh.deadlineReached(now: context.now, random: &context.random)
        carryOut(&context)
    }

    private mutating func carryOut(_ context: inout RelayContext<Message>) {
        guard !mesh.actions.isEmpty else { return }
        for action in mesh.takeActions() {
            switch action {
            case .graft(_, let peer): context.send(.graft, to: Self.place(peer))
            case .prune(_, let peer, let backoff, let instead):
                context.send(.prune(backoff, contacts: instead.count), to: Self.place(peer))
            case .have(_, let ids, let peer): context.send(.have(ids.map(Self.block)), to: Self.place(peer))
            case .want(let ids, let peer): context.send(.want(ids.map(Self.block)), to: Self.place(peer))
            case .dontWant(let id, let peers):
                context.send(.dontWant(Self.block(id)), to: peers.map(Self.place))
            case .send(let id, let peers): context.send(.block(Self.block(id)), to: peers.map(Self.place))
            case .forget, .offence: break
            }
        }
    }
}
