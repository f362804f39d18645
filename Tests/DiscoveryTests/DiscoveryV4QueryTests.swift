import Discovery
import EthCrypto
import NodeRecord
import Primitives
import SansIO
import Testing

/// One machine that searches, and a bootnode made of bare packets.
@Suite struct DiscoveryV4QueryTests {
    let boot = Sample.key(50)
    let bootEndpoint = Endpoint(ip: .v4(0x0808_0303), port: 30303)
    var node: DiscoveryV4
    var now = Sample.start

    init() throws {
        let contact = NodeContact(publicKey: boot.publicKey, ip: bootEndpoint.ip, udpPort: 30303, tcpPort: 30303)
        node = try DiscoveryV4Tests.node(bootnodes: [contact])
        #expect(node.deadline == now)
        node.deadlineReached(now: now)
    }

    mutating func sent() throws -> [EnvelopeV4] {
        try node.takeEffects().compactMap { effect throws -> EnvelopeV4? in
            guard case .send(let datagram, let endpoint) = effect, endpoint == bootEndpoint else { return nil }
            return try EnvelopeV4(datagram: datagram[...])
        }
    }

    @discardableResult
    mutating func receive(_ packet: PacketV4, by key: PrivateKey? = nil, from source: Endpoint? = nil) -> Hash32 {
        let sealed = EnvelopeV4.seal(packet, by: key ?? boot)
        node.receive(sealed.datagram[...], from: source ?? bootEndpoint, now: now)
        return sealed.hash
    }

    var expiration: UInt64 { now.unixSeconds + 20 }
    private let nowhere = EndpointV4(ip: nil, udpPort: 0, tcpPort: 0)

    func ping(enrSeq: UInt64? = nil) -> PacketV4 {
        let from = EndpointV4(ip: nil, udpPort: 0, tcpPort: 30303)
        return .ping(PacketV4.Ping(from: from, to: nowhere, expiration: expiration, enrSeq: enrSeq))
    }

    func pong(_ hash: Hash32, enrSeq: UInt64? = nil) -> PacketV4 {
        .pong(PacketV4.Pong(to: nowhere, pingHash: hash, expiration: expiration, enrSeq: enrSeq))
    }

    func neighbors(_ nodes: [PacketV4.Node]) -> PacketV4 {
        .neighbors(PacketV4.Neighbors(nodes: nodes, expiration: expiration))
    }

    /// A node at 8.8.`number`.1, so that no limit on subnets is met.
    func entry(_ number: UInt64, ip: IPAddress? = nil, udp: UInt16 = 30303) -> PacketV4.Node {
        PacketV4.Node(
            endpoint: EndpointV4(
                ip: ip ?? .v4(0x0808_0001 | UInt32(number) << 8), udpPort: udp, tcpPort: 30303),
            publicKey: Sample.key(1000 + number).publicKey)
    }

    /// The bootnode answers the first ping and pings back; the result is the question that follows.
    mutating func bond(enrSeq: UInt64? = nil) throws -> [EnvelopeV4] {
        let pings = try sent()
        try #require(pings.count == 1)
        receive(pong(pings[0].hash, enrSeq: enrSeq))
        #expect(try sent().isEmpty, "the bootnode has no proof of us yet")
        receive(ping(enrSeq: enrSeq))
        return try sent()
    }

    mutating func advance(to time: Instant) {
        while let deadline = node.deadline, deadline <= time {
            now = max(now, deadline)
            node.deadlineReached(now: now)
        }
        now = time
    }

    @Test mutating func theQuestionFollowsThePeersPing() throws {
        let packets = try bond()
        guard packets.count == 2, case .pong = packets[0].packet, case .findNode(let query) = packets[1].packet else {
            Issue.record("\(packets)")
            return
        }
        #expect(query.target == Sample.key(1).publicKey, "the first lookup is for the node itself")
    }

