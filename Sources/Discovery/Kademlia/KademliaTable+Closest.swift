public import NodeRecord
public import Primitives

extension KademliaTable {
    /// The entries nearest to `target`, nearest first, verified or not.
    ///
    /// Complexity: mostly one bucket is looked at; at worst all entries, without a sort of them.
    public func closest(to target: NodeID, count: Int) -> [NodeContact] {
        select(target, count, onlyLive: false)
    }

    /// As `closest`, of the entries that have answered a check; of all entries where none has.
    public func closestLive(to target: NodeID, count: Int) -> [NodeContact] {
        select(target, count, onlyLive: liveCount > 0)
    }

    /// A candidate for the selection: the first 64 bits of its distance, and where it is.
    private struct Candidate: BitwiseCopyable {
        var distance: UInt64
        var bucket: UInt8
        var index: UInt8
    }

    /// Seen from the target, each bucket is in one piece: the target's own bucket is nearest, then come all nearer
    /// buckets together (they are equally far at the first bit that differs), then the farther ones in their order. So
    /// candidates are taken in groups, each group sorted into the room that is left, until the room is full.
    private func select(_ target: NodeID, _ count: Int, onlyLive: Bool) -> [NodeContact] {
        let room = min(count, self.count)
        guard room > 0 else { return [] }
        return withUnsafeTemporaryAllocation(of: Candidate.self, capacity: room) { selected in
            let home = bucketIndex(of: target)
            var filled = scan(home..<home + 1, target, from: 0, onlyLive, selected)
            if filled < room { filled = scan(0..<home, target, from: filled, onlyLive, selected) }
            var bucket = home + 1
            while filled < room, bucket < Self.bucketCount {
                filled = scan(bucket..<bucket + 1, target, from: filled, onlyLive, selected)
                bucket += 1
            }
            return [NodeContact](unsafeUninitializedCapacity: filled) { contacts, count in
                while count < filled {
                    let place = selected[count]
                    contacts.initializeElement(
                        at: count, to: buckets[Int(place.bucket)].contacts[Int(place.index)])
                    count += 1
                }
            }
        }
    }

    /// Sorts the entries of a group of buckets into `selected[start...]`, keeping the nearest. The result is the
    /// number of candidates then selected.
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
