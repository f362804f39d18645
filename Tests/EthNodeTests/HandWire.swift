import Chain
import EthCrypto
import Gossip
import NodeCore
import Primitives
import SansIO
import Testing

@testable import DevP2P

/// A few nodes whose connections and clock a test holds in its hands. Jobs run at once.
struct HandWire {
    /// Whether a message from one node to another arrives.
    typealias Rule = (_ from: Int, _ to: Int, _ message: OutboundMessage) -> Bool

    private struct End: Hashable {
        let node: Int
        let connection: ConnectionID
    }

    private(set) var nodes: [NodeCore]
    private(set) var now: Instant
    private let keys: [PrivateKey]
    private var others: [End: End] = [:]
    var arrives: Rule = { _, _, _ in true }
    /// What a capability of a user has told, by node, if it tells bytes.
    var notes: [[[UInt8]]] = [[], [], []]
    private(set) var offences: [Offence] = []
    /// Whether a node may end a connection.
    var mayClose = false
    private(set) var closed: [ConnectionID] = []
    /// Whether jobs wait for `runJobs`.
    var holdsJobs = false
    private var heldJobs: [(node: Int, id: JobID, job: Job)] = []
    private let answers = Answers()
    /// What became of what users handed in, by ticket.
    var submitted: [UInt64: Result<Hash32, PoolError>] { answers.values }
    /// Jobs so far, of all nodes.
    private(set) var jobCount = 0

    init(_ nodes: [NodeCore], keys: [PrivateKey], now: Instant) throws {
        self.nodes = nodes
        self.keys = keys
        self.now = now
        for index in nodes.indices { try handle(.start, at: index) }
    }

    /// Connects two nodes that share the capabilities at these places of their lists.
    mutating func connect(_ first: Int, _ second: Int, sharing places: [Int]) throws {
        let id = ConnectionID(accepted: UInt64(others.count + 1))
        let ends = [End(node: first, connection: id), End(node: second, connection: id)]
        others[ends[0]] = ends[1]
        others[ends[1]] = ends[0]
        for (end, other) in [(ends[0], ends[1]), (ends[1], ends[0])] {
            let address = Endpoint(ip: .v4(0x0a00_0001 + UInt32(other.node)), port: 30303)
            let hello = PeerHello(
                clientID: "node \(other.node)", p2pVersion: 5, listenPort: 0, capabilities: [], shared: places)
            nodes[end.node].handle(.accepted(id, from: address), now: now)
            nodes[end.node].handle(
                .connection(id, [.identified(keys[other.node].publicKey), .ready(hello)]), now: now)
        }
        try settle()
    }

    /// Ends the connection of two nodes at the first one's end.
    mutating func disconnect(_ first: Int, _ second: Int) throws {
        let end = try #require(others.keys.first { $0.node == first && others[$0]?.node == second })
        try handle(.connection(end.connection, [.closed(.network)]), at: first)
    }

    mutating func handle(_ input: NodeInput, at index: Int) throws {
        nodes[index].handle(input, now: now)
        try settle()
    }

    /// Hands a node a message as if it came from the other end of its connection to `sender`.
    mutating func inject(_ message: OutboundMessage, from sender: Int, to index: Int) throws {
        let end = try #require(others.keys.first { $0.node == index && others[$0]?.node == sender })
        try deliver(message, to: end)
        try settle()
    }

    mutating func submit(_ transaction: Transaction, ticket: UInt64, at index: Int) throws {
        try handle(answers.submission(transaction, ticket), at: index)
    }

    private mutating func finish(_ id: JobID, _ job: Job, of node: Int) {
        job.work()
        nodes[node].handle(.jobCompleted(id), now: now)
    }

    /// Runs the jobs that wait now; those that follow from them wait again.
    mutating func runJobs() throws {
        let jobs = heldJobs
        heldJobs = []
        for (node, id, job) in jobs { finish(id, job, of: node) }
        try settle()
    }

    /// Lets time pass up to a moment, deadline after deadline.
    mutating func run(for duration: Duration) throws {
        let end = now + duration
        while true {
            var next: (moment: Instant, node: Int)?
            for index in nodes.indices {
                guard let deadline = nodes[index].deadline, deadline <= end else { continue }
                if next.map({ deadline < $0.moment }) ?? true { next = (deadline, index) }
            }
            guard let next else { break }
            now = max(now, next.moment)
            try handle(.deadlineReached, at: next.node)
        }
        now = end
    }

    private mutating func deliver(_ message: OutboundMessage, to end: End) throws {
        let payload = try message.payload.withUnsafeBytes { try Snappy.decompress($0, limit: 1 << 24) }
        let event = ConnectionEvent.message(capability: message.capability, id: message.id, payload: payload)
        nodes[end.node].handle(.connection(end.connection, [event]), now: now)
    }

    /// Carries out effects until there are none.
    private mutating func settle() throws {
        var isQuiet = false
        while !isQuiet {
            isQuiet = true
            for index in nodes.indices {
                for effect in nodes[index].takeEffects() {
                    isQuiet = false
                    try carryOut(effect, of: index)
                }
            }
        }
    }

    private mutating func carryOut(_ effect: NodeEffect, of index: Int) throws {
        switch effect {
        case .run(let id, let job) where holdsJobs: heldJobs.append((index, id, job))
        case .run(let id, let job):
            jobCount += 1
            finish(id, job, of: index)
        case .send(let id, let messages):
            guard let other = others[End(node: index, connection: id)] else { return }
            for message in messages where arrives(index, other.node, message) { try deliver(message, to: other) }
        case .disconnect(let id, _) where mayClose: closed.append(id)
        case .disconnect(let id, let reason): Issue.record("node \(index) closes \(id): \(reason)")
        case .event(.capability(_, let note as [UInt8])): notes[index].append(note)
        case .event(.offence(_, let offence)): offences.append(offence)
        case .reply(let reply): reply()
        case .sendDatagram, .dial, .pause, .resume, .event: break
        }
    }
}
