import Primitives
package import SansIO

/// The network between the nodes: who reaches whom, and when.
package struct VirtualNetwork: Sendable {
    /// Where a node stands.
    private struct Place: Sendable {
        let region: Int
        /// Which side of a partition it is on; see `block`.
        var side = 0
        var link: AccessLink
        var nat: NATTable?
    }

    /// Sides of partitions are numbered below this.
    package static let maxSides = 64
    /// Data in one Ethernet frame, after the headers of IP and TCP with a timestamp.
    package static let segmentBytes = 1448
    /// What TCP sends before it must hear from the other end (RFC 6928: ten segments).
    package static let initialWindow = 10 * segmentBytes

    package var model: LinkModel
    private let seed: UInt64
    private var random: NodeRandom
    private var places: [Place] = []
    /// For each side the set of those that don't hear it.
    private var deaf = [UInt64](repeating: 0, count: maxSides)

    package init(_ model: LinkModel, seed: UInt64) {
        self.model = model
        self.seed = seed
        random = NodeRandom(seed: seed, stream: 0x6c69_6e6b)
    }

    /// Puts the next node into a region, and behind a NAT or not.
    package mutating func add(now: Instant) {
        let region =
            switch model.distance {
            case .uniform: 0
            case .regions(let table): table.region(drawing: random.next())
            }
        let line =
            model.lines.isEmpty
            ? AccessLine(upload: model.uploadBytesPerSecond, download: model.downloadBytesPerSecond)
            : AccessLine.drawn(by: random.next(), from: model.lines)
        let link = AccessLink(upload: line.upload, download: line.download, now: now)
        let isHidden = chance(model.natShare)
        places.append(Place(region: region, link: link, nat: isHidden ? NATTable() : nil))
    }

    // MARK: Places

    package func regionName(of node: Int) -> String? {
        if case .regions(let table) = model.distance { table.regions[places[node].region].name } else { nil }
    }

    package func isBehindNAT(_ node: Int) -> Bool { places[node].nat != nil }

    package mutating func setBehindNAT(_ node: Int, _ isHidden: Bool) { places[node].nat = isHidden ? NATTable() : nil }

    package mutating func setLink(of node: Int, upload: Double, download: Double) {
        places[node].link.upload = upload
        places[node].link.download = download
    }

    package mutating func setSide(_ side: Int, of node: Int) { places[node].side = side }

    /// From now on `to` doesn't hear `from`, or hears it again.
    package mutating func setBlocked(from: Int, to: Int, _ isBlocked: Bool) {
        let bit = UInt64(1) << UInt64(to)
        deaf[from] = isBlocked ? deaf[from] | bit : deaf[from] & ~bit
    }

    package mutating func heal() { deaf = [UInt64](repeating: 0, count: Self.maxSides) }

    package func isBlocked(from: Int, to: Int) -> Bool { deaf[places[from].side] >> UInt64(places[to].side) & 1 == 1 }

    // MARK: Delays

    /// The one-way delay between two nodes without jitter: the same both ways and in every run with the seed.
    package func distance(_ left: Int, _ right: Int) -> Duration {
        switch model.distance {
        case .uniform(let least, let most):
            let pair = UInt64(min(left, right)) << 32 | UInt64(max(left, right))
            let span = UInt64(max(0, (most - least).nanoseconds)) &+ 1
            return least + .nanoseconds(Int64(mix(seed ^ mix(pair)) % span))
        case .regions(let table): return table.delay(places[left].region, places[right].region)
        }
    }

    /// One one-way delay.
    package mutating func delay(_ from: Int, _ to: Int) -> Duration { distance(from, to) + jitter() }

    /// Exponential around the model's mean, made of straight pieces between the points where it has halved: integers
    /// only, so that every machine draws the same.
    private mutating func jitter() -> Duration {
        let mean = model.jitter.nanoseconds
        guard mean > 0 else { return .zero }
        let draw = random.next()
        let halvings = Int64(min(16, (draw >> 32).trailingZeroBitCount))
        // ln 2 = 0.693, in 1/1024ths.
        let octave = mean / 1024 * 710
        return .nanoseconds(halvings * octave + Int64(draw & 0xffff) * (octave >> 16))
    }

    // MARK: Datagrams

    /// When the copies of a datagram reach the far access link: none if it is lost, two if it is doubled.
    package mutating func sendDatagram(_ bytes: Int, from: Int, to: Int, now: Instant) -> [Instant] {
        places[from].nat?.sent(to: to, now: now, memory: model.natMemory)
        guard places[from].link.uploadBacklog(now) + bytes <= model.queueBytes else { return [] }
        let left = places[from].link.send(bytes, now: now)
        guard !isBlocked(from: from, to: to), !chance(model.loss) else { return [] }
        var arrivals: [Instant] = []
        for _ in 0..<(chance(model.duplication) ? 2 : 1) {
            var delay = self.delay(from, to)
            if chance(model.reordering) { delay += random.duration(below: model.reorderingDelay) }
            arrivals.append(left + delay)
        }
        return arrivals
    }

    /// What the far access link does with a packet that reaches it now.
    package mutating func receive(_ bytes: Int, at node: Int, isDatagram: Bool, now: Instant) -> Reception {
        if isDatagram, places[node].link.downloadBacklog(now) + bytes > model.queueBytes { return .lost }
        return places[node].link.receive(bytes, now: now).map { .later($0) } ?? .now
    }

    package enum Reception {
        case now
        case later(Instant)
        case lost
    }

    /// Whether the far end's NAT lets a packet in.
    package func admits(from: Int, to: Int, now: Instant) -> Bool {
        places[to].nat?.admits(from, now: now, memory: model.natMemory) ?? true
    }

    // MARK: TCP

    /// When a dial reaches the far end; nil if it never does.
    package mutating func dial(from: Int, to: Int, now: Instant) -> Instant? {
        places[from].nat?.sent(to: to, now: now, memory: model.natMemory)
        guard !isBlocked(from: from, to: to), !isBlocked(from: to, to: from), admits(from: from, to: to, now: now)
        else { return nil }
        // A lost SYN is sent again after a second, then two, four and so on (RFC 6298).
        var waited = Duration.zero
        var next = Duration.seconds(1)
        while chance(model.loss) {
            waited += next
            next = next + next
            if waited > model.connectTimeout { return nil }
        }
        return now + waited + delay(from, to)
    }

    /// When a connection can be written to again; nil if it can now.
    package func uploadFree(of node: Int, now: Instant) -> Instant? {
        let link = places[node].link
        guard link.uploadBacklog(now) >= model.queueBytes else { return nil }
        return link.uploadFree - AccessLink.time(model.queueBytes / 2, at: link.upload)
    }

    /// When the last of the bytes of a connection reaches the far access link.
    package mutating func sendStream(_ bytes: Int, from: Int, to: Int, now: Instant) -> Instant {
        let left = places[from].link.send(bytes, now: now)
        return left + delay(from, to) + retransmission(bytes, from, to)
    }

    /// How long the bytes wait for lost segments to be sent again. Where enough follows a hole, the far end's repeated
    /// acknowledgements tell of it after one round trip; the last segments wait for a timer (RFC 5681, RFC 6298).
    private mutating func retransmission(_ bytes: Int, _ from: Int, _ to: Int) -> Duration {
        guard model.loss > 0 else { return .zero }
        let roundTrip = distance(from, to) + distance(from, to)
        var segments = (bytes + Self.segmentBytes - 1) / Self.segmentBytes
        var timer = max(.milliseconds(200), roundTrip + roundTrip)
        var waited = Duration.zero
        for _ in 0..<15 {
            let lost = losses(of: segments)
            if lost == 0 { break }
            if segments > 3 {
                waited += roundTrip
            } else {
                waited += timer
                timer += timer
            }
            segments = lost
        }
        return waited
    }

    /// How many of so many segments are lost. Beyond some hundreds the mean will do.
    private mutating func losses(of segments: Int) -> Int {
        guard segments <= 256 else { return max(1, Int(Double(segments) * model.loss)) }
        var lost = 0
        for _ in 0..<segments where chance(model.loss) { lost += 1 }
        return lost
    }

    private mutating func chance(_ share: Double) -> Bool {
        share > 0 && Double(random.next() >> 11) * 0x1p-53 < share
    }
}

/// A number that looks random (SplitMix64's finalizer).
package func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
}

extension Instant {
    package static func - (instant: Self, duration: Duration) -> Self { instant + (.zero - duration) }
}
