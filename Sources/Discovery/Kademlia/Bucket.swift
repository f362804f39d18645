import NodeRecord
import Primitives

/// The entries of one range of distances, and their replacements.
///
/// Entries are stored as columns, so that `closest` reads and copies only what it needs.
struct Bucket: Sendable {
    /// The entries' contacts in order of arrival, at most 16.
    private(set) var contacts: [NodeContact] = []
    /// The first 64 bits of each entry's id, contiguous for the scan of `closest`.
    private(set) var prefixes: [UInt64] = []
    /// Bit i is set if entry i has answered at its present endpoint.
    private(set) var liveMask: UInt16 = 0
    private var checks: [UInt32] = []
    /// The replacements, newest first. Their addresses count towards the limits, so that they can become entries at any
    /// time.
    private(set) var replacements: [NodeContact] = []
    var subnets: SubnetCounter

    init(subnetLimit: Int) { subnets = SubnetCounter(limit: subnetLimit) }

    var count: Int { contacts.count }

    var entries: [TableEntry] { contacts.indices.map { self[$0] } }

    subscript(_ index: Int) -> TableEntry {
        TableEntry(contact: contacts[index], isLive: isLive(index), livenessChecks: checks[index])
    }

    func index(of id: NodeID) -> Int? {
        let prefix = id.hash.prefix64
        return prefixes.indices.first { prefixes[$0] == prefix && contacts[$0].id == id }
    }

    func isLive(_ index: Int) -> Bool { liveMask >> index & 1 == 1 }

    mutating func setLive(_ index: Int, _ isLive: Bool) {
        if isLive { liveMask |= 1 << index } else { liveMask &= ~(1 << index) }
    }

    mutating func setContact(_ index: Int, _ contact: NodeContact) { contacts[index] = contact }

    mutating func setChecks(_ index: Int, _ count: UInt32) { checks[index] = count }

    func checks(_ index: Int) -> UInt32 { checks[index] }

    mutating func append(_ contact: NodeContact, isLive: Bool) {
        precondition(contacts.count < KademliaTable.bucketSize)
        contacts.append(contact)
        prefixes.append(contact.id.hash.prefix64)
        checks.append(isLive ? 1 : 0)
        setLive(contacts.count - 1, isLive)
    }

    mutating func remove(at index: Int) -> TableEntry {
        let entry = self[index]
        contacts.remove(at: index)
        prefixes.remove(at: index)
        checks.remove(at: index)
        let below = liveMask & (1 << index - 1)
        liveMask = below | (liveMask >> 1 & ~(1 << index - 1))
        return entry
    }

    /// Adds a replacement; returns the oldest one if it was dropped for it.
    mutating func pushReplacement(_ contact: NodeContact, limit: Int) -> NodeContact? {
        replacements.insert(contact, at: 0)
        return replacements.count > limit ? replacements.removeLast() : nil
    }

    mutating func takeReplacement(at index: Int) -> NodeContact { replacements.remove(at: index) }
}
