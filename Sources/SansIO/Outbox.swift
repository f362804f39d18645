/// The effects that a state machine requests, in order, until its caller drains them.
///
/// `drain` moves the array out instead of copying it, so each batch of effects is one allocation.
public struct Outbox<Effect: Sendable>: Sendable {
    /// The effects appended since the last `drain`, in order.
    public private(set) var effects: [Effect] = []

    public init() {}

    public var isEmpty: Bool { effects.isEmpty }

    /// Appends an effect.
    public mutating func append(_ effect: Effect) { effects.append(effect) }

    /// Returns all effects and leaves the outbox empty.
    public mutating func drain() -> [Effect] {
        defer { effects = [] }
        return effects
    }
}
