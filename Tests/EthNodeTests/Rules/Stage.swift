import Chain
import Consensus
import DevP2P
import EthCrypto
import EthNode
import EthWire
import Execution
import Gossip
import KeyValue
import NodeCore
import PeerBook
import Primitives
import RLP
import SansIO
import Storage
import Sync
import Testing

extension ChainStore {
    func canonicalHead(_ number: UInt64) throws -> ChainHead? { try canonicalHash(number).flatMap { try head($0) } }
}

/// One node, and peers that say what a test has them say. Jobs run at once, unless a test holds them.
struct Stage {
    static let start = Instant(unixSeconds: 1_760_000_000)
    static let (eth68, eth69, blocks) = (0, 1, 2)

    private(set) var node: NodeCore
    private(set) var now = Stage.start
    /// What the node did since a test has looked last.
    private(set) var events: [NodeEvent] = []
    private(set) var sent: [(peer: Int, message: OutboundMessage)] = []
    private(set) var jobs: [String] = []
    private(set) var dials: [ConnectionID] = []
    private(set) var closed: [ConnectionID: DisconnectReason] = [:]
    /// The connections of which the node takes nothing for now.
    private(set) var paused: Set<ConnectionID> = []
    private let submissions = Answers()
    var answers: [UInt64: Result<Hash32, PoolError>] { submissions.values }
    /// Jobs that wait for `complete`.
    private(set) var held: [(id: JobID, job: Job)] = []
    var holdsJobs = false
    /// Peers that answer requests for headers and bodies, from a chain; so many more answers.
    var servers: [Int: (chain: ChainStore, answers: Int)] = [:]
    private var places: [Int: [Int]] = [:]

