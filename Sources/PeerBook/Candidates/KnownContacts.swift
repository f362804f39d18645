import NodeRecord
import Primitives
import SansIO

/// Nodes that were good peers, for the next start: a restarted node finds its peers without bootnodes. Bounded: who was
/// met longest ago goes first, those that were of use last.
struct KnownContacts: Sendable {
    struct Entry: Sendable {
        var contact: NodeContact
        var lastMet: Instant
        /// Whether it was a peer for long, so that what others of its range do isn't held against it.
        var isProven: Bool
        /// What it has been of use for, here and at first hand.
        var use: Use
    }

    private let capacity: Int
    private(set) var entries: [NodeID: Entry] = [:]

    init(capacity: Int) { self.capacity = max(1, capacity) }

    func isProven(_ id: NodeID) -> Bool { entries[id]?.isProven ?? false }

    func use(of id: NodeID) -> Use { entries[id]?.use ?? .nothing }

    /// - Complexity: O(1), O(n) where another one has to go.
    mutating func note(_ contact: NodeContact, isProven: Bool, use: Use, at met: Instant) {
        let wasProven = self.isProven(contact.id)
        entries[contact.id] = Entry(
            contact: contact, lastMet: met, isProven: isProven || wasProven, use: max(use, self.use(of: contact.id)))
        guard entries.count > capacity else { return }
        let oldest = entries.min {
            ($0.value.use, $0.value.lastMet, $0.key) < ($1.value.use, $1.value.lastMet, $1.key)
        }
        if let oldest { entries[oldest.key] = nil }
    }

    /// The node was a peer once more and of no use.
    mutating func clearUse(of id: NodeID) { entries[id]?.use = .nothing }

    mutating func remove(_ id: NodeID) { entries[id] = nil }
}
