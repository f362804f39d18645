/// The effects that a machine wants done, in order, for its caller to take.
///
/// `drain` hands the array over rather than copy it, so each batch of effects is one allocation.
public struct Outbox<Effect: Sendable>: Sendable {
    public private(set) var effects: [Effect] = []

    public init() {}

    public var isEmpty: Bool { effects.isEmpty }

    public mutating func append(_ effect: Effect) { effects.append(effect) }

    /// All effects so far; the outbox is empty afterwards.
    public mutating func drain() -> [Effect] {
        defer { effects = [] }
        return effects
    }
}
