import EthCrypto
import NodeRecord
import Primitives
import SansIO
import Testing

@testable import Discovery

/// Datagrams that bear the address of an honest node: they cost that node nothing, and change nothing about it.
@Suite struct ForgedSourceTests {
    let friend = Sample.key(50)
    let friendEndpoint = Endpoint(ip: .v4(0x0808_0303), port: 30303)
    var node: DiscoveryV4
    var now = Sample.start
    private let nowhere = EndpointV4(ip: nil, udpPort: 0, tcpPort: 0)

    /// A node, and a friend that has proved its endpoint and answered its first question.
    init() throws {
        let contact = NodeContact(
            publicKey: friend.publicKey, ip: friendEndpoint.ip, udpPort: 30303, tcpPort: 30303)
        node = try DiscoveryV4Tests.node(bootnodes: [contact])
        node.deadlineReached(now: now)
        let first = try sent()
        receive(pong(try #require(first.first).hash))
        receive(ping())
        receive(.neighbors(PacketV4.Neighbors(nodes: [], expiration: expiration)))
        advance(by: .milliseconds(100))
        _ = try sent()
        try #require(node.liveContacts.map(\.id) == [friend.publicKey.nodeID])
    }

    /// A datagram whose hash fits and whose signature doesn't: it costs a key recovery.
    static func junk(_ number: UInt32) -> [UInt8] {
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 65)
        bytes[3] = UInt8(truncatingIfNeeded: number >> 8)
        bytes[64] = 9
        let rest = bytes + [1, 0xc0]
        return Keccak256.hash(rest).bytes + rest
    }

    private var expiration: UInt64 { now.unixSeconds + 20 }

    private func ping(enrSeq: UInt64? = nil) -> PacketV4 {
        let from = EndpointV4(ip: nil, udpPort: 0, tcpPort: 30303)
        return .ping(PacketV4.Ping(from: from, to: nowhere, expiration: expiration, enrSeq: enrSeq))
    }

    private func pong(_ hash: Hash32) -> PacketV4 {
        .pong(PacketV4.Pong(to: nowhere, pingHash: hash, expiration: expiration, enrSeq: nil))
    }

    private mutating func receive(_ packet: PacketV4, by key: PrivateKey? = nil, from source: Endpoint? = nil) {
        let datagram = EnvelopeV4.seal(packet, by: key ?? friend).datagram
        node.receive(datagram[...], from: source ?? friendEndpoint, now: now)
    }

    private mutating func sent() throws -> [(packet: PacketV4, hash: Hash32, to: Endpoint)] {
        try node.takeEffects().compactMap { effect in
            guard case .send(let datagram, let to) = effect else { return nil }
            let envelope = try EnvelopeV4(datagram: datagram[...])
            return (envelope.packet, envelope.hash, to)
        }
    }

    private mutating func pings() throws -> [(hash: Hash32, to: Endpoint)] {
        try sent().compactMap { if case .ping = $0.packet { ($0.hash, $0.to) } else { nil } }
    }

    private mutating func advance(by duration: Duration) {
        let end = now + duration
        while let deadline = node.deadline, deadline <= end {
            now = max(now, deadline)
            node.deadlineReached(now: now)
        }
        now = end
    }

    private mutating func nextPing() throws -> (hash: Hash32, to: Endpoint) {
        for _ in 0..<1000 {
            if let ping = try pings().first { return ping }
            let deadline = try #require(node.deadline)
            now = max(now, deadline)
            node.deadlineReached(now: now)
        }
        throw NoPing()
    }

    private struct NoPing: Error {}

    enum Junk: CaseIterable, Sendable {
        case noise, badSignature, strangers, pongs, neighbors
    }

    private mutating func flood(_ kind: Junk, _ count: UInt32) {
        for number in 0..<count {
            switch kind {
            case .noise: node.receive([UInt8](repeating: 7, count: 40)[...], from: friendEndpoint, now: now)
            case .badSignature: node.receive(Self.junk(number)[...], from: friendEndpoint, now: now)
            case .strangers: receive(ping(), by: Sample.key(9000 + UInt64(number)))
            case .pongs: receive(pong(Hash32()), by: Sample.key(9000))
            case .neighbors:
                receive(.neighbors(PacketV4.Neighbors(nodes: [], expiration: expiration)), by: Sample.key(9000))
            }
        }
    }

    @Test("a flood with its address doesn't keep a node's pong away", arguments: Junk.allCases)
    mutating func awaitedPong(_ kind: Junk) throws {
        for _ in 0..<5 {
            let ping = try nextPing()
            #expect(ping.to == friendEndpoint)
            flood(kind, 400)
            let before = node.counters.pingsFailed
            receive(pong(ping.hash))
            _ = try sent()
            #expect(node.pings.count == 0 || kind == .strangers)
            #expect(node.counters.pingsFailed == before || kind == .strangers)
            #expect(node.table[friend.publicKey.nodeID]?.isLive == true)
        }
        #expect(try #require(node.table[friend.publicKey.nodeID]).livenessChecks >= 5)
    }

    @Test("nor its own questions", arguments: Junk.allCases)
    mutating func questions(_ kind: Junk) throws {
        flood(kind, 400)
        _ = try sent()
        receive(ping())
        #expect(try sent().contains { if case .pong = $0.packet { $0.to == friendEndpoint } else { false } })
    }

    @Test("junk that names a ping of ours is opened a few times, and the true pong may come later")
    mutating func namedJunk() throws {
        let ping = try nextPing()
        let before = node.counters.unsolicited
        for number in 0..<5 { receive(pong(ping.hash), by: Sample.key(9000 + UInt64(number))) }
        #expect(node.counters.unsolicited == before + 5, "opened, and not by whom it was asked")
        receive(pong(ping.hash))
        #expect(node.pings.count == 0)
        #expect(node.pings.admitPong(to: ping.hash, from: friendEndpoint.ip) == false)
    }

    @Test("a ping with another port moves nobody, not even where something answers there")
    mutating func replayedPing() throws {
        let id = friend.publicKey.nodeID
        let elsewhere = Endpoint(ip: friendEndpoint.ip, port: 4444)
        receive(ping(enrSeq: 1 << 60), from: elsewhere)
        #expect(node.table[id]?.contact.udpPort == 30303 && node.table[id]?.isLive == true)
        let there = try pings()
        #expect(there.map(\.to) == [elsewhere], "it is asked whether the node is there")
        receive(pong(try #require(there.first).hash), from: elsewhere)
        #expect(node.table[id]?.contact.udpPort == 30303 && node.table[id]?.isLive == true)
        let here = try pings()
        #expect(here.map(\.to) == [friendEndpoint], "and whether it is still here")
        receive(pong(try #require(here.first).hash))
        #expect(node.table[id]?.contact.udpPort == 30303 && node.table[id]?.isLive == true)
        #expect(node.rivals[id] == nil)
    }

    @Test("a node that answers elsewhere and no longer here has moved")
    mutating func moved() throws {
        let id = friend.publicKey.nodeID
        let elsewhere = Endpoint(ip: friendEndpoint.ip, port: 4444)
        receive(ping(), from: elsewhere)
        receive(pong(try #require(try pings().first).hash), from: elsewhere)
        advance(by: .milliseconds(600))
        #expect(node.table[id]?.contact.udpPort == 4444 && node.table[id]?.isLive == true)
        let found = node.takeEffects().contains {
            if case .found(let contact) = $0 { contact.udpPort == 4444 } else { false }
        }
        #expect(found)
    }

    @Test("a false endpoint of a node doesn't keep the right one from being tried")
    mutating func falseEndpoint() throws {
        func named(_ ip: UInt32) -> PacketV4.Node {
            PacketV4.Node(
                endpoint: EndpointV4(ip: .v4(ip), udpPort: 30303, tcpPort: 30303), publicKey: Sample.key(60).publicKey)
        }
        for ip in [0x0909_0101, 0x0909_0202] as [UInt32] {
            while node.queries.allSatisfy({ $0.phase != .awaitingReply || !$0.isForNodes }) {
                now = max(now, try #require(node.deadline))
                node.deadlineReached(now: now)
                for ping in try pings() where ping.to == friendEndpoint { receive(pong(ping.hash)) }
            }
            receive(.neighbors(PacketV4.Neighbors(nodes: [named(ip)], expiration: expiration)))
            let right = Endpoint(ip: .v4(ip), port: 30303)
            #expect(try pings().contains { $0.to == right })
            advance(by: .seconds(2))
            for ping in try pings() where ping.to == friendEndpoint { receive(pong(ping.hash)) }
        }
    }
}
