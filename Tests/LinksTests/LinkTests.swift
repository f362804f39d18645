import Primitives
import SansIO
import Testing

@testable import Links

@Suite("Virtual links")
struct LinkTests {
    private static let start = Instant(unixSeconds: 1_760_000_000)

    private static func network(nodes: Int = 2, _ change: (inout LinkModel) -> Void = { _ in }) -> VirtualNetwork {
        var model = LinkModel(minimumDelay: .milliseconds(10), maximumDelay: .milliseconds(10))
        change(&model)
        var network = VirtualNetwork(model, seed: 5)
        for _ in 0..<nodes { network.add(now: start) }
        return network
    }

    @Test("nodes are spread over regions by weight, and the table says how far apart they are")
    func regions() {
        let model = LinkModel(regions: .world, jitter: .zero)
        var network = VirtualNetwork(model, seed: 1)
        for _ in 0..<1000 { network.add(now: Self.start) }
        let names = (0..<1000).map { network.regionName(of: $0) }
        let europeans = names.filter { $0 == "europe" }.count
        // 5599 of 11326.
        #expect((450..<540).contains(europeans))
        let europe = names.firstIndex(of: "europe") ?? 0
        let australia = names.firstIndex(of: "australia") ?? 0
        #expect(network.distance(europe, australia) == .milliseconds(165))
        #expect(network.distance(australia, europe) == .milliseconds(165))
        #expect(network.delay(europe, australia) == .milliseconds(165))
    }

    @Test func tablesAreCheckedAndWeighted() {
        let two = [RegionTable.Region("here", weight: 1), .init("there", weight: 2)]
        #expect(RegionTable(two, milliseconds: [[1, 5], [5, 1]]) != nil)
        #expect(RegionTable(two, milliseconds: [[1, 5], [6, 1]]) == nil, "not symmetric")
        #expect(RegionTable(two, milliseconds: [[1, 5]]) == nil, "not square")
        #expect(RegionTable([], milliseconds: []) == nil)
        #expect(RegionTable.world.weighted(["europe": 1])?.regions.filter { $0.weight > 0 }.map(\.name) == ["europe"])
        #expect(RegionTable.world.weighted(["atlantis": 1]) == nil)
        #expect(RegionTable.world.weighted([:]) == nil)
    }

    @Test func jitterHasItsMeanAndATail() {
        var network = Self.network { $0.jitter = .milliseconds(4) }
        let added = (0..<20_000).map { _ in (network.delay(0, 1) - .milliseconds(10)).inSeconds }
        let mean = added.reduce(0, +) / 20_000
        #expect((0.0038...0.0044).contains(mean), "\(mean)")
        #expect(added.allSatisfy { $0 >= 0 })
        // An exponential is above three times its mean in one of twenty draws.
        #expect((700...1300).contains(added.filter { $0 > 0.012 }.count))
    }

    @Test func datagramsAreLostDoubledAndOvertaken() {
        var network = Self.network {
            $0.loss = 0.1
            $0.duplication = 0.05
            $0.reordering = 0.2
        }
        var copies = [0, 0, 0]
        var last = Self.start
        var overtaken = 0
        for index in 0..<10_000 {
            let now = Self.start + .milliseconds(Int64(index))
            let arrivals = network.sendDatagram(100, from: 0, to: 1, now: now)
            copies[arrivals.count] += 1
            if let first = arrivals.first {
                if first < last { overtaken += 1 }
                last = max(last, first)
            }
        }
        #expect((900...1100).contains(copies[0]), "\(copies)")
        #expect((380...520).contains(copies[2]), "\(copies)")
        #expect(overtaken > 1000)
    }