    @Test mutating func withoutAPingTheQuestionComesAfterHalfASecond() throws {
        let pings = try sent()
        receive(pong(pings[0].hash))
        advance(to: now + .milliseconds(499))
        #expect(try sent().isEmpty)
        advance(to: now + .milliseconds(1))
        let packets = try sent()
        #expect(packets.contains { if case .findNode = $0.packet { true } else { false } })
    }

    @Test mutating func namedNodesArePingedAndAsked() throws {
        _ = try bond()
        receive(neighbors([entry(1), entry(2)]))
        let targets = node.takeEffects().compactMap { effect -> Endpoint? in
            if case .send(_, let endpoint) = effect { endpoint } else { nil }
        }
        #expect(
            Set(targets) == Set([1, 2].map { Endpoint(ip: .v4(0x0808_0001 | $0 << 8), port: 30303) }))
        #expect(node.table.count == 3)
        #expect(node.table.liveCount == 1)
    }

    struct NodeRow: Sendable {
        let ip: String
        let udp: UInt16
    }

    @Test(arguments: [
        NodeRow(ip: "8.8.9.1", udp: 1024), NodeRow(ip: "8.8.9.1", udp: 0), NodeRow(ip: "127.0.0.1", udp: 30303),
        NodeRow(ip: "192.168.1.1", udp: 30303), NodeRow(ip: "0.0.0.0", udp: 30303),
        NodeRow(ip: "224.0.0.1", udp: 30303), NodeRow(ip: "203.0.113.9", udp: 30303),
        NodeRow(ip: "2001:db8::1", udp: 30303), NodeRow(ip: "fe80::1", udp: 30303),
    ])
    mutating func nodesThatCannotBeAreIgnored(_ row: NodeRow) throws {
        _ = try bond()
        receive(neighbors([entry(1, ip: IPAddress(row.ip), udp: row.udp)]))
        #expect(node.takeEffects().isEmpty)
        #expect(node.table.count == 1)
    }

    @Test mutating func keysOffTheCurveAreIgnored() throws {
        _ = try bond()
        var bad = entry(1)
        bad.publicKey = PublicKey([UInt8](repeating: 7, count: 64)) ?? PublicKey()
        receive(neighbors([bad, entry(2)]))
        #expect(node.table.count == 2)
    }

    @Test mutating func atMostSixteenNodesAreTakenFromAnAnswer() throws {
        _ = try bond()
        receive(neighbors((1...12).map { entry($0) }))
        receive(neighbors((13...24).map { entry($0) }))
        #expect(node.table.count == 17)
        // The answer is complete, so more of it is unsolicited.
        receive(neighbors([entry(30)]))
        #expect(node.table.count == 17)
        #expect(node.counters.unsolicited == 1)
    }

    @Test mutating func unsolicitedNeighborsAreIgnored() throws {
        receive(neighbors([entry(1)]))
        #expect(node.counters.unsolicited == 1)
        _ = try bond()
        receive(neighbors([entry(1)]), by: Sample.key(51))
        receive(neighbors([entry(1)]), from: Endpoint(ip: .v4(0x0808_0304), port: 30303))
        #expect(node.counters.unsolicited == 3)
        receive(.neighbors(PacketV4.Neighbors(nodes: [entry(1)], expiration: now.unixSeconds - 1)))
        #expect(node.counters.expired == 1)
        #expect(node.table.count == 1)
    }

    /// Packets overtake each other: the short one first, the full one within the grace.
    @Test mutating func aShortPacketEndsTheAnswerAfterAMoment() throws {
        _ = try bond()
        receive(neighbors((1...4).map { entry($0) }))
        now = now + .milliseconds(49)
        node.deadlineReached(now: now)
        receive(neighbors((5...16).map { entry($0) }))
        #expect(node.table.count == 17)
        #expect(node.counters.unsolicited == 0)
    }

    @Test mutating func afterTheMomentTheAnswerIsOver() throws {
        _ = try bond()
        receive(neighbors([entry(1)]))
        advance(to: now + .milliseconds(51))
        #expect(node.counters.queriesAnswered == 1)
        receive(neighbors([entry(2)]))
        #expect(node.counters.unsolicited == 1)
    }

    // MARK: records

    func record(seq: UInt64, by key: PrivateKey, ip: String = "8.8.3.3") throws -> NodeRecord {
        var draft = NodeRecordDraft()
        draft.setAddress(IPAddress(ip))
        draft.set("udp", integer: 30303)
        draft.set("tcp", integer: 30999)
        draft.set("eth", rlp: [0xc7, 0xc6, 0x84, 0x07, 0xc9, 0x46, 0x2e, 0x80])
        return try draft.signed(seq: seq, by: key)
    }

    func request(in packets: [EnvelopeV4]) throws -> Hash32 {
        try #require(packets.first { if case .enrRequest = $0.packet { true } else { false } }).hash
    }

    mutating func found() -> [NodeContact] {
        node.takeEffects().compactMap { if case .found(let contact) = $0 { contact } else { nil } }
    }

    @Test mutating func aNodeIsReportedWithItsRecord() throws {
        let hash = try request(in: bond(enrSeq: 3))
        let record = try record(seq: 3, by: boot)
        receive(.enrResponse(PacketV4.ENRResponse(requestHash: hash, record: record)))
        let contacts = found()
        #expect(contacts.map(\.record) == [record])
        #expect(contacts.first?.tcpPort == 30999)
        #expect(contacts.first?.udpEndpoint == bootEndpoint)
        #expect(node.liveContacts == contacts)
        // Another pong with the same number changes nothing; a higher one brings the new record.
        receive(ping(enrSeq: 3))
        #expect(try sent().count == 1)
        receive(ping(enrSeq: 4))
        let again = try request(in: sent())
        let newer = try self.record(seq: 4, by: boot)
        receive(.enrResponse(PacketV4.ENRResponse(requestHash: again, record: newer)))
        #expect(found().map(\.record) == [newer])
    }

    enum BadRecord: CaseIterable, Sendable { case ofAnother, otherHash, unsolicited, none }

    @Test(arguments: BadRecord.allCases)
    mutating func withoutARightRecordTheNodeIsReportedBare(_ bad: BadRecord) throws {
        let hash = try request(in: bond(enrSeq: 3))
        switch bad {
        case .ofAnother:
            let record = try record(seq: 3, by: Sample.key(9))
            receive(.enrResponse(PacketV4.ENRResponse(requestHash: hash, record: record)))
        case .otherHash:
            let record = try record(seq: 3, by: boot)
            receive(.enrResponse(PacketV4.ENRResponse(requestHash: Hash32(), record: record)))
        case .unsolicited:
            let record = try record(seq: 3, by: boot)
            receive(
                .enrResponse(PacketV4.ENRResponse(requestHash: hash, record: record)),
                from: Endpoint(ip: .v4(0x0808_0304), port: 30303))
        case .none: break
        }
        #expect(found().isEmpty)
        advance(to: now + .milliseconds(500))
        #expect(found().map(\.record) == [nil])
    }

    @Test mutating func aRecordWithAnotherAddressDoesNotMoveTheNode() throws {
        let hash = try request(in: bond(enrSeq: 3))
        let record = try record(seq: 3, by: boot, ip: "127.0.0.1")
        receive(.enrResponse(PacketV4.ENRResponse(requestHash: hash, record: record)))
        #expect(found().map(\.udpEndpoint) == [bootEndpoint])
        #expect(node.liveContacts.map(\.udpEndpoint) == [bootEndpoint])
    }

    // MARK: failures

    @Test mutating func aDeadBootnodeIsTriedAgain() throws {
        var pings: [Instant] = []
        while now < Sample.start + .seconds(60), let deadline = node.deadline {
            if try !sent().isEmpty { pings.append(now) }
            now = deadline
            node.deadlineReached(now: now)
        }
        #expect((10...30).contains(pings.count))
        #expect(zip(pings, pings.dropFirst()).allSatisfy { $1 - $0 < .seconds(7.5) })
        #expect(node.table.count <= 1)
        #expect(node.counters.found == 0)
    }

    /// The first may have overtaken the pong that lets the peer answer.
    @Test mutating func anUnansweredQuestionIsAskedTwice() throws {
        let first = try bond().last
        advance(to: now + .milliseconds(199))
        #expect(try sent().isEmpty)
        advance(to: now + .milliseconds(1))
        let second = try sent()
        #expect(second.map(\.packet) == [first?.packet])
        advance(to: now + .milliseconds(299))
        #expect(node.counters.queriesFailed == 0)
        advance(to: now + .milliseconds(1))
        #expect(node.counters.queriesFailed == 1)
        #expect(try sent().isEmpty)
    }

    @Test mutating func aSilentPeerIsPingedBeforeTheNextQuestion() throws {
        _ = try bond()
        // The question is not answered.
        advance(to: now + .milliseconds(500))
        _ = node.takeEffects()
        #expect(node.counters.queriesFailed == 1)
        var kinds: [String] = []
        while kinds.isEmpty, let deadline = node.deadline, deadline < now + .seconds(3) {
            now = deadline
            node.deadlineReached(now: now)
            kinds = try sent().map { if case .ping = $0.packet { "ping" } else { "other" } }
        }
        #expect(kinds == ["ping"])
    }

    /// Whoever waits for a restart to fill the table first gets no place in it.
    @Test mutating func nobodyEntersUninvitedBeforeTheFirstLookupIsOver() throws {
        let key = Sample.key(60)
        let source = Endpoint(ip: .v4(0x0909_0909), port: 30303)
        receive(ping(), by: key, from: source)
        let hash = node.takeEffects().compactMap { effect -> Hash32? in
            guard case .send(let datagram, source) = effect, let envelope = try? EnvelopeV4(datagram: datagram[...]),
                case .ping = envelope.packet
            else { return nil }
            return envelope.hash
        }.first
        receive(pong(try #require(hash)), by: key, from: source)
        #expect(found().map(\.publicKey) == [key.publicKey], "it can be dialed")
        #expect(node.table[key.publicKey.nodeID] == nil)
        advance(to: now + .milliseconds(600))
        receive(ping(), by: key, from: source)
        #expect(node.table[key.publicKey.nodeID]?.isLive == false)
    }

    @Test mutating func nodesOnDemand() throws {
        _ = try bond()
        receive(neighbors([]))
        advance(to: now + .seconds(100))
        let planned = try #require(node.deadline)
        let lookups = node.counters.lookups
        node.requestNodes(now: now)
        #expect(try #require(node.deadline) <= min(planned, now + .seconds(1)))
        advance(to: now + .seconds(2))
        #expect(node.counters.lookups > lookups)
    }

    @Test mutating func withoutIPv6NobodyIsAskedThere() throws {
        var other = self
        let nodes = [entry(1, ip: IPAddress("2a00::1")), entry(2)]
        _ = try bond()
        receive(neighbors(nodes))
        #expect(node.table.count == 3)
        other.node.usesIPv6 = false
        _ = try other.bond()
        other.receive(neighbors(nodes))
        #expect(other.node.table.count == 2)
    }

    @Test mutating func seedsAreAskedToo() throws {
        _ = node.takeEffects()
        let seeds = (1...3).map { number in
            NodeContact(
                publicKey: Sample.key(1000 + UInt64(number)).publicKey, ip: .v4(0x0808_0001 | UInt32(number) << 8),
                udpPort: 30303, tcpPort: 30303)
        }
        var fresh = try DiscoveryV4Tests.node()
        fresh.deadlineReached(now: now)
        #expect(fresh.takeEffects().isEmpty)
        fresh.seed(seeds)
        let deadline = try #require(fresh.deadline)
        #expect(deadline <= now)
        fresh.deadlineReached(now: now)
        let targets = fresh.takeEffects().compactMap { effect -> Endpoint? in
            if case .send(_, let endpoint) = effect { endpoint } else { nil }
        }
        #expect(Set(targets) == Set(seeds.map(\.udpEndpoint)))
    }
}
