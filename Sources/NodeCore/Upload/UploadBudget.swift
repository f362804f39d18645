import DevP2P
import SansIO

/// What may be sent at a moment, by class.
///
/// Each limit has two buckets. The one holds everything that goes, the other control and relaying only. Relaying asks
/// its own, so it may have the whole budget whatever is served; serving asks the one of everything, so it gets what is
/// left, and pays for what relaying has taken in advance.
struct UploadBudget: Sendable {
    private struct Buckets: Sendable {
        var all: ByteBucket
        var relay: ByteBucket
    }

    private var buckets: [Buckets]
    /// The most that one answer may have, in bytes: what may go at once.
    let largestAnswer: Int

    init(_ limits: [UploadLimit], now: Instant) {
        buckets = limits.map { limit in
            let bucket = ByteBucket(bytes: limit.bytes, per: limit.period, burst: limit.burst, now: now)
            return Buckets(all: bucket, relay: bucket)
        }
        largestAnswer = limits.map { Int(clamping: $0.burst) }.min() ?? .max
    }

    var isLimited: Bool { !buckets.isEmpty }

    mutating func charge(_ bytes: Int, _ kind: UploadClass, now: Instant) {
        for index in buckets.indices {
            buckets[index].all.charge(bytes, now: now)
            if kind != .serving { buckets[index].relay.charge(bytes, now: now) }
        }
    }

    /// Gives back what was set aside for an answer.
    mutating func refund(_ bytes: Int, now: Instant) {
        for index in buckets.indices { buckets[index].all.refund(bytes, now: now) }
    }

    /// When a message of the class may go, if nothing else goes before.
    func moment(for bytes: Int, _ kind: UploadClass) -> Instant? {
        guard kind != .control else { return nil }
        return buckets.map { (kind == .relay ? $0.relay : $0.all).moment(for: bytes) }.max()
    }

    /// Whether a message of the class may go now.
    func admits(_ bytes: Int, _ kind: UploadClass, now: Instant) -> Bool {
        moment(for: bytes, kind).map { $0 <= now } ?? true
    }

    /// The bytes that may be relayed now; `.max` without a limit.
    mutating func relayRoom(now: Instant) -> Int {
        var room = Int64.max
        for index in buckets.indices { room = min(room, buckets[index].relay.available(now: now)) }
        return Int(clamping: max(0, room))
    }
}
