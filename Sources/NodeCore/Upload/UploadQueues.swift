import DequeModule
import DevP2P
import SansIO

/// Messages to relay that wait for the budget, in order; of too many the newest aren't taken.
struct RelayBacklog: Sendable {
    private struct Entry: Sendable {
        let connection: ConnectionID
        let message: OutboundMessage
    }

    static let maxCount = 4096
    /// A share for each peer, so that one that costs much doesn't push out what others wait for.
    static let maxBytesPerPeer = 1 << 20

    private var entries = Deque<Entry>()
    private var bytesByPeer: [ConnectionID: Int] = [:]
    private(set) var bytes = 0
    private let maxBytes: Int

    init(maxBytes: Int) { self.maxBytes = maxBytes }

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }
    /// The size of the first message on the wire.
    var nextBytes: Int? { entries.first?.message.frameBytes }

    mutating func append(_ message: OutboundMessage, to connection: ConnectionID) -> Bool {
        let size = message.frameBytes
        let own = bytesByPeer[connection] ?? 0
        // One message always fits, or a large one never would.
        guard count < Self.maxCount, isEmpty || size <= maxBytes - bytes, own == 0 || size <= Self.maxBytesPerPeer - own
        else { return false }
        entries.append(Entry(connection: connection, message: message))
        bytesByPeer[connection] = own + size
        bytes += size
        return true
    }

    mutating func popFirst() -> (connection: ConnectionID, message: OutboundMessage)? {
        guard let entry = entries.popFirst() else { return nil }
        note(removed: entry)
        return (entry.connection, entry.message)
    }

    /// Forgets what waits for a connection that is gone.
    mutating func remove(_ connection: ConnectionID) {
        guard let removed = bytesByPeer.removeValue(forKey: connection) else { return }
        entries.removeAll { $0.connection == connection }
        bytes -= removed
    }

    /// Forgets what waits of some streams of a capability for a connection.
    ///
    /// - Returns: how many messages that were.
    mutating func remove(_ streams: [UInt64], of capability: Int, to connection: ConnectionID) -> Int {
        guard bytesByPeer[connection] != nil else { return 0 }
        var kept = Deque<Entry>()
        let before = count
        for entry in entries {
            let message = entry.message
            if entry.connection == connection, message.capability == capability,
                message.stream.map(streams.contains) == true
            {
                note(removed: entry)
            } else {
                kept.append(entry)
            }
        }
        entries = kept
        return before - count
    }

    private mutating func note(removed entry: Entry) {
        let size = entry.message.frameBytes
        bytes -= size
        let rest = (bytesByPeer[entry.connection] ?? 0) - size
        bytesByPeer[entry.connection] = rest > 0 ? rest : nil
    }
}

/// Requests that wait for the budget: of each peer in order, the peers in turn.
struct ServingQueue: Sendable {
    struct Entry: Sendable {
        let job: ServingJob
        /// The host that it is for, by its index.
        let host: Int
    }

    /// Of one peer; a capability mostly has one of each peer here, and more of its own.
    static let maxPerPeer = 32

    /// The peers with requests, the next one first.
    private var turns: [ConnectionID] = []
    private var waiting: [ConnectionID: [Entry]] = [:]
    private(set) var count = 0

    var isEmpty: Bool { turns.isEmpty }

    /// The bytes that the next answer may have.
    var nextBytes: Int? { turns.first.flatMap { waiting[$0]?.first?.job.bytes } }

    /// When the request came that has waited longest, of those that are first of their peer.
    ///
    /// - Complexity: O(peers).
    var oldest: Instant? { turns.compactMap { waiting[$0]?.first?.job.since }.min() }

    /// False where the peer has too many already.
    mutating func append(_ entry: Entry) -> Bool {
        let peer = entry.job.connection
        guard (waiting[peer]?.count ?? 0) < Self.maxPerPeer else { return false }
        if waiting[peer] == nil { turns.append(peer) }
        waiting[peer, default: []].append(entry)
        count += 1
        return true
    }

    /// The next one, whose peer goes to the end of the line.
    mutating func popFirst() -> Entry? { turns.first.flatMap { pop(of: $0) } }

    /// One that has waited since before `moment`.
    mutating func popOverdue(since moment: Instant) -> Entry? {
        turns.first { waiting[$0]?.first.map { $0.job.since <= moment } == true }.flatMap { pop(of: $0) }
    }

    /// Forgets what waits for a connection that is gone.
    mutating func remove(_ connection: ConnectionID) {
        guard let removed = waiting.removeValue(forKey: connection) else { return }
        turns.removeAll { $0 == connection }
        count -= removed.count
    }

    private mutating func pop(of peer: ConnectionID) -> Entry? {
        guard var entries = waiting[peer], !entries.isEmpty else { return nil }
        let entry = entries.removeFirst()
        turns.removeAll { $0 == peer }
        waiting[peer] = entries.isEmpty ? nil : entries
        if !entries.isEmpty { turns.append(peer) }
        count -= 1
        return entry
    }
}
