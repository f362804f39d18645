public import Primitives
public import SansIO

/// When to look the names of nodes up: a name that stands for no address is tried again, ever more seldom, and one that
/// does now and then, since the node behind it may move.
public struct NameSchedule: Sendable {
    private struct State: Sendable {
        var next: Instant
        var failures = 0
        var last: IPAddress?
    }

    private static let again = Duration.seconds(30)
    private static let longest = Duration.seconds(300)

    private var states: [State]

    public init(count: Int, now: Instant) { states = Array(repeating: State(next: now), count: count) }

    /// The names to look up now, by index.
    public func due(now: Instant) -> [Int] { states.indices.filter { states[$0].next <= now } }

    /// - Returns: whether the address is news.
    public mutating func found(_ index: Int, _ ip: IPAddress, now: Instant) -> Bool {
        defer { states[index] = State(next: now + Self.again, last: ip) }
        return states[index].last != ip
    }

    /// - Returns: in how long the name is looked up again.
    public mutating func failed(_ index: Int, now: Instant) -> Duration {
        let pause = min(.seconds(5 << min(states[index].failures, 6)), Self.longest)
        states[index].failures += 1
        states[index].next = now + pause
        return pause
    }
}