    init(
        _ genesis: Genesis, store: any KeyValueStore = MemoryStore(),
        _ change: (inout ChainNodeConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = ChainNodeConfiguration(
            key: try Self.key(0), clientID: "test", genesis: genesis, networkID: genesis.config.chainID,
            engine: try #require(CliqueEngine(chainConfig: genesis.config)), executor: TransferExecutor(),
            advertisedIP: .loopback, udpPort: 30303, tcpPort: 30303)
        configuration.node.discoveryEnabled = false
        change(&configuration)
        node = try NodeCore(configuration, store: store, random: NodeRandom(seed: 7), now: now)
        handle(.start)
    }

    static func key(_ peer: Int) throws -> PrivateKey {
        try PrivateKey([UInt8](repeating: UInt8(peer + 100), count: 32))
    }

    static func connection(_ peer: Int) -> ConnectionID { ConnectionID(accepted: UInt64(peer)) }

    var head: UInt64 { node.ethNode.status.head.number }

    mutating func handle(_ input: NodeInput) {
        node.handle(input, now: now)
        carryOut()
    }

    mutating func submit(_ transaction: Transaction, ticket: UInt64) {
        handle(submissions.submission(transaction, ticket))
    }

    private mutating func finish(_ id: JobID, _ job: Job) {
        job.work()
        handle(.jobCompleted(id))
    }

    /// Lets time pass, deadline after deadline.
    mutating func run(for duration: Duration) {
        let end = now + duration
        while let deadline = node.deadline, deadline <= end {
            now = max(now, deadline)
            handle(.deadlineReached)
        }
        now = end
    }

    /// Forgets what the node has done so far.
    mutating func clear() { (events, sent, jobs, dials, closed) = ([], [], [], [], [:]) }

    // MARK: Peers

    /// A peer whose Status says that its chain ends at `head`; the genesis block by default.
    ///
    /// - Parameter beforeStatus: what happens between the two Statuses, the node's and the peer's.
    mutating func join(
        _ peer: Int, sharing places: [Int], head: ChainHead? = nil, from ip: IPAddress? = nil,
        beforeStatus: (inout Stage) throws -> Void = { _ in }
    ) throws {
        let hello = PeerHello(
            clientID: "peer \(peer)", p2pVersion: 5, listenPort: 0, capabilities: [], shared: places)
        let id = Self.connection(peer)
        let address = Endpoint(ip: ip ?? .v4(0x0a00_0001 + UInt32(peer)), port: 30303)
        self.places[peer] = places
        handle(.accepted(id, from: address))
        handle(.connection(id, [.identified(try Self.key(peer).publicKey), .ready(hello)]))
        try beforeStatus(&self)
        let genesis = try #require(try node.ethNode.chainStore.canonicalHead(0))
        let head = head ?? genesis
        let forks = ForkSchedule(
            config: node.ethNode.configuration.genesis.config, genesisHash: genesis.hash, genesisTime: genesis.timestamp
        )
        let forkID = forks.forkID(number: head.number, time: head.timestamp)
        let networkID = node.ethNode.configuration.networkID
        let status =
            places.contains(Self.eth69)
            ? EthStatus(
                networkID: networkID, genesisHash: genesis.hash, forkID: forkID,
                range: BlockRange(earliest: 0, latest: head.number, latestHash: head.hash))
            : EthStatus(
                networkID: networkID, genesisHash: genesis.hash, forkID: forkID,
                totalDifficulty: head.totalDifficulty, headHash: head.hash)
        say(.status(status), by: peer)
    }

    mutating func leave(_ peer: Int) { handle(.connection(Self.connection(peer), [.closed(.network)])) }

    mutating func say(_ message: EthMessage, by peer: Int) {
        let version: EthVersion = places[peer]?.contains(Self.eth69) == true ? .eth69 : .eth68
        say(message, version: version.number, of: version == .eth69 ? Self.eth69 : Self.eth68, by: peer)
    }

    mutating func say(_ message: BlocksMessage, by peer: Int) { say(message, version: 1, of: Self.blocks, by: peer) }

    private mutating func say(_ message: some VersionedMessage, version: UInt64, of capability: Int, by peer: Int) {
        var writer = RLPWriter()
        message.encode(version: version, into: &writer)
        let event = ConnectionEvent.message(capability: capability, id: message.id, payload: writer.bytes)
        handle(.connection(Self.connection(peer), [event]))
    }

    // MARK: What the node did

    /// The `eth` messages that a peer was sent.
    func eth(to peer: Int) -> [EthMessage] {
        sent.compactMap { receiver, message in
            guard receiver == peer, let rlp = message.rlp else { return nil }
            return switch message.capability {
            case Self.eth68: try? EthMessage(id: message.id, payload: rlp[...], version: .eth68)
            case Self.eth69: try? EthMessage(id: message.id, payload: rlp[...], version: .eth69)
            default: nil
            }
        }
    }

    /// The blocks that a peer was told of by `blocks/1`.
    func announced(to peer: Int) -> [UInt64] {
        sent.flatMap { receiver, message -> [UInt64] in
            guard receiver == peer, message.capability == Self.blocks, let rlp = message.rlp,
                case .newBlockHashes(let blocks)? = try? BlocksMessage(id: message.id, payload: rlp[...])
            else { return [] }
            return blocks.map(\.number)
        }
    }

    func ids(to peer: Int) -> [EthMessageID] { eth(to: peer).map(\.messageID) }

    func offences(of peer: Int) -> [Offence] {
        events.compactMap {
            if case .offence(let who, let offence) = $0, who.connection == Self.connection(peer) {
                offence
            } else {
                nil
            }
        }
    }

    func usefulness(of peer: Int) -> PeerStatus? {
        node.peerStatuses.first { $0.peer.connection == Self.connection(peer) }
    }

    /// Blocks brought first, in points.
    func blockPoints(of peer: Int) -> Int { usefulness(of: peer)?.reputation?.usefulness.blocks ?? 0 }

    func transactionPoints(of peer: Int) -> Int { usefulness(of: peer)?.reputation?.usefulness.transactions ?? 0 }

    /// Completes the held job that was begun first of those with a name.
    mutating func complete(_ name: String) throws {
        let at = try #require(held.firstIndex { "\($0.job.name)" == name }, "no such job: \(held.map(\.job.name))")
        let (id, job) = held.remove(at: at)
        finish(id, job)
    }

    /// Completes the held job that was begun first.
    mutating func completeFirst() throws {
        try #require(!held.isEmpty)
        let (id, job) = held.removeFirst()
        finish(id, job)
    }

    /// Completes what is held, and lets later jobs run at once.
    mutating func completeAll() throws {
        holdsJobs = false
        while !held.isEmpty { try completeFirst() }
    }

    private mutating func carryOut() {
        for effect in node.takeEffects() {
            switch effect {
            case .run(let id, let job):
                jobs.append("\(job.name)")
                if holdsJobs { held.append((id, job)) } else { finish(id, job) }
            case .send(let id, let messages):
                guard let peer = places.keys.first(where: { Self.connection($0) == id }) else { continue }
                for message in messages {
                    sent.append((peer, message))
                    answer(message, of: peer)
                }
            case .dial(let id, _, _): dials.append(id)
            case .disconnect(let id, let reason): closed[id] = reason
            case .pause(let id): paused.insert(id)
            case .resume(let id): paused.remove(id)
            case .reply(let reply): reply()
            case .event(let event): events.append(event)
            case .sendDatagram: break
            }
        }
    }

    /// As a peer with the chain would.
    private mutating func answer(_ message: OutboundMessage, of peer: Int) {
        guard let server = servers[peer], server.answers > 0, message.capability <= Self.eth69, let rlp = message.rlp,
            let request = try? EthMessage(id: message.id, payload: rlp[...], version: .eth68)
        else { return }
        switch request {
        case .getBlockHeaders, .getBlockBodies:
            let answer = ChainServer(server.chain).answer(to: request, receipts: .withBloom, maxBytes: 2 << 20)
            guard let answer else { return }
            servers[peer]?.answers -= 1
            say(answer, by: peer)
        default: break
        }
    }
}
