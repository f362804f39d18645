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
    private var counts: [PeerEvent.Kind: UInt64] = [:]
    private var last: UInt64 = 0

    public init() {}

    /// How many decisions of a kind there have been.
    public func count(of kind: PeerEvent.Kind) -> UInt64 { counts[kind] ?? 0 }

    /// - Complexity: O(1) amortised.
    public mutating func note(_ event: PeerEvent, at now: Instant) {
        let kind = event.kind
        last += 1
        counts[kind, default: 0] += 1
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
