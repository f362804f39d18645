import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// Nodes for tests: the key number `n`, at an address, each in a /16 of its own.
struct Node: Sendable {
    let key: PrivateKey
    let contact: NodeContact

    var id: NodeID { contact.id }

    init(_ number: UInt64, ip: String? = nil, port: UInt16 = 30303) {
        var random = NodeRandom(seed: number, stream: 77)
        key = PrivateKey.generate(using: &random)
        let address = IPAddress(ip ?? "34.\(number).0.1") ?? .loopback
        contact = NodeContact(publicKey: key.publicKey, ip: address, udpPort: port, tcpPort: port)
    }
}

extension Instant {
    static let start = Instant(unixSeconds: 1_700_000_000)
}

/// A book with a clock and numbered connections, so that a test reads as a list of rounds.
struct Rounds {
    var book: PeerBook
    var now = Instant.start
    private(set) var lastConnection: UInt64 = 0
    /// All effects so far.
    var effects: [PeerBookEffect] = []

    init(
        _ limits: PeerLimits = PeerLimits(), table: ReputationTable = .standard, local: Node = Node(0), seed: UInt64 = 1
    ) {
        book = PeerBook(limits: limits, table: table, localID: local.id, random: NodeRandom(seed: seed), now: .start)
    }

    /// Lets so many peers in that nobody minds, for instance to have more than one.
    mutating func fill(_ count: UInt64, from first: UInt64 = 200) -> [ConnectionID] {
        (0..<count).map { accept(Node(first + $0)).connection }
    }

    mutating func nextConnection() -> ConnectionID {
        lastConnection += 1
        return ConnectionID(rawValue: lastConnection)
    }

    /// What is dialed after `wait` more.
    mutating func dials(after wait: Duration = .zero) -> [DialTarget] {
        now = now + wait
        var last = lastConnection
        let targets = book.dialsDue(now: now) {
            last += 1
            return ConnectionID(rawValue: last)
        }
        lastConnection = last
        collect()
        return targets
    }

    /// Brings a dial to a session.
    mutating func complete(_ target: DialTarget) -> DisconnectReason? {
        defer { collect() }
        return book.identified(target.connection, as: target.publicKey, now: now)
            ?? book.greeted(target.connection, now: now) ?? book.connected(target.connection, now: now)
    }

    /// Accepts a connection and brings it to a session.
    mutating func accept(_ node: Node, isBehind: Bool = false) -> (
        connection: ConnectionID, refusal: InboundRefusal?, reason: DisconnectReason?
    ) {
        defer { collect() }
        let connection = nextConnection()
        if let refusal = book.admitInbound(connection, from: Endpoint(ip: node.contact.ip, port: 50_000), now: now) {
            return (connection, refusal, nil)
        }
        let reason =
            book.identified(connection, as: node.key.publicKey, now: now) ?? book.greeted(connection, now: now)
            ?? book.connected(connection, isBehind: isBehind, now: now)
        return (connection, nil, reason)
    }

    mutating func collect() { effects += book.takeEffects() }

    var events: [PeerEvent] {
        effects.compactMap { if case .event(let event) = $0 { event } else { nil } }
    }

    var disconnects: [(ConnectionID, DisconnectReason)] {
        effects.compactMap { if case .disconnect(let id, let reason) = $0 { (id, reason) } else { nil } }
    }
}
