import RLPx

/// Where the shared capabilities' messages lie on one connection's wire (rlpx.md of the devp2p specification,
/// "Message ID-based Multiplexing").
///
/// The base protocol has the codes below 16. After it come the shared capabilities in the order of their names, of each
/// name the highest version that both sides have, each with as many codes as it reserves.
struct MessageCodes: Sendable {
    /// A capability in use.
    struct Range: Sendable, Equatable {
        /// Its index in the node's list.
        let capability: Int
        let start: UInt64
        let count: UInt64
        let limits: IngressLimits
    }

    /// In the order of codes. At least one where a connection is ready.
    let ranges: [Range]

    init(local: [CapabilityDescriptor], remote: [CapabilityName]) {
        let announced = Set(remote)
        // Versions of one name are adjacent, the highest last.
        let common = local.indices.filter { announced.contains(local[$0].name) }
            .sorted { (local[$0].name, $0) < (local[$1].name, $1) }
        var chosen: [Int] = []
        for index in common {
            if let last = chosen.last, local[last].name.hasSameName(as: local[index].name) { chosen.removeLast() }
            chosen.append(index)
        }
        var start = BaseMessage.codeCount
        var ranges: [Range] = []
        for index in chosen {
            let count = UInt64(local[index].messageCount)
            ranges.append(Range(capability: index, start: start, count: count, limits: local[index].limits))
            start += count
        }
        self.ranges = ranges
    }

    /// The largest content of a frame, code and payload, that the limits of the capabilities in use let through.
    var maxContentBytes: Int {
        let largest = ranges.map { Snappy.maxCompressedCount($0.limits.maxMessageBytes) }.max() ?? 0
        return min(FrameCodec.largestContentBytes, max(Hello.maxBytes, largest) + 9)
    }

    /// The place in `ranges` and the id within the capability of a code; nil beyond all ranges.
    func resolve(_ code: UInt64) -> (place: Int, id: UInt8)? {
        for place in ranges.indices {
            let range = ranges[place]
            guard code >= range.start else { return nil }
            if code - range.start < range.count { return (place, UInt8(truncatingIfNeeded: code - range.start)) }
        }
        return nil
    }

    /// The code of a message of a capability; nil where the peer doesn't share it.
    func code(capability: Int, id: UInt8) -> UInt64? {
        guard let range = ranges.first(where: { $0.capability == capability }) else { return nil }
        precondition(UInt64(id) < range.count, "a capability reserves all ids that it uses")
        return range.start + UInt64(id)
    }
}

extension CapabilityName {
    fileprivate func hasSameName(as other: CapabilityName) -> Bool { name.utf8.elementsEqual(other.name.utf8) }
}
