public import NodeRecord
public import Primitives
public import SansIO

/// The table of known nodes, by distance from this node, with the structure and limits of go-ethereum's `table.go`.
///
/// Half of all nodes are at distance 256, a quarter at 255 and so on: so 17 buckets of 16 are enough, the first of
/// which holds all distances up to 240. A node is unverified at first; liveness checks of random members of two lists,
/// a fast one for unverified nodes and a slow one for the others, keep the table up to date. A full bucket keeps its
/// entries as long as they answer, because old nodes are likely to stay, and so that new nodes can't evict them. New
/// nodes become replacements of the bucket instead.
///
/// The table sends nothing. Its owner adds nodes, pings those that `popCheck` returns, and reports the results.
public struct KademliaTable: Sendable {
    /// The number of buckets.
    public static let bucketCount = 17
    /// The maximum number of entries of a bucket.
    public static let bucketSize = 16
    /// The maximum number of replacements of a bucket.
    public static let maxReplacements = 10
    /// The maximum distance in the first bucket.
    static let firstBucketDistance = 240
    /// The maximum number of addresses of one /24 subnet in a bucket and in the table, including replacements.
    static let bucketSubnetLimit = 2
    static let tableSubnetLimit = 10

    /// The id of this node.
    public let localID: NodeID
    var buckets: [Bucket]
    private var subnets = SubnetCounter(limit: tableSubnetLimit)
    var revalidation = RevalidationSchedule()
    /// The number of entries, without replacements.
    public private(set) var count = 0
    /// The number of entries that have answered at their present endpoint.
    public private(set) var liveCount = 0

    /// An empty table of the node `localID`.
    public init(localID: NodeID) {
        self.localID = localID
        buckets = (0..<Self.bucketCount).map { _ in Bucket(subnetLimit: Self.bucketSubnetLimit) }
    }

    /// The origin of a contact: a third party or the node itself.
    public enum Source: Sendable {
        /// Relayed by another node. Can neither change the endpoint of a known node nor replace its record by an older
        /// one.
        case found
        /// The node has sent a packet from this endpoint.
        case firstHand
    }

    /// The result of adding a contact.
    public enum Admission: Hashable, Sendable {
        /// The contact is a new entry.
        case added
        /// The bucket is full: the contact is a replacement.
        case replacement
        /// The entry has a new endpoint, and must be verified again.
        case moved
        /// The node is an entry already; at most its record or TCP port has changed.
        case known
        /// This node itself, an unusable address, or too many addresses of one /24 subnet.
        case refused
    }

    /// Adds a contact, or updates the entry of its node.
    ///
    /// - Parameter isLive: the node has just answered at this endpoint.
    /// - Complexity: O(bucket).
    @discardableResult
    public mutating func add(
        _ contact: NodeContact, from source: Source, isLive: Bool = false, now: Instant, random: inout NodeRandom
    ) -> Admission {
        guard contact.id != localID, RelayRules.isUsable(contact.ip, port: contact.udpPort) else { return .refused }
        let bucket = bucketIndex(of: contact.id)
        if let index = buckets[bucket].index(of: contact.id) {
            let admission = update(bucket, index, with: contact, from: source)
            if isLive, buckets[bucket].contacts[index].udpEndpoint == contact.udpEndpoint {
                markLive(bucket, index, now: now, random: &random)
            }
            return admission
        }
        guard buckets[bucket].count < Self.bucketSize else { return addReplacement(contact, to: bucket) }
        guard reserve(contact.ip, for: contact.id, in: bucket) else { return .refused }
        insert(contact, isLive: isLive, in: bucket, now: now, random: &random)
        return .added
    }

    /// The entry of a node; nil if it isn't an entry. Complexity: O(bucket).
    public subscript(_ id: NodeID) -> TableEntry? {
        let bucket = bucketIndex(of: id)
        return buckets[bucket].index(of: id).map { buckets[bucket][$0] }
    }

    /// All entries, the nearest bucket first. Complexity: O(entries).
    public var entries: [TableEntry] { buckets.flatMap(\.entries) }

    /// The replacements of the bucket with this index, newest first.
    public func replacements(inBucket index: Int) -> [NodeContact] {
        buckets.indices.contains(index) ? buckets[index].replacements : []
    }

    /// The index of the bucket to which `id` belongs, 0 ... 16.
    public func bucketIndex(of id: NodeID) -> Int { max(0, localID.logDistance(to: id) - Self.firstBucketDistance) }

    /// Sets the record and TCP port of an entry, if the record is newer than the known one. Complexity: O(bucket).
    mutating func setRecord(_ record: NodeRecord, tcpPort: UInt16) {
        let bucket = bucketIndex(of: record.id)
        guard let index = buckets[bucket].index(of: record.id) else { return }
        var contact = buckets[bucket].contacts[index]
        guard record.seq > contact.seq else { return }
        contact.record = record
        contact.tcpPort = tcpPort
        buckets[bucket].setContact(index, contact)
    }

