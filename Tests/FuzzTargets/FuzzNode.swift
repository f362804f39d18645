import Chain
import DevP2P
import EthCrypto
import EthNode
import Execution
import Gossip
import KeyValue
import NodeCore
import NodeRecord
import Primitives
import SansIO

/// A whole node, and everything that can happen to it: datagrams, connections of hostile peers, jobs that end in any
/// order, deadlines, its user. The bytes are a sequence of inputs.
///
/// One run in eight is repeated, and must have the same effects.
public func fuzzNode(_ bytes: [UInt8]) throws(BrokenProperty) {
    let trace = try NodeProgram.run(bytes)
    let sum = bytes.reduce(UInt8(0)) { $0 &+ $1 }
    guard sum % 8 == 0 else { return }
    try require(try NodeProgram.run(bytes) == trace, "the same inputs have other effects")
}

struct NodeProgram {
    /// One TCP connection, as the driver sees it.
    private struct Link {
        let peer: Int
        var isIdentified = false
        var speaker: HostileEthPeer?
        /// The node has said goodbye: events that were on their way may still come.
        var isClosing = false
    }

    private static let maxPeers = 4

    private var core: NodeCore
    private let chain: FixedChain
    private var now = Fixed.now
    private var links: [ConnectionID: Link] = [:]
    /// The keys of `links`, in their order.
    private var order: [ConnectionID] = []
    private var jobs: [(id: JobID, job: Job)] = []
    private var peers = HostilePeers()
    private var acceptedCount: UInt64 = 0
    private let answers = FuzzAnswers()
    private var trace = EffectTrace()

    /// - Returns: a digest of all effects.
    static func run(_ bytes: [UInt8]) throws(BrokenProperty) -> Hash32 {
        var input = FuzzInput(bytes)
        var program = try NodeProgram(&input)
        try program.handle(.start)
        while !input.isAtEnd { try program.step(&input) }
        try program.settle()
        return program.trace.digest
    }

    private init(_ input: inout FuzzInput) throws(BrokenProperty) {
        let start = input.byte()
        guard let chain = FixedChain.shared, let engine = FixedChain.engine() else {
            throw BrokenProperty("no chain can be made")
        }
        var configuration = ChainNodeConfiguration(
            key: Fixed.nodeKey, clientID: "fuzzed", genesis: FixedChain.genesis, networkID: FixedChain.networkID,
            engine: engine, executor: TransferExecutor(), advertisedIP: .v4(0x0a00_0001), udpPort: 30303,
            tcpPort: 30303)
        configuration.node.maxPeers = Self.maxPeers
        configuration.chain.sealingKey = start & 1 == 1 ? Fixed.nodeKey : nil
        configuration.node.bootnodes = start & 2 == 2 ? [HostilePeers.contact(0)] : []
        configuration.node.staticPeers = start & 4 == 4 ? [HostilePeers.contact(1)] : []
        configuration.node.discoveryEnabled = start & 8 == 0
        guard
            let core = try? NodeCore(
                configuration, store: MemoryStore(), random: NodeRandom(seed: 11), now: now)
        else { throw BrokenProperty("no node can be made") }
        self.core = core
        self.core.register(FuzzNotes())
        self.chain = chain
    }

    private mutating func step(_ input: inout FuzzInput) throws(BrokenProperty) {
        switch input.choice(16) {
        case 0:
            let (bytes, peer) = peers.datagram(&input, now: now)
            try handle(.datagram(bytes, from: Fixed.endpoints[peer]))
        case 1: try accept(input.choice(Fixed.peerKeys.count))
        case 2, 3: try identify(&input)
        case 4...9: try speak(&input)
        case 10:
            guard let id = someLink(&input) else { return try accept(0) }
            try close(id, Self.causes[input.choice(Self.causes.count)])
        case 11, 12: try completeJob(input.choice(max(1, jobs.count)))
        case 13:
            now = max(now, core.deadline ?? now)
            try reachDeadline()
        case 14:
            now = now + .milliseconds(1 << Int64(input.choice(20)))
            try reachDeadline()
        default: try act(&input)
        }
    }

    private static let causes: [CloseCause] = [
        .network, .remote(.tooManyPeers), .remote(nil), .timeout(.idle), .outputOverflow,
        .protocolError(.corruptCompression), .protocolError(.codeOutOfRange(99)),
    ]

    // MARK: Connections

    private mutating func accept(_ peer: Int) throws(BrokenProperty) {
        guard links.count < 64 else { return }
        acceptedCount += 1
        let id = ConnectionID(accepted: acceptedCount)
        open(id, Link(peer: peer))
        try handle(.accepted(id, from: Fixed.endpoints[peer]))
    }

    private mutating func open(_ id: ConnectionID, _ link: Link) {
        links[id] = link
        order.append(id)
    }

    private func someLink(_ input: inout FuzzInput) -> ConnectionID? {
        order.isEmpty ? nil : order[input.choice(order.count)]
    }

