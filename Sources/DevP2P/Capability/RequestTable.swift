public import SansIO

/// The requests that a capability has sent and waits for: ids, one deadline each, bounded.
///
/// A response that comes after its deadline is told from one that nobody asked for, as long as the table remembers.
///
/// - Complexity: O(log n) a call, `removeAll` O(n log n).
public struct RequestTable<Pending: Sendable>: Sendable {
    /// What a response turned out to be.
    public enum Answer {
        /// The response to this request, which is no longer in the table.
        case expected(Pending)
        /// To a request that timed out. Harmless.
        case late
        /// To no request that this peer was sent.
        case unsolicited
    }

    /// A request whose time is up, or whose peer is gone.
    public struct Failed: Sendable {
        public let id: UInt64
        public let connection: ConnectionID
        public let pending: Pending
    }

    private struct Entry: Sendable {
        let connection: ConnectionID
        let pending: Pending
    }

    /// A request and whom it was sent to: what a late response is recognised by.
    private struct Key: Hashable, Sendable {
        let id: UInt64
        let connection: ConnectionID
    }

    public let maxPerPeer: Int
    public let maxCount: Int

    private var entries: [UInt64: Entry] = [:]
    private var countByPeer: [ConnectionID: Int] = [:]
    private var deadlines = DeadlineHeap<UInt64>()
    private var timedOut: RecentSet<Key>
    private var nextID: UInt64 = 1

    /// When the next request times out; nil where none is pending.
    public private(set) var deadline: Instant?

    /// - Parameter maxPerPeer: requests that one peer may owe at a time; `maxCount`: all peers together.
    public init(maxPerPeer: Int, maxCount: Int) {
        self.maxPerPeer = maxPerPeer
        self.maxCount = maxCount
        timedOut = RecentSet(capacity: max(1, maxCount))
    }

    public var count: Int { entries.count }

    public var isEmpty: Bool { entries.isEmpty }

    /// The number of requests that a peer owes.
    public func count(of peer: Peer) -> Int { count(of: peer.connection) }

    func count(of connection: ConnectionID) -> Int { countByPeer[connection] ?? 0 }

    /// Notes a request to `peer`; its id, to be sent along, or nil where the table or the peer's share is full.
    public mutating func add(_ pending: Pending, to peer: Peer, timeout: Duration, now: Instant) -> UInt64? {
        let owed = count(of: peer)
        guard owed < maxPerPeer, entries.count < maxCount else { return nil }
        let id = nextID
        nextID &+= 1
        entries[id] = Entry(connection: peer.connection, pending: pending)
        countByPeer[peer.connection] = owed + 1
        deadlines.set(id, to: now + timeout)
        deadline = deadlines.next
        return id
    }

    /// Takes the request that a response with this id answers. A response from another peer than asked is unsolicited.
    public mutating func answer(_ id: UInt64, from peer: Peer) -> Answer {
        guard let entry = entries[id], entry.connection == peer.connection else {
            return timedOut.contains(Key(id: id, connection: peer.connection)) ? .late : .unsolicited
        }
        remove(id, of: entry.connection)
        deadlines.set(id, to: nil)
        deadline = deadlines.next
        return .expected(entry.pending)
    }

    /// The next request whose deadline has come; nil where there is none. Call until it is nil.
    public mutating func popTimedOut(now: Instant) -> Failed? {
        guard let id = deadlines.popDue(now), let entry = entries[id] else { return nil }
        remove(id, of: entry.connection)
        timedOut.insert(Key(id: id, connection: entry.connection), now: now)
        deadline = deadlines.next
        return Failed(id: id, connection: entry.connection, pending: entry.pending)
    }

    /// Takes all requests to a peer that has left, in the order in which they were sent.
    public mutating func removeAll(of peer: Peer) -> [Failed] {
        guard count(of: peer) > 0 else { return [] }
        let ids = entries.filter { $0.value.connection == peer.connection }.keys.sorted()
        var failed: [Failed] = []
        for id in ids {
            guard let entry = entries[id] else { continue }
            remove(id, of: entry.connection)
            deadlines.set(id, to: nil)
            failed.append(Failed(id: id, connection: entry.connection, pending: entry.pending))
        }
        deadline = deadlines.next
        return failed
    }

    private mutating func remove(_ id: UInt64, of connection: ConnectionID) {
        entries[id] = nil
        let owed = (countByPeer[connection] ?? 1) - 1
        countByPeer[connection] = owed > 0 ? owed : nil
    }
}
