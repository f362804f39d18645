public import NodeRecord
public import Primitives

/// One iterative search for the nodes nearest to a target (go-ethereum's `lookup.go`).
///
/// It keeps the 16 nearest nodes seen and asks those not yet asked, the nearest first, three at a time; every answer
/// may bring nearer ones. It ends when all of the 16 have been asked and nothing is under way. It sends nothing: the
/// owner asks whom `next` names and reports `answered` or `failed`.
public struct Lookup: Sendable {
    /// The number of queries under way at a time.
    public static let alpha = 3
    /// The number of nodes that a lookup is about.
    public static let resultCount = 16
    /// A fence against peers who keep inventing nearer nodes; an honest network needs about 20 queries.
    public static let maxQueries = 96

    /// The place that is searched.
    public let target: NodeID
    /// The nearest nodes seen, nearest first.
    public private(set) var result: [NodeContact] = []
    private var asked: Set<NodeID>
    private var inFlight: Set<NodeID> = []
    private let localID: NodeID

    /// - Parameter start: the nearest nodes known so far.
    public init(target: NodeID, localID: NodeID, start: [NodeContact]) {
        self.target = target
        self.localID = localID
        asked = [localID]
        for contact in start { merge(contact) }
    }

    /// Whether nothing is under way and nobody is left to ask.
    public var isFinished: Bool { inFlight.isEmpty && candidate == nil }

    /// The number of nodes asked so far.
    public var queryCount: Int { asked.count - 1 }

    /// The next node to ask, which counts as asked from now on; nil while enough queries are under way, or at the end.
    public mutating func next() -> NodeContact? {
        guard inFlight.count < Self.alpha, let contact = candidate else { return nil }
        asked.insert(contact.id)
        inFlight.insert(contact.id)
        return contact
    }

    /// A node that was asked has named others; more may come from it.
    public mutating func received(_ contacts: [NodeContact]) {
        for contact in contacts { merge(contact) }
    }

    /// Nothing more is expected of a node that was asked.
    public mutating func ended(_ id: NodeID) { inFlight.remove(id) }

    private var candidate: NodeContact? {
        queryCount < Self.maxQueries ? result.first { !asked.contains($0.id) } : nil
    }

    /// Keeps the contact if it is among the nearest. Complexity: O(resultCount).
    private mutating func merge(_ contact: NodeContact) {
        guard contact.id != localID else { return }
        var at = result.count
        while at > 0, !target.isNearer(result[at - 1].id, than: contact.id) {
            at -= 1
            if result[at].id == contact.id { return }
        }
        guard at < Self.resultCount else { return }
        result.insert(contact, at: at)
        if result.count > Self.resultCount { result.removeLast() }
    }
}
