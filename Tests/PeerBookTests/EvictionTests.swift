import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// Handshakes that idle must not keep anybody out: 50 of them lock go-ethereum for as long as their time-outs are.
@Suite("Hardening: idle connections against admission")
struct EvictionTests {
    private func fill(_ rounds: inout Rounds, _ count: Int, from range: String, port: UInt16 = 1000) {
        for index in 0..<count {
            let ip = IPAddress("\(range).\(1 + index / 250).\(1 + index % 250)") ?? .loopback
            _ = rounds.book.admitInbound(
                rounds.nextConnection(), from: Endpoint(ip: ip, port: port + UInt16(index)), now: rounds.now)
        }
        rounds.collect()
    }

    @Test("500 idle connections of one range of addresses: a peer from elsewhere is in at once")
    func oneRange() {
        var rounds = Rounds()
        fill(&rounds, 500, from: "127.9")
        #expect(rounds.book.pendingInboundCount == 50)
        let good = rounds.accept(Node(1))
        #expect(good.refusal == nil && good.reason == nil)
        #expect(rounds.book.inboundCount == 1 && rounds.book.pendingInboundCount == 49)
        // The oldest gave way, with a reason.
        #expect(rounds.disconnects.map(\.0) == [ConnectionID(rawValue: 1)])
        #expect(rounds.disconnects.map(\.1) == [.tooManyPeers])
        let first = Endpoint(ip: IPAddress("127.9.1.1") ?? .loopback, port: 1000)
        let isExplained = rounds.events.contains(.evicted(first, nil, for: .tooManyPending))
        #expect(isExplained)
    }

    @Test("a peer from the very range gets in as well, half a second later")
    func sameRange() {
        var rounds = Rounds()
        fill(&rounds, 500, from: "127.9")
        let node = Node(1, ip: "127.9.200.1")
        #expect(rounds.accept(node).refusal == .tooManyPending)
        rounds.now = rounds.now + .milliseconds(500)
        #expect(rounds.accept(node).reason == nil)
        #expect(rounds.book.inboundCount == 1)
    }

    @Test("one address with all its handshakes open: the oldest gives way to its next, not to be refused for ever")
    func oneAddress() {
        var rounds = Rounds()
        let endpoint = Endpoint(ip: .loopback, port: 5)
        for _ in 0..<38 { _ = rounds.book.admitInbound(rounds.nextConnection(), from: endpoint, now: rounds.now) }
        #expect(rounds.accept(Node(1, ip: "127.0.0.1")).refusal == .tooManyPendingFromAddress)
        rounds.now = rounds.now + .seconds(1)
        #expect(rounds.accept(Node(1, ip: "127.0.0.1")).reason == nil)
        #expect(rounds.book.inboundCount == 1 && rounds.book.pendingInboundCount == 37)
    }

    @Test("ten idle connections of a /24 don't keep the eleventh host of it out; ten peers do")
    func oneSubnet() {
        var rounds = Rounds(PeerLimits(maxPeers: 60))
        for host in 1...10 {
            let ip = IPAddress("34.1.1.\(host)") ?? .loopback
            #expect(
                rounds.book.admitInbound(rounds.nextConnection(), from: Endpoint(ip: ip, port: 1), now: rounds.now)
                    == nil)
        }
        rounds.now = rounds.now + .seconds(1)
        for host in 11...20 { #expect(rounds.accept(Node(UInt64(host), ip: "34.1.1.\(host)")).reason == nil) }
        #expect(rounds.accept(Node(21, ip: "34.1.1.21")).refusal == .subnetFull)
        #expect(rounds.book.inboundCount == 10)
    }

    @Test("a burst of honest peers from one range doesn't push itself out: those beyond the limit are refused")
    func burst() {
        var rounds = Rounds()
        for index in 0..<80 {
            let refusal = rounds.book.admitInbound(
                rounds.nextConnection(), from: Endpoint(ip: IPAddress("10.0.0.\(index + 1)") ?? .loopback, port: 1),
                now: rounds.now)
            #expect(refusal == (index < 50 ? nil : .tooManyPending))
        }
        rounds.collect()
        #expect(rounds.disconnects.isEmpty)
    }

    @Test("an attacker of two ranges can't have the honest third evicted: the crowd is thinned where it is thickest")
    func twoRanges() {
        var rounds = Rounds()
        let honest = rounds.nextConnection()
        #expect(
            rounds.book.admitInbound(honest, from: Endpoint(ip: Node(1).contact.ip, port: 1), now: rounds.now) == nil)
        fill(&rounds, 30, from: "127.1")
        fill(&rounds, 30, from: "127.2")
        for _ in 0..<20 {
            rounds.now = rounds.now + .milliseconds(100)
            fill(&rounds, 50, from: "127.1")
            fill(&rounds, 50, from: "127.2")
        }
        #expect(!rounds.disconnects.contains { $0.0 == honest })
        #expect(rounds.book.identified(honest, as: Node(1).key.publicKey, now: rounds.now) == nil)
        #expect(rounds.book.connected(honest, now: rounds.now) == nil)
    }

    @Test("a banned address and one that was here 30 s ago push nobody out")
    func refusedBeforehand() {
        var rounds = Rounds()
        #expect(rounds.accept(Node(1)).refusal == nil)
        rounds.now = rounds.now + .seconds(1)
        fill(&rounds, 500, from: "127.9")
        #expect(rounds.accept(Node(1)).refusal == .throttled)
        #expect(rounds.disconnects.isEmpty)
    }

    @Test("what an evicted connection does later changes nothing")
    func late() {
        var rounds = Rounds()
        fill(&rounds, 50, from: "127.9")
        _ = rounds.accept(Node(1))
        let victim = ConnectionID(rawValue: 1)
        #expect(rounds.book.identified(victim, as: Node(2).key.publicKey, now: rounds.now) == .requested)
        rounds.book.disconnected(victim, .local(.tooManyPeers), now: rounds.now)
        #expect(rounds.book.pendingInboundCount == 49 && rounds.book.inboundCount == 1)
    }
}
