import DequeModule

/// A set that remembers at most `capacity` elements, for at most `lifetime`, and forgets the oldest first.
///
/// It filters duplicates: hashes relayed, transactions a peer knows, packets handled.
///
/// - Complexity: O(1) amortised.
public struct RecentSet<Element: Hashable & Sendable>: Sendable {
    /// The maximum number of elements.
    public let capacity: Int
    private let lifetime: Duration?
    private var members: Set<Element> = []
    private var order = Deque<(element: Element, inserted: Instant)>()

    /// - Parameter lifetime: nil keeps elements until newer ones replace them.
    public init(capacity: Int, lifetime: Duration? = nil) {
        precondition(capacity > 0)
        self.capacity = capacity
        self.lifetime = lifetime
    }

    public var count: Int { members.count }

    /// Whether the element is in the set. Expired elements count until `expire` or `insert` removes them.
    public func contains(_ element: Element) -> Bool { members.contains(element) }

    /// Adds the element; false if it is in the set already (its age isn't renewed).
    @discardableResult
    public mutating func insert(_ element: Element, now: Instant) -> Bool {
        expire(now)
        guard members.insert(element).inserted else { return false }
        order.append((element, now))
        if order.count > capacity { removeOldest() }
        return true
    }

    /// Removes elements older than the lifetime.
    public mutating func expire(_ now: Instant) {
        guard let lifetime else { return }
        while let first = order.first, now - first.inserted > lifetime { removeOldest() }
    }

    private mutating func removeOldest() {
        if let (element, _) = order.popFirst() { members.remove(element) }
    }
}
