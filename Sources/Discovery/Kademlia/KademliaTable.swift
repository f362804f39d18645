public import NodeRecord
public import Primitives
public import SansIO

/// The table of known nodes, by distance from this node (go-ethereum's `table.go`, whose shape and limits it keeps).
///
/// Half of all nodes are at distance 256, a quarter at 255 and so on: so 17 buckets of 16 are enough, the first of
/// which holds all distances up to 240. A node enters unverified; checks on a random member of two lists, a fast one
/// for nodes not yet verified and a slow one, keep the table true. A full bucket keeps its members as long as they
/// answer: who was there long will be there long, and newcomers cannot push anyone out. They wait in the bucket's
/// replacement list instead.
///
/// The table sends nothing. Its owner adds what it learns, asks `popCheck` whom to ping, and reports how that ended.
public struct KademliaTable: Sendable {
    /// The number of buckets.
    public static let bucketCount = 17
    /// The most entries of a bucket.
    public static let bucketSize = 16
    /// The most contacts that wait for a place in a bucket.
    public static let maxReplacements = 10
    /// The largest distance of the first bucket.
    static let firstBucketDistance = 240
    /// The most addresses of one /24 in a bucket and in the table, replacements included.
    static let bucketSubnetLimit = 2
    static let tableSubnetLimit = 10

    /// The node whose table it is.
    public let localID: NodeID
    var buckets: [Bucket]
    private var subnets = SubnetCounter(limit: tableSubnetLimit)
    var revalidation = RevalidationSchedule()
    /// The number of entries, replacements not included.
    public private(set) var count = 0
    /// The number of entries that have answered a check.
    public private(set) var liveCount = 0

    /// An empty table of the node `localID`.
    public init(localID: NodeID) {
        self.localID = localID
        buckets = (0..<Self.bucketCount).map { _ in Bucket(subnetLimit: Self.bucketSubnetLimit) }
    }

    /// Whether a contact comes from a third party or from the node itself.
    public enum Source: Sendable {
        /// Named by another node. It can neither move a known node nor replace its record by an older one.
        case found
        /// The node has spoken from this endpoint.
        case firstHand
    }

    /// What became of a contact.
    public enum Admission: Hashable, Sendable {
        case added
        /// The bucket is full: the contact waits, unless it waited already.
        case replacement
        /// The entry has another endpoint than before, and must be checked anew.
        case moved
        /// The entry is there; at most its record or its TCP port is new.
        case known
        /// This node itself, an address of no host, or too many addresses of one /24.
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

    /// The entry of a node. Complexity: O(bucket).
    public subscript(_ id: NodeID) -> TableEntry? {
        let bucket = bucketIndex(of: id)
        return buckets[bucket].index(of: id).map { buckets[bucket][$0] }
    }

    /// All entries, the nearest bucket first. Complexity: O(entries).
    public var entries: [TableEntry] { buckets.flatMap(\.entries) }

    /// The contacts that wait for a place in the bucket of `index`, the newest first.
    public func replacements(inBucket index: Int) -> [NodeContact] {
        buckets.indices.contains(index) ? buckets[index].replacements : []
    }

    /// The bucket that `id` belongs to, 0 ... 16.
    public func bucketIndex(of id: NodeID) -> Int { max(0, localID.logDistance(to: id) - Self.firstBucketDistance) }

    /// Sets the record of an entry, if it is newer than the one known. Complexity: O(bucket).
    mutating func setRecord(_ record: NodeRecord, tcpPort: UInt16) {
        let bucket = bucketIndex(of: record.id)
        guard let index = buckets[bucket].index(of: record.id) else { return }
        var contact = buckets[bucket].contacts[index]
        guard record.seq > contact.seq else { return }
        contact.record = record
        contact.tcpPort = tcpPort
        buckets[bucket].setContact(index, contact)
    }

    /// Removes an entry; the result is the replacement that took its place. Complexity: O(bucket).
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
        // A random one, so that filling the list in an order chosen by an attacker buys no certain place.
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

    /// Counts the address of a node that becomes an entry; true where the limits allow it.
    ///
    /// A node that waits as a replacement is counted already, at the address it had then: that place is given back.
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

    /// Takes over what is new in `contact`, as far as its source may say so. The position is kept.
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