    /// Removes an entry; returns the replacement that became an entry instead. Complexity: O(bucket).
    @discardableResult
    mutating func remove(_ id: NodeID, now: Instant, random: inout NodeRandom) -> NodeContact? {
        let bucket = bucketIndex(of: id)
        guard let index = buckets[bucket].index(of: id) else { return nil }
        let entry = buckets[bucket].remove(at: index)
        count -= 1
        if entry.isLive { liveCount -= 1 }
        revalidation.remove(id)
        release(entry.contact.ip, in: bucket)
        let waiting = buckets[bucket].replacements.indices
        guard !waiting.isEmpty else { return nil }
        // A random one, so that an attacker who fills the list can't be sure to become the entry.
        let promoted = buckets[bucket].takeReplacement(at: Int.random(in: waiting, using: &random))
        insert(promoted, isLive: false, in: bucket, now: now, random: &random)
        return promoted
    }

    func entryCount(inBucketOf id: NodeID) -> Int { buckets[bucketIndex(of: id)].count }

    mutating func markLive(_ bucket: Int, _ index: Int, now: Instant, random: inout NodeRandom) {
        if !buckets[bucket].isLive(index) { liveCount += 1 }
        buckets[bucket].setLive(index, true)
        buckets[bucket].setChecks(index, min(buckets[bucket].checks(index) + 1, 1_000_000))
        revalidation.put(buckets[bucket].contacts[index].id, in: .slow, now: now, random: &random)
    }

    private mutating func markUnverified(_ bucket: Int, _ index: Int) {
        if buckets[bucket].isLive(index) { liveCount -= 1 }
        buckets[bucket].setLive(index, false)
    }
}

extension KademliaTable {
    private mutating func insert(
        _ contact: NodeContact, isLive: Bool, in bucket: Int, now: Instant, random: inout NodeRandom
    ) {
        buckets[bucket].append(contact, isLive: isLive)
        count += 1
        if isLive { liveCount += 1 }
        revalidation.put(contact.id, in: isLive ? .slow : .fast, now: now, random: &random)
    }

    /// Counts the address of a node that becomes an entry; false if that would exceed the limits.
    ///
    /// If the node is a replacement, its address is counted already, so that is released first.
    private mutating func reserve(_ ip: IPAddress, for id: NodeID, in bucket: Int) -> Bool {
        let waiting = buckets[bucket].replacements.firstIndex { $0.id == id }
        let former = waiting.map { buckets[bucket].replacements[$0].ip }
        if let former { release(former, in: bucket) }
        guard count(ip, in: bucket) else {
            if let former { _ = count(former, in: bucket) }
            return false
        }
        if let waiting { _ = buckets[bucket].takeReplacement(at: waiting) }
        return true
    }

    private mutating func count(_ ip: IPAddress, in bucket: Int) -> Bool {
        guard subnets.hasRoom(for: ip), buckets[bucket].subnets.hasRoom(for: ip) else { return false }
        subnets.add(ip)
        buckets[bucket].subnets.add(ip)
        return true
    }

    private mutating func release(_ ip: IPAddress, in bucket: Int) {
        subnets.remove(ip)
        buckets[bucket].subnets.remove(ip)
    }

    private mutating func addReplacement(_ contact: NodeContact, to bucket: Int) -> Admission {
        guard !buckets[bucket].replacements.contains(where: { $0.id == contact.id }) else { return .replacement }
        guard count(contact.ip, in: bucket) else { return .refused }
        if let dropped = buckets[bucket].pushReplacement(contact, limit: Self.maxReplacements) {
            release(dropped.ip, in: bucket)
        }
        return .replacement
    }

    /// Updates an entry from `contact`, as far as the source is trusted. The entry keeps its index.
    private mutating func update(
        _ bucket: Int, _ index: Int, with contact: NodeContact, from source: Source
    ) -> Admission {
        let known = buckets[bucket].contacts[index]
        guard source == .firstHand || contact.seq > known.seq else { return .known }
        var updated = contact
        if known.seq >= contact.seq { updated.record = known.record }
        if contact.tcpPort == 0 { updated.tcpPort = known.tcpPort }
        let moved = known.udpEndpoint != contact.udpEndpoint
        if known.ip != contact.ip {
            release(known.ip, in: bucket)
            guard count(contact.ip, in: bucket) else {
                _ = count(known.ip, in: bucket)
                return .known
            }
        }
        buckets[bucket].setContact(index, updated)
        guard moved else { return .known }
        markUnverified(bucket, index)
        return .moved
    }
}