    @Test("a line carries so many bytes a second, up and down, and its queue has an end")
    func bandwidth() {
        var network = Self.network {
            $0.uploadBytesPerSecond = 1_000_000
            $0.downloadBytesPerSecond = 500_000
            $0.queueBytes = 10_000
        }
        let first = network.sendStream(2000, from: 0, to: 1, now: Self.start)
        let second = network.sendStream(2000, from: 0, to: 1, now: Self.start)
        #expect(first - Self.start == .milliseconds(12))
        #expect(second - Self.start == .milliseconds(14))
        guard case .later(let through) = network.receive(2000, at: 1, isDatagram: false, now: Self.start),
            case .later(let next) = network.receive(2000, at: 1, isDatagram: false, now: Self.start)
        else {
            Issue.record("a busy line was free")
            return
        }
        #expect(through - Self.start == .milliseconds(4))
        #expect(next - Self.start == .milliseconds(8))
        // 4 KB wait at the sender, and 6 KB fit; then datagrams are lost and TCP waits for half of it.
        #expect(network.uploadFree(of: 0, now: Self.start) == nil)
        for _ in 0..<6 { #expect(!network.sendDatagram(1000, from: 0, to: 1, now: Self.start).isEmpty) }
        #expect(network.sendDatagram(1000, from: 0, to: 1, now: Self.start).isEmpty)
        #expect(network.uploadFree(of: 0, now: Self.start) == Self.start + .milliseconds(5))
        for _ in 0..<6 { _ = network.receive(1000, at: 1, isDatagram: true, now: Self.start) }
        guard case .lost = network.receive(1000, at: 1, isDatagram: true, now: Self.start) else {
            Issue.record("a full queue took a datagram")
            return
        }
    }

    @Test("what TCP loses comes later: after a round trip, or a timer at the end of a burst")
    func retransmission() {
        var clean = Self.network()
        var lossy = Self.network { $0.loss = 0.02 }
        var late = 0
        for index in 0..<1000 {
            let now = Self.start + .seconds(Int64(index))
            let expected = clean.sendStream(100, from: 0, to: 1, now: now)
            let arrival = lossy.sendStream(100, from: 0, to: 1, now: now)
            #expect(arrival == expected || arrival >= expected + .milliseconds(200))
            if arrival > expected { late += 1 }
        }
        #expect((8...40).contains(late), "\(late)")
        let now = Self.start + .seconds(5000)
        let long = lossy.sendStream(500 * 1448, from: 0, to: 1, now: now)
        #expect(long >= clean.sendStream(500 * 1448, from: 0, to: 1, now: now) + .milliseconds(20))
    }

    @Test("half a partition: one side still hears the other")
    func oneWay() {
        var network = Self.network()
        network.setSide(1, of: 1)
        network.setBlocked(from: 0, to: 1, true)
        #expect(network.sendDatagram(100, from: 0, to: 1, now: Self.start).isEmpty)
        #expect(network.sendDatagram(100, from: 1, to: 0, now: Self.start).count == 1)
        // A dial needs both ways.
        #expect(network.dial(from: 0, to: 1, now: Self.start) == nil)
        #expect(network.dial(from: 1, to: 0, now: Self.start) == nil)
        network.heal()
        #expect(network.dial(from: 0, to: 1, now: Self.start) == Self.start + .milliseconds(10))
    }

    @Test("who is behind a NAT can be reached by those whom he has sent something, for two minutes")
    func nat() {
        var network = Self.network(nodes: 3)
        network.setBehindNAT(1, true)
        #expect(network.dial(from: 0, to: 1, now: Self.start) == nil)
        _ = network.sendDatagram(100, from: 1, to: 0, now: Self.start)
        #expect(network.admits(from: 0, to: 1, now: Self.start))
        #expect(network.dial(from: 0, to: 1, now: Self.start) != nil)
        #expect(network.dial(from: 2, to: 1, now: Self.start) == nil)
        #expect(network.dial(from: 0, to: 1, now: Self.start + .seconds(121)) == nil)
        // From behind it everybody can be dialed.
        #expect(network.dial(from: 1, to: 2, now: Self.start) != nil)
    }

    @Test func theShareBehindNATsIsDrawn() {
        let network = Self.network(nodes: 500) { $0.natShare = 0.3 }
        #expect((110...190).contains((0..<500).filter { network.isBehindNAT($0) }.count))
    }
}
