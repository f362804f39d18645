public import NodeRecord
public import Primitives

extension KademliaTable {
    /// The entries nearest to `target`, nearest first, whether live or not.
    ///
    /// - Complexity: usually the entries of one bucket; at worst O(entries * count).
    public func closest(to target: NodeID, count: Int) -> [NodeContact] {
        select(target, count, onlyLive: false)
    }

    /// As `closest`, but only live entries; all entries if none is live.
    public func closestLive(to target: NodeID, count: Int) -> [NodeContact] {
        select(target, count, onlyLive: liveCount > 0)
    }

    /// A candidate for the selection: the first 64 bits of its distance, and its indices.
    private struct Candidate: BitwiseCopyable {
        var distance: UInt64
        var bucket: UInt8
        var index: UInt8
    }

    /// The buckets can be visited in order of distance from the target: first the target's own bucket, then all buckets
    /// below it as one group (their distances have the same highest bit), then the buckets above it one by one. Each
    /// group is sorted into the remaining slots, until all are filled.
    private func select(_ target: NodeID, _ count: Int, onlyLive: Bool) -> [NodeContact] {
        let slots = min(count, self.count)
        guard slots > 0 else { return [] }
        return withUnsafeTemporaryAllocation(of: Candidate.self, capacity: slots) { selected in
            let home = bucketIndex(of: target)
            var filled = scan(home..<home + 1, target, from: 0, onlyLive, selected)
            if filled < slots { filled = scan(0..<home, target, from: filled, onlyLive, selected) }
            var bucket = home + 1
            while filled < slots, bucket < Self.bucketCount {
                filled = scan(bucket..<bucket + 1, target, from: filled, onlyLive, selected)
                bucket += 1
            }
            return [NodeContact](unsafeUninitializedCapacity: filled) { contacts, count in
                while count < filled {
                    let candidate = selected[count]
                    contacts.initializeElement(
                        at: count, to: buckets[Int(candidate.bucket)].contacts[Int(candidate.index)])
                    count += 1
                }
            }
        }
    }

    /// Inserts the entries of a group of buckets into `selected[start...]` in order of distance, keeping the nearest.
    /// Returns the number of candidates selected so far.
    private func scan(
        _ group: Range<Int>, _ target: NodeID, from start: Int, _ onlyLive: Bool,
        _ selected: UnsafeMutableBufferPointer<Candidate>
    ) -> Int {
        let prefix = target.hash.prefix64
        var end = start
        for bucket in group {
            let mask = onlyLive ? buckets[bucket].liveMask : .max
            buckets[bucket].prefixes.withUnsafeBufferPointer { prefixes in
                for index in prefixes.indices where mask >> index & 1 == 1 {
                    let candidate = Candidate(
                        distance: prefixes[index] ^ prefix, bucket: UInt8(truncatingIfNeeded: bucket),
                        index: UInt8(truncatingIfNeeded: index))
                    if end == selected.count, !isNearer(candidate, than: selected[end - 1], target) { continue }
                    if end < selected.count { end += 1 }
                    var at = end - 1
                    while at > start, isNearer(candidate, than: selected[at - 1], target) {
                        selected[at] = selected[at - 1]
                        at -= 1
                    }
                    selected[at] = candidate
                }
            }
        }
        return end
    }

    @inline(__always)
    private func isNearer(_ left: Candidate, than right: Candidate, _ target: NodeID) -> Bool {
        left.distance != right.distance ? left.distance < right.distance : breakTie(left, right, target)
    }

    @inline(never)
    private func breakTie(_ left: Candidate, _ right: Candidate, _ target: NodeID) -> Bool {
        target.isNearer(
            buckets[Int(left.bucket)].contacts[Int(left.index)].id,
            than: buckets[Int(right.bucket)].contacts[Int(right.index)].id)
    }
}
