public import NodeRecord
public import Primitives

/// One iterative lookup of the nodes nearest to a target (Kademlia; go-ethereum's `lookup.go`).
///
/// It keeps the 16 nearest nodes seen and queries those not queried yet, the nearest first, three at a time; every
/// response may bring nearer nodes. It ends when all of the 16 have been queried and no query is pending. It sends
/// nothing: the owner queries the nodes that `next` returns, and reports with `received` and `ended`.
public struct Lookup: Sendable {
    /// The maximum number of pending queries.
    public static let alpha = 3
    /// The number of nodes that a lookup finds.
    public static let resultCount = 16
    /// The maximum number of queries, against peers that keep inventing nearer nodes; an honest network needs about 20.
    public static let maxQueries = 96

    /// The id that is looked up.
    public let target: NodeID
    /// The nearest nodes seen, nearest first.
    public private(set) var result: [NodeContact] = []
    private var queried: Set<NodeID>
    private var inFlight: Set<NodeID> = []
    private let localID: NodeID

    /// A lookup that has sent no query yet.
    ///
    /// - Parameter start: the nearest nodes known so far.
    public init(target: NodeID, localID: NodeID, start: [NodeContact]) {
        self.target = target
        self.localID = localID
        queried = [localID]
        for contact in start { merge(contact) }
    }

    /// Whether no query is pending and no node is left to query.
    public var isFinished: Bool { inFlight.isEmpty && candidate == nil }

    /// The number of nodes queried so far.
    public var queryCount: Int { queried.count - 1 }

    /// The next node to query, which counts as queried from now on; nil while three queries are pending, or if no node
    /// is left.
    public mutating func next() -> NodeContact? {
        guard inFlight.count < Self.alpha, let contact = candidate else { return nil }
        queried.insert(contact.id)
        inFlight.insert(contact.id)
        return contact
    }

    /// Reports nodes from a response. More responses to the same query may follow.
    public mutating func received(_ contacts: [NodeContact]) {
        for contact in contacts { merge(contact) }
    }

    /// Reports the end of the query to a node.
    public mutating func ended(_ id: NodeID) { inFlight.remove(id) }

    private var candidate: NodeContact? {
        queryCount < Self.maxQueries ? result.first { !queried.contains($0.id) } : nil
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