    /// Takes a connection one step on: the key exchange, then Hello.
    private mutating func identify(_ input: inout FuzzInput) throws(BrokenProperty) {
        guard let id = someLink(&input), let link = links[id] else { return try accept(input.choice(8)) }
        if !link.isIdentified {
            if !id.isAccepted, input.choice(4) == 0 {
                forget(id)
                return try handle(.dialFailed(id))
            }
            links[id]?.isIdentified = true
            // A peer may have another key than its address suggests, unless it was dialed.
            let key = id.isAccepted && input.choice(4) == 0 ? input.choice(8) : link.peer
            return try handle(.connection(id, [.identified(Fixed.peerKeys[key].publicKey)]))
        }
        guard link.speaker == nil else { return }
        let shared = [[0], [1], [0, 4, 2], [1, 4, 2], [4, 2]][input.choice(5)]
        let names = shared.map { core.localHello.capabilities[$0].name }
        let speaker = HostileEthPeer(shared: shared, chain: chain)
        links[id]?.speaker = speaker
        let hello = PeerHello(
            clientID: "hostile", p2pVersion: 5, listenPort: 0, capabilities: names, shared: shared)
        try handle(.connection(id, [.ready(hello)]))
    }

    private mutating func speak(_ input: inout FuzzInput) throws(BrokenProperty) {
        guard let id = someLink(&input), var speaker = links[id]?.speaker else { return try identify(&input) }
        var events: [ConnectionEvent] = []
        for _ in 0...input.choice(4) {
            let (capability, code, payload) = speaker.message(&input)
            events.append(.message(capability: capability, id: code, payload: payload))
        }
        links[id]?.speaker = speaker
        try handle(.connection(id, events))
    }

    private mutating func close(_ id: ConnectionID, _ cause: CloseCause) throws(BrokenProperty) {
        forget(id)
        try handle(.connection(id, [.closed(cause)]))
    }

    private mutating func forget(_ id: ConnectionID) {
        links[id] = nil
        order.removeAll { $0 == id }
    }

    // MARK: The node's own

    private mutating func act(_ input: inout FuzzInput) throws(BrokenProperty) {
        let peer = input.choice(Fixed.peerKeys.count)
        switch input.choice(8) {
        case 0: try handle(.addPeer(HostilePeers.contact(peer)))
        case 1: try handle(.removePeer(Fixed.peerKeys[peer].publicKey.nodeID))
        case 2:
            let bytes = input.block()
            guard let transaction = try? Transaction(encoded: bytes) else { return }
            try handle(submission(transaction, 1))
        case 3: if input.byte() == 0xff { try handle(.stop) }
        default:
            let transaction = FixedChain.transfer(
                from: peer, nonce: UInt64(input.choice(4)), value: UInt256(input.uint64()),
                tip: UInt256(UInt64(input.byte()) << 26))
            try handle(submission(transaction, 2))
        }
    }

    private func submission(_ transaction: Transaction, _ ticket: Int) -> NodeInput {
        .submit(transaction, ReplyTo { [answers] in answers.note($0, ticket) })
    }

    private mutating func completeJob(_ place: Int) throws(BrokenProperty) {
        guard jobs.indices.contains(place) else { return }
        let (id, job) = jobs.remove(at: place)
        job.work()
        try handle(.jobCompleted(id))
    }

    private mutating func reachDeadline() throws(BrokenProperty) {
        for _ in 0..<8 {
            guard let deadline = core.deadline, deadline <= now else { return }
            try handle(.deadlineReached)
        }
        let deadline = core.deadline ?? .distantFuture
        try require(deadline > now, "the deadline never moves: a driver would spin")
    }

    /// The peers go away and the jobs end: then the node is as before.
    private mutating func settle() throws(BrokenProperty) {
        for id in order { try close(id, .network) }
        for _ in 0..<200 where !jobs.isEmpty { try completeJob(0) }
        try require(core.status.peerCount == 0, "\(core.status.peerCount) peers are left over")
    }

    private mutating func handle(_ input: NodeInput) throws(BrokenProperty) {
        core.handle(input, now: now)
        let effects = core.takeEffects()
        try require(effects.count <= 2000, "one input leads to \(effects.count) effects")
        for effect in effects {
            trace.add(effect)
            try carryOut(effect)
        }
        try require(core.status.peerCount <= Self.maxPeers + 1 + Fixed.peerKeys.count, "too many peers")
        try require(jobs.count <= 200, "\(jobs.count) jobs are under way")
        // The node's own loop must not find a moment to act in the past for ever; see reachDeadline.
    }

    private mutating func carryOut(_ effect: NodeEffect) throws(BrokenProperty) {
        switch effect {
        case .sendDatagram(let bytes, let to):
            try require(bytes.count <= 1280, "a datagram of \(bytes.count) bytes")
            peers.observe(bytes, to: to)
        case .dial(let id, _, let key):
            try require(links[id] == nil && !id.isAccepted, "a connection has the number of another")
            let peer = Fixed.peerKeys.firstIndex { $0.publicKey == key }
            guard let peer else { throw BrokenProperty("the node dials a key that nobody has") }
            open(id, Link(peer: peer))
        case .send(let id, let messages):
            guard let link = links[id], link.speaker != nil else { throw BrokenProperty("a message to nobody") }
            try require(!link.isClosing, "a message after goodbye")
            for message in messages { links[id]?.speaker?.observe(message) }
        case .disconnect(let id, _):
            guard let link = links[id] else { throw BrokenProperty("goodbye to nobody") }
            try require(!link.isClosing, "goodbye twice")
            links[id]?.isClosing = true
        case .pause(let id), .resume(let id): try require(links[id] != nil, "nobody is paused")
        case .run(let id, let job): jobs.append((id, job))
        case .reply(let reply):
            reply()
            for (ticket, result) in answers.take() {
                trace.add("submitted \(ticket) \((try? result?.get())?.hex ?? "refused")")
            }
        case .event: break
        }
    }
}
