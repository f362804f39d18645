import Primitives
import SansIO

/// The open connections of the server, and which of them gives way when there are too many.
///
/// There are two bounds: on connections, and on the bytes that they hold. Beyond either one connection gives way: one of
/// the address with the most connections, so that nobody takes the share of others, and of these the one that has made
/// its client be waited for longest. One whose request is being answered stays.
struct ConnectionCrowd {
    typealias ID = UInt64

    private struct Entry {
        let group: IPAddress
        var phase = RequestProgress.Phase.idle
        var since: Instant
        var heldBytes = 0
    }

    let maxConnections: Int
    let maxHeldBytes: Int
    private var entries: [ID: Entry] = [:]
    private var counts: [IPAddress: Int] = [:]
    private(set) var heldBytes = 0

    init(maxConnections: Int, maxHeldBytes: Int) {
        self.maxConnections = maxConnections
        self.maxHeldBytes = maxHeldBytes
    }

    var count: Int { entries.count }

    /// Takes in a newcomer.
    ///
    /// - Returns: the connection to close; the newcomer itself where all others are being answered.
    mutating func enter(_ id: ID, from address: IPAddress, now: Instant) -> ID? {
        let group = Self.group(address)
        entries[id] = Entry(group: group, since: now)
        counts[group, default: 0] += 1
        return entries.count > maxConnections ? yield(newcomer: id) : nil
    }

    /// - Returns: the connection to close.
    mutating func update(_ id: ID, _ progress: RequestProgress) -> ID? {
        guard var entry = entries[id] else { return nil }
        heldBytes += progress.heldBytes - entry.heldBytes
        let hasGrown = progress.heldBytes > entry.heldBytes
        (entry.phase, entry.since, entry.heldBytes) = (progress.phase, progress.since, progress.heldBytes)
        entries[id] = entry
        return hasGrown && heldBytes > maxHeldBytes ? yieldBytes() : nil
    }

    mutating func leave(_ id: ID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        heldBytes -= entry.heldBytes
        counts[entry.group, default: 0] -= 1
        if counts[entry.group] == 0 { counts[entry.group] = nil }
    }

    /// Removes the one that gives way: a connection that waits for its client rather than one that is being written to,
    /// the newcomer last of its address.
    private mutating func yield(newcomer: ID) -> ID {
        func rank(_ id: ID, _ entry: Entry) -> (Int, Int, Instant, ID) {
            let kind = id == newcomer ? 2 : entry.phase == .writing ? 1 : 0
            return (-(counts[entry.group] ?? 0), kind, entry.since, id)
        }
        let waiting = entries.lazy.filter { $0.value.phase != .answering }
        let id = waiting.min { rank($0.key, $0.value) < rank($1.key, $1.value) }?.key ?? newcomer
        leave(id)
        return id
    }

    /// Removes the one that holds the most bytes of those that wait for their client.
    private mutating func yieldBytes() -> ID? {
        let waiting = entries.lazy.filter { $0.value.phase != .answering && $0.value.heldBytes > 0 }
        let id = waiting.max { ($0.value.heldBytes, $1.key) < ($1.value.heldBytes, $0.key) }?.key
        if let id { leave(id) }
        return id
    }

    /// Whoever has an IPv6 address has 2^64 of them.
    private static func group(_ address: IPAddress) -> IPAddress {
        if case .v6(let high, _) = address { .v6(high, 0) } else { address }
    }
}
