import DequeModule
import SansIO

/// What is remembered of nodes that have left, so that coming back doesn't clear it. Bounded: the oldest go first.
struct RetainedPeers: Sendable {
    struct Past: Sendable {
        var penalty = 0.0
        var invalid = 0.0
        var backoffUntil: Instant?
        var until = Instant.distantFuture

        var isClear: Bool { penalty == 0 && invalid == 0 && backoffUntil == nil }
    }

    private let capacity: Int
    private var pasts: [UInt64: Past] = [:]
    private var order = Deque<UInt64>()

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { pasts.count }

    mutating func insert(_ past: Past, for identity: UInt64, now: Instant, limits: TopicLimits) {
        guard !past.isClear else { return }
        var past = past
        past.until = now + limits.retainedLifetime
        if pasts.updateValue(past, forKey: identity) == nil { order.append(identity) }
        while order.count > capacity { pasts[order.removeFirst()] = nil }
    }

    mutating func take(_ identity: UInt64, now: Instant) -> Past? {
        guard let past = pasts.removeValue(forKey: identity) else { return nil }
        order.removeAll { $0 == identity }
        return past.until > now ? past : nil
    }
}
