import DequeModule

/// A queue shared by several owners: each has a bounded share, and they are served round-robin, so an owner that fills
/// its share delays nobody else.
///
/// If the limits on the whole queue are reached, the owner that holds most loses its newest elements.
public struct TurnQueue<Owner: Hashable & Sendable, Element: Sendable>: Sendable {
    /// The limits on the whole queue and on each owner's share. The first element of an owner may be larger than its
    /// share.
    public struct Limits: Hashable, Sendable {
        /// The maximum number of elements of all owners.
        public var maxCount: Int
        /// The maximum number of bytes of all owners.
        public var maxBytes: Int
        /// The maximum number of elements of one owner.
        public var shareCount: Int
        /// The maximum number of bytes of one owner.
        public var shareBytes: Int

        public init(maxCount: Int, maxBytes: Int, shareCount: Int, shareBytes: Int) {
            self.maxCount = maxCount
            self.maxBytes = maxBytes
            self.shareCount = shareCount
            self.shareBytes = shareBytes
        }
    }

    private struct Share: Sendable {
        var elements = Deque<(element: Element, bytes: Int)>()
        var bytes = 0
    }

    /// The limits given to `init`.
    public let limits: Limits
    private var shares: [Owner: Share] = [:]
    /// The owners that have elements, in the order in which they are served.
    private var turns = Deque<Owner>()
    /// The number of elements of all owners.
    public private(set) var count = 0
    /// The sum of the sizes that the callers of `append` gave for the queued elements.
    public private(set) var bytes = 0

    /// An empty queue.
    public init(limits: Limits) { self.limits = limits }

    public var isEmpty: Bool { count == 0 }

    /// Appends an element that counts as `size` bytes to its owner's share.
    ///
    /// - Returns: what was dropped: the element itself, if it doesn't fit, or elements of other owners that made room
    ///   for it.
    /// - Complexity: O(1); O(owners) per dropped element if the limits on the whole queue are reached.
    public mutating func append(_ element: Element, bytes size: Int, of owner: Owner) -> [Element] {
        let share = shares[owner] ?? Share()
        let fitsShare =
            share.elements.isEmpty
            || share.elements.count < limits.shareCount && size <= limits.shareBytes - share.bytes
        guard fitsShare, size <= limits.maxBytes else { return [element] }
        var dropped: [Element] = []
        if isFull(for: size) {
            var relieved = self
            guard relieved.makeRoom(for: size, of: owner, dropping: &dropped) else { return [element] }
            self = relieved
        }
        if share.elements.isEmpty { turns.append(owner) }
        shares[owner, default: Share()].elements.append((element, size))
        shares[owner]?.bytes += size
        count += 1
        bytes += size
        return dropped
    }

    /// Removes and returns the first element of the owner whose turn it is, which then goes to the end of the order.
    ///
    /// - Parameter isReady: an owner whose first element isn't ready is skipped, and keeps its position in the order.
    /// - Complexity: O(owners).
    public mutating func popFirst(where isReady: (Element) -> Bool = { _ in true }) -> Element? {
        for (index, owner) in turns.enumerated() {
            guard let first = shares[owner]?.elements.first, isReady(first.element) else { continue }
            turns.remove(at: index)
            shares[owner]?.elements.removeFirst()
            removed(first.bytes, of: owner)
            if shares[owner] != nil { turns.append(owner) }
            return first.element
        }
        return nil
    }

    private func isFull(for size: Int) -> Bool { count >= limits.maxCount || size > limits.maxBytes - bytes }

    /// Drops the newest elements of the owner that holds most of what is exceeded (count or bytes), as long as it holds
    /// more than the owner of the new element would hold.
    private mutating func makeRoom(for size: Int, of owner: Owner, dropping dropped: inout [Element]) -> Bool {
        func weight(_ owner: Owner) -> Int {
            (count >= limits.maxCount ? shares[owner]?.elements.count : shares[owner]?.bytes) ?? 0
        }
        while isFull(for: size) {
            let own = weight(owner) + (count >= limits.maxCount ? 1 : size)
            // Of owners that hold equally much, the one served next.
            guard let largest = turns.max(by: { weight($0) < weight($1) }), weight(largest) > own,
                let last = removeLast(of: largest)
            else { return false }
            dropped.append(last)
        }
        return true
    }

    private mutating func removeLast(of owner: Owner) -> Element? {
        guard let last = shares[owner]?.elements.popLast() else { return nil }
        removed(last.bytes, of: owner)
        if shares[owner] == nil { turns.removeAll { $0 == owner } }
        return last.element
    }

    /// Updates the counters after a removal, and forgets an owner without elements.
    private mutating func removed(_ size: Int, of owner: Owner) {
        count -= 1
        bytes -= size
        shares[owner]?.bytes -= size
        if shares[owner]?.elements.isEmpty == true { shares[owner] = nil }
    }
}
