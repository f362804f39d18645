import EthCrypto
import NodeRecord
import Primitives
import SansIO

/// The nodes that are known by host name, and when each name is looked up: when its node is dialed, and again and again
/// until there is an address, or while the node isn't connected, since the node behind a name may move.
///
/// A name has at most one lookup under way, and waits for no other name's.
struct NodeNames: Sendable {
    enum Use: Sendable {
        /// Discovery begins with it.
        case bootnode
        /// A connection to it is kept.
        case staticPeer
    }

    struct Lookup: Hashable, Sendable {
        let number: UInt64
        let host: String
    }

    /// What follows from an answer.
    enum Outcome: Equatable {
        case moved(NodeContact, Use)
        /// To be said: why, and in how long the name is looked up again.
        case failed(HostNotFound, again: Duration)
        case nothing
    }

    private struct Entry: Sendable {
        let url: EnodeURL
        let host: String
        let id: NodeID
        let use: Use
        var next: Instant
        var failures = 0
        /// The last answer.
        var ip: IPAddress?
        var answeredAt: Instant?
        var pending: Pending?
    }

    private struct Pending: Sendable {
        let number: UInt64
        let since: Instant
        /// The node is being dialed where it was last.
        let isForDial: Bool
        var isOverdue = false
    }

    static let maxCount = 256
    static let timeout = Duration.seconds(10)
    /// Between two lookups of a name whose node isn't connected.
    private static let interval = Duration.seconds(30)
    /// An answer is as good as a new one for so long, so that no name makes a node dial without a pause.
    private static let freshness = Duration.seconds(5)
    private static let longestPause = Duration.seconds(300)

    private var entries: [Entry] = []
    private var lastNumber: UInt64 = 0

    /// - Returns: whether there is room for one more.
    mutating func add(_ url: EnodeURL, _ use: Use, now: Instant) -> Bool {
        guard case .name(let host) = url.host else { return false }
        let id = url.publicKey.nodeID
        entries.removeAll { $0.id == id && $0.use == use }
        guard entries.count < Self.maxCount else { return false }
        entries.append(Entry(url: url, host: host, id: id, use: use, next: now))
        return true
    }

    /// The operator no longer wants it as a peer, or gives its address.
    mutating func removeStatic(_ id: NodeID) { entries.removeAll { $0.id == id && $0.use == .staticPeer } }

    /// The node is being dialed at the address that is known.
    mutating func dialing(_ id: NodeID, now: Instant) -> Lookup? {
        guard let index = entries.firstIndex(where: { $0.id == id && $0.use == .staticPeer }),
            entries[index].pending == nil,
            entries[index].answeredAt.map({ now - $0 >= Self.freshness }) ?? true
        else { return nil }
        return begin(index, isForDial: true, now: now)
    }

    /// When `due` is worth a call.
    func isDue(now: Instant) -> Bool { entries.contains { $0.pending == nil && $0.next <= now } }

    /// The lookups to begin now.
    ///
    /// - Parameter isMissed: whether the node is wanted and not connected.
    mutating func due(now: Instant, isMissed: (NodeID, Use) -> Bool) -> [Lookup] {
        var lookups: [Lookup] = []
        for index in entries.indices where entries[index].pending == nil && entries[index].next <= now {
            if entries[index].ip == nil || isMissed(entries[index].id, entries[index].use) {
                lookups.append(begin(index, isForDial: false, now: now))
            } else {
                entries[index].next = now + Self.interval
            }
        }
        return lookups
    }

    /// What is to be said of lookups that have no answer in time. They go on: a late answer is one too.
    mutating func overdue(now: Instant) -> [Outcome] {
        var outcomes: [Outcome] = []
        for index in entries.indices {
            guard let pending = entries[index].pending, !pending.isOverdue, now - pending.since >= Self.timeout else {
                continue
            }
            entries[index].pending?.isOverdue = true
            outcomes.append(failed(index, now: now, isTimeout: true))
        }
        return outcomes
    }

    /// - Parameter addresses: of the host; none where it has none.
    mutating func answered(_ lookup: Lookup, _ addresses: [IPAddress], now: Instant) -> Outcome {
        guard let index = entries.firstIndex(where: { $0.pending?.number == lookup.number }),
            let pending = entries[index].pending
        else { return .nothing }
        entries[index].pending = nil
        let known = entries[index].ip
        guard let ip = Self.choose(addresses, known: known, isForDial: pending.isForDial) else {
            return pending.isOverdue ? .nothing : failed(index, now: now, isTimeout: false)
        }
        entries[index].failures = 0
        entries[index].answeredAt = now
        entries[index].next = now + Self.interval
        entries[index].ip = ip
        return ip == known ? .nothing : .moved(entries[index].url.contact(at: ip), entries[index].use)
    }

    private mutating func begin(_ index: Int, isForDial: Bool, now: Instant) -> Lookup {
        lastNumber += 1
        entries[index].pending = Pending(number: lastNumber, since: now, isForDial: isForDial)
        return Lookup(number: lastNumber, host: entries[index].host)
    }

    private mutating func failed(_ index: Int, now: Instant, isTimeout: Bool) -> Outcome {
        let pause = min(.seconds(5 << min(entries[index].failures, 6)), Self.longestPause)
        entries[index].failures += 1
        entries[index].next = now + pause
        return .failed(HostNotFound(host: entries[index].host, isTimeout: isTimeout), again: pause)
    }

    /// A name may stand for several addresses: the one that is being dialed stays while it is among them, and where the
    /// node wasn't reached the next one has its turn.
    private static func choose(_ addresses: [IPAddress], known: IPAddress?, isForDial: Bool) -> IPAddress? {
        guard let known, let index = addresses.firstIndex(of: known) else { return addresses.first }
        return isForDial ? known : addresses[(index + 1) % addresses.count]
    }
}
