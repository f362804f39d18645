public import NodeRecord
public import Primitives
public import SansIO

extension KademliaTable {
    /// When `popCheck` has something to do next; nil while the table is empty.
    public var deadline: Instant? { revalidation.deadline }

    /// A node whose liveness is to be checked now, with a ping; nil where none is due.
    ///
    /// The owner calls it until it is nil, and leaves out a node that it is pinging already.
    public mutating func popCheck(now: Instant, random: inout NodeRandom) -> NodeContact? {
        revalidation.pop(now: now, random: &random).flatMap { self[$0]?.contact }
    }

    /// The node has answered at `endpoint`. Of an entry that has moved on since, nothing is learned.
    ///
    /// Complexity: O(bucket).
    public mutating func checkSucceeded(
        _ id: NodeID, at endpoint: Endpoint, now: Instant, random: inout NodeRandom
    ) {
        let bucket = bucketIndex(of: id)
        guard let index = buckets[bucket].index(of: id),
            buckets[bucket].contacts[index].udpEndpoint == endpoint
        else { return }
        markLive(bucket, index, now: now, random: &random)
    }

    /// The node has not answered at `endpoint`. The result is the contact that took its place, if it had to go: it is
    /// not verified yet.
    ///
    /// Complexity: O(bucket).
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
