import SansIO

/// How much a `SharedQueue` holds.
struct ShareLimits: Sendable {
    /// Of one party.
    let count: Int
    let bytes: Int
    /// Of all; beyond it a party may only add up to an equal part of it.
    let totalCount: Int
    let totalBytes: Int
}

/// A queue with a share for each party, which are served in turn, one element each.
///
/// However many parties fill their shares, another one can still add its equal part, and waits for one element of each
/// of the others at most.
///
/// - Complexity: O(1) amortised for each call.
struct SharedQueue<Party: Hashable & Sendable, Element: Sendable>: Sendable {
    private let limits: ShareLimits
    private var shares: [Party: BoundedQueue<Element>] = [:]
    /// The parties with elements, the next one first.
    private var turns = BoundedQueue<Party>(maxCount: .max)
    private(set) var count = 0
    private(set) var bytes = 0

    init(_ limits: ShareLimits) { self.limits = limits }

    var isEmpty: Bool { count == 0 }

    /// Appends, unless the party's share is full: then nothing changes and the result is false.
    mutating func append(_ element: Element, bytes size: Int, of party: Party) -> Bool {
        var share = shares[party] ?? BoundedQueue(maxCount: limits.count, maxBytes: limits.bytes)
        let parties = max(1, shares.count + (share.isEmpty ? 1 : 0))
        guard count < limits.totalCount || share.count < limits.totalCount / parties,
            bytes + size <= limits.totalBytes || share.bytes + size <= limits.totalBytes / parties
        else { return false }
        let isNew = share.isEmpty
        shares[party] = nil
        let isTaken = share.append(element, bytes: size)
        if !share.isEmpty { shares[party] = share }
        guard isTaken else { return false }
        if isNew { _ = turns.append(party) }
        count += 1
        bytes += size
        return true
    }

    /// The next element, of the party whose turn it is.
    mutating func popFirst() -> Element? {
        while let party = turns.popFirst() {
            // One whose elements were all removed has no turn.
            guard var share = shares.removeValue(forKey: party) else { continue }
            let before = share.bytes
            let element = share.popFirst()
            count -= 1
            bytes -= before - share.bytes
            if !share.isEmpty {
                shares[party] = share
                _ = turns.append(party)
            }
            return element
        }
        return nil
    }

    /// Removes the elements of a party that will add no more.
    mutating func removeAll(of party: Party) -> [Element] {
        guard var share = shares.removeValue(forKey: party) else { return [] }
        count -= share.count
        bytes -= share.bytes
        var elements: [Element] = []
        while let element = share.popFirst() { elements.append(element) }
        return elements
    }
}
