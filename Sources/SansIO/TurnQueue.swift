import DequeModule

/// A queue that several owners share: each has a share of its own, and they are taken in turn, so whoever fills its share
/// delays nobody else.
///
/// Where the limits of all together are reached, whoever holds most loses the newest of what it has.
public struct TurnQueue<Owner: Hashable & Sendable, Element: Sendable>: Sendable {
    /// How much is held, of all owners and of each. The first element of an owner may be larger than its share.
    public struct Limits: Hashable, Sendable {
        public var maxCount: Int
        public var maxBytes: Int
        public var shareCount: Int
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

    public let limits: Limits
    private var shares: [Owner: Share] = [:]
    /// The owners that have something, in the order of their turns.
    private var turns = Deque<Owner>()
    public private(set) var count = 0
    /// The bytes of all queued elements, as their callers gave them.
    public private(set) var bytes = 0

    public init(limits: Limits) { self.limits = limits }

    public var isEmpty: Bool { count == 0 }

    /// Appends an element to its owner's share.
    ///
    /// - Returns: what found no place: the element itself, or those of others that made room for it.
    /// - Complexity: O(owners) where the limits of all are reached.
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

    /// The next element: the first of the owner whose turn it is, which then comes last.
    ///
    /// - Parameter isReady: an owner whose first element isn't is passed over, and keeps its turn.
    public mutating func popFirst(where isReady: (Element) -> Bool = { _ in true }) -> Element? {
        for (place, owner) in turns.enumerated() {
            guard let first = shares[owner]?.elements.first, isReady(first.element) else { continue }
            turns.remove(at: place)
            shares[owner]?.elements.removeFirst()
            removed(first.bytes, of: owner)
            if shares[owner] != nil { turns.append(owner) }
            return first.element
        }
        return nil
    }

    private func isFull(for size: Int) -> Bool { count >= limits.maxCount || size > limits.maxBytes - bytes }

    /// Takes from whoever holds most of what is short, as long as that is more than the new element's owner would hold.
    private mutating func makeRoom(for size: Int, of owner: Owner, dropping dropped: inout [Element]) -> Bool {
        func weight(_ owner: Owner) -> Int {
            (count >= limits.maxCount ? shares[owner]?.elements.count : shares[owner]?.bytes) ?? 0
        }
        while isFull(for: size) {
            let own = weight(owner) + (count >= limits.maxCount ? 1 : size)
            // Of equal ones whose turn comes first.
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

    /// An owner that has nothing left is forgotten.
    private mutating func removed(_ size: Int, of owner: Owner) {
        count -= 1
        bytes -= size
        shares[owner]?.bytes -= size
        if shares[owner]?.elements.isEmpty == true { shares[owner] = nil }
    }
}
