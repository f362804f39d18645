public import SansIO

/// What the node lends a host for one call.
public struct HostContext<Event: Sendable>: Sendable {
    /// The moment of this call.
    public var now: Instant
    /// How Unix time lies to `now`.
    public var wall: WallClock
    public var random: NodeRandom
    /// The bytes that may be relayed at once within the node's upload limits.
    public var uploadRoom: Int
    /// What the host wants done, in order; whatever there is already comes first.
    public var effects: [HostEffect<Event>] = []

    public init(now: Instant, wall: WallClock = WallClock(), random: NodeRandom, uploadRoom: Int = .max) {
        self.now = now
        self.wall = wall
        self.random = random
        self.uploadRoom = uploadRoom
    }

    /// Calls a host whose events are of another type with the same moment and randomness.
    ///
    /// - Returns: what it wants done.
    public mutating func lend<Other>(_ body: (inout HostContext<Other>) -> Void) -> [HostEffect<Other>] {
        var context = HostContext<Other>(now: now, wall: wall, random: random, uploadRoom: uploadRoom)
        body(&context)
        random = context.random
        return context.effects
    }
}
