import DevP2P
import SansIO

/// A count that halves with time, in a straight line between two halvings.
struct FadingCount: Hashable, Sendable {
    private var amount = 0.0
    private var updated = Instant(nanoseconds: 0)

    mutating func add(_ more: Double, limit: Double, halfLife: Duration, now: Instant) {
        amount = min(limit, value(halfLife: halfLife, now: now) + more)
        updated = now
    }

    func value(halfLife: Duration, now: Instant) -> Double {
        let (halvings, rest) = max(0, (now - updated).nanoseconds)
            .quotientAndRemainder(dividingBy: halfLife.nanoseconds)
        guard halvings < 62 else { return 0 }
        return amount / Double(1 << halvings) * (1 - Double(rest) / Double(halfLife.nanoseconds) / 2)
    }
}

/// What a peer has contributed of late.
struct Usefulness: Sendable {
    /// What peers are compared by; the best of each are safe from rotation.
    enum Criterion: CaseIterable {
        case blocks, transactions, bytes, latency
    }

    /// So few answers say nothing about a peer's latency.
    private static let minAnswers = 3.0
    /// An hour of answers at full speed would make nobody's slot safe for longer than an hour.
    private static let maxBytes = Double(64 << 20)

    private var blocks = FadingCount()
    private var transactions = FadingCount()
    private var bytes = FadingCount()
    private var answers = FadingCount()
    /// Moves an eighth towards each new measurement.
    private var latency: Duration?

    mutating func add(_ merit: Merit, bytes count: Int, latency new: Duration?, _ table: ReputationTable, now: Instant)
    {
        let halfLife = Duration.seconds(table[.meritHalfLifeSeconds])
        let (points, limit) = (Double(table[merit]), Double(table[.meritMaximum]))
        switch merit {
        case .firstBlock: blocks.add(points, limit: limit, halfLife: halfLife, now: now)
        case .firstTransaction: transactions.add(points, limit: limit, halfLife: halfLife, now: now)
        case .usefulResponse: answers.add(points, limit: limit, halfLife: halfLife, now: now)
        }
        bytes.add(Double(max(0, count)), limit: Self.maxBytes, halfLife: halfLife, now: now)
        if let new { latency = latency.map { $0 + (new - $0) / 8 } ?? new }
    }

    /// The larger the better; 0 or less is worth no protection.
    func rank(by criterion: Criterion, _ table: ReputationTable, now: Instant) -> Double {
        let halfLife = Duration.seconds(table[.meritHalfLifeSeconds])
        switch criterion {
        case .blocks: return blocks.value(halfLife: halfLife, now: now)
        case .transactions: return transactions.value(halfLife: halfLife, now: now)
        case .bytes: return bytes.value(halfLife: halfLife, now: now)
        case .latency:
            guard let latency, answers.value(halfLife: halfLife, now: now) >= Self.minAnswers else { return 0 }
            return 1 / max(latency.inSeconds, 1e-6)
        }
    }

    /// What it has been of use for, of late: less than half a point has faded.
    func use(_ table: ReputationTable, now: Instant) -> Use {
        if rank(by: .blocks, table, now: now) >= 0.5 { return .blocks }
        let halfLife = Duration.seconds(table[.meritHalfLifeSeconds])
        let others = rank(by: .transactions, table, now: now) + answers.value(halfLife: halfLife, now: now)
        return others >= 0.5 ? .gossip : .nothing
    }

    func view(_ table: ReputationTable, now: Instant) -> PeerUsefulness {
        func whole(_ criterion: Criterion) -> Int { Int(rank(by: criterion, table, now: now).rounded()) }
        return PeerUsefulness(
            blocks: whole(.blocks), transactions: whole(.transactions), bytes: whole(.bytes), latency: latency)
    }
}

/// What a peer has contributed of late, by criterion, as far as it still counts.
public struct PeerUsefulness: Hashable, Sendable {
    /// Points for blocks and transactions that it brought first.
    public let blocks: Int
    public let transactions: Int
    /// Of answers to requests.
    public let bytes: Int
    /// How long its answers take; nil before the first.
    public let latency: Duration?

    public init(blocks: Int = 0, transactions: Int = 0, bytes: Int = 0, latency: Duration? = nil) {
        self.blocks = blocks
        self.transactions = transactions
        self.bytes = bytes
        self.latency = latency
    }
}
