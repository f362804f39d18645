public import NodeRecord
public import Primitives
public import SansIO

extension KademliaTable {
    /// The time of the next liveness check; nil while the table is empty.
    public var deadline: Instant? { revalidation.deadline }

    /// Returns a node whose liveness is to be checked now by a ping, and schedules the next check; nil if none is due.
    ///
    /// The owner calls it until it returns nil, and skips a node with a pending ping.
    public mutating func popCheck(now: Instant, random: inout NodeRandom) -> NodeContact? {
        revalidation.pop(now: now, random: &random).flatMap { self[$0]?.contact }
    }

    /// Reports that the node has answered at `endpoint`. Ignored if the entry has another endpoint by now.
    ///
    /// - Complexity: O(bucket).
    public mutating func checkSucceeded(
        _ id: NodeID, at endpoint: Endpoint, now: Instant, random: inout NodeRandom
    ) {
        let bucket = bucketIndex(of: id)
        guard let index = buckets[bucket].index(of: id),
            buckets[bucket].contacts[index].udpEndpoint == endpoint
        else { return }
        markLive(bucket, index, now: now, random: &random)
    }

    /// Reports that the node has not answered at `endpoint`. If the entry was removed for it, returns the replacement
    /// that became an entry, which is not verified yet.
    ///
    /// - Complexity: O(bucket).
    @discardableResult
    public mutating func checkFailed(
        _ id: NodeID, at endpoint: Endpoint, now: Instant, random: inout NodeRandom
    ) -> NodeContact? {
        let bucket = bucketIndex(of: id)
        guard let index = buckets[bucket].index(of: id),
            buckets[bucket].contacts[index].udpEndpoint == endpoint
        else { return nil }
        let checks = buckets[bucket].checks(index) / 3
        buckets[bucket].setChecks(index, checks)
        guard checks > 0 else {
            return remove(id, now: now, random: &random)
        }
        revalidation.put(id, in: .fast, now: now, random: &random)
        return nil
    }
}
