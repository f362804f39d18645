public import SansIO

/// The newest decisions about peers, for the operator who asks why.
///
/// Of each kind a fixed number is kept: whoever floods a node with connections doesn't make it forget why it dropped its
/// peers. A candidate that was added is counted only; discovery adds them by the dozen.
public struct PeerJournal: Sendable {
    public struct Entry: Hashable, Sendable {
        /// Counts all decisions from 1 on, those that are forgotten by now included.
        public let number: UInt64
        public let at: Instant
        public let event: PeerEvent
    }

    /// Decisions of one kind that are kept.
    public static let capacityPerKind = 128

    private var entries: [PeerEvent.Kind: [Entry]] = [:]
    private var counts: [Reason: UInt64] = [:]

    /// What decisions are counted by.
    public struct Reason: Hashable, Comparable, Sendable {
        public let kind: PeerEvent.Kind
        /// See `PeerEvent.label`.
        public let label: String

        public static func < (left: Self, right: Self) -> Bool {
            (left.kind.rawValue, left.label) < (right.kind.rawValue, right.label)
        }
    }
    private var last: UInt64 = 0

    public init() {}

    /// How many decisions of a kind there have been.
    ///
    /// - Complexity: O(reasons), some dozens.
    public func count(of kind: PeerEvent.Kind) -> UInt64 {
        counts.reduce(0) { $1.key.kind == kind ? $0 &+ $1.value : $0 }
    }

    /// How many decisions there have been for each reason, in a fixed order.
    public var countsByReason: [(reason: Reason, count: UInt64)] {
        counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// - Complexity: O(1) amortised.
    public mutating func note(_ event: PeerEvent, at now: Instant) {
        let kind = event.kind
        last += 1
        counts[Reason(kind: kind, label: event.label), default: 0] += 1
        guard kind != .candidateAdded else { return }
        var kept = entries.removeValue(forKey: kind) ?? []
        // Twice the capacity, then half of it goes: no entry is moved each time.
        if kept.count >= 2 * Self.capacityPerKind { kept.removeFirst(Self.capacityPerKind) }
        kept.append(Entry(number: last, at: now, event: event))
        entries[kind] = kept
    }

    /// The newest decisions in the order in which they were taken, at most `limit` of them.
    public func newest(_ limit: Int) -> [Entry] {
        let kept = PeerEvent.Kind.allCases.flatMap { (entries[$0] ?? []).suffix(Self.capacityPerKind) }
        return kept.sorted { $0.number < $1.number }.suffix(max(0, limit))
    }
}
