import Discovery
import EthCrypto
import NodeRecord
import Primitives
import SansIO
import Testing

/// One machine and a peer made of bare packets: every rule about who is answered and who is believed.
@Suite struct DiscoveryV4Tests {
    static let localEndpoint = Endpoint(ip: .v4(0x0808_0101), port: 30303)

    var node: DiscoveryV4
    var now = Sample.start
    let peer = Sample.key(77)
    let peerEndpoint = Endpoint(ip: .v4(0x0808_0202), port: 30303)

    init() throws {
        node = try Self.node()
        node.deadlineReached(now: now)
        // Without anyone to ask the first lookup is over at once.
        #expect(node.takeEffects().isEmpty)
        #expect(node.counters.lookups == 1)
    }

    static func node(bootnodes: [NodeContact] = []) throws -> DiscoveryV4 {
        try DiscoveryV4(
            key: Sample.key(1), ip: localEndpoint.ip, udpPort: 30303, tcpPort: 30304, bootnodes: bootnodes,
            random: NodeRandom(seed: 1), now: Sample.start)
    }

    // MARK: the peer's side

    struct Sent: Equatable {
        let packet: PacketV4
        let hash: Hash32
        let to: Endpoint
    }

    /// The packets sent since the last call.
    mutating func sent() throws -> [Sent] {
        try node.takeEffects().compactMap { effect throws -> Sent? in
            guard case .send(let datagram, let endpoint) = effect else { return nil }
            let envelope = try EnvelopeV4(datagram: datagram[...])
            #expect(envelope.sender == Sample.key(1).publicKey)
            return Sent(packet: envelope.packet, hash: envelope.hash, to: endpoint)
        }
    }

    mutating func pings() throws -> [Sent] {
        try sent().filter { if case .ping = $0.packet { true } else { false } }
    }

    mutating func neighborCount() throws -> Int {
        try sent().count { if case .neighbors = $0.packet { true } else { false } }
    }

    var expiration: UInt64 { now.unixSeconds + 20 }

    @discardableResult
    mutating func receive(_ packet: PacketV4, by key: PrivateKey? = nil, from source: Endpoint? = nil) -> Hash32 {
        let sealed = EnvelopeV4.seal(packet, by: key ?? peer)
        let isOurs = node.receive(sealed.datagram[...], from: source ?? peerEndpoint, now: now)
        #expect(isOurs)
        return sealed.hash
    }

    func pingPacket(enrSeq: UInt64? = nil, expiration: UInt64? = nil) -> PacketV4 {
        .ping(
            PacketV4.Ping(
                from: EndpointV4(ip: .v4(0x0101_0101), udpPort: 9, tcpPort: 4444),
                to: EndpointV4(ip: Self.localEndpoint.ip, udpPort: 30303, tcpPort: 0),
                expiration: expiration ?? self.expiration, enrSeq: enrSeq))
    }

    func pongPacket(_ hash: Hash32, enrSeq: UInt64? = nil, expiration: UInt64? = nil) -> PacketV4 {
        .pong(
            PacketV4.Pong(
                to: EndpointV4(ip: Self.localEndpoint.ip, udpPort: 30303, tcpPort: 0), pingHash: hash,
                expiration: expiration ?? self.expiration, enrSeq: enrSeq))
    }

    func findNode(_ target: PublicKey = Sample.key(5).publicKey) -> PacketV4 {
        .findNode(PacketV4.FindNode(target: target, expiration: expiration))
    }

    /// Both sides prove their endpoints; the packets of it are taken out.
    mutating func bond(enrSeq: UInt64? = nil) throws {
        receive(pingPacket(enrSeq: enrSeq))
        let packets = try sent()
        try #require(packets.count == 2)
        receive(pongPacket(packets[1].hash, enrSeq: enrSeq))
    }

    // MARK: ping and pong

    @Test mutating func aPingIsAnsweredAndReturned() throws {
        let hash = receive(pingPacket())
        let packets = try sent()
        #expect(packets.map(\.to) == [peerEndpoint, peerEndpoint])
        let to = EndpointV4(ip: peerEndpoint.ip, udpPort: 30303, tcpPort: 4444)
        #expect(
            packets.first?.packet
                == .pong(
                    PacketV4.Pong(to: to, pingHash: hash, expiration: expiration, enrSeq: node.localRecord.seq)))
        let from = EndpointV4(ip: Self.localEndpoint.ip, udpPort: 30303, tcpPort: 30304)
        let target = EndpointV4(ip: peerEndpoint.ip, udpPort: 30303, tcpPort: 0)
        #expect(
            packets.last?.packet
                == .ping(
                    PacketV4.Ping(from: from, to: target, expiration: expiration, enrSeq: node.localRecord.seq)))
        #expect(node.table.count == 0, "nothing is proved yet")
    }

    @Test mutating func aPongProvesTheEndpoint() throws {
        receive(pingPacket())
        let ping = try #require(try sent().last)
        receive(pongPacket(ping.hash))
        let contact = NodeContact(publicKey: peer.publicKey, ip: peerEndpoint.ip, udpPort: 30303, tcpPort: 4444)
        #expect(node.takeEffects() == [.found(contact)])
        #expect(node.liveContacts == [contact])
        // Proved for a day: another ping is answered, but not returned.
        now = now + .seconds(23 * 3600)
        receive(pingPacket())
        #expect(try pings().isEmpty)
        now = now + .seconds(3601)
        receive(pingPacket())
        #expect(try pings().count == 1)
    }

    @Test mutating func aSecondPingWhileOneIsUnderWayIsNotReturnedTwice() throws {
        receive(pingPacket())
        receive(pingPacket())
        let packets = try sent()
        #expect(packets.count == 3)
        #expect(packets.filter { if case .ping = $0.packet { true } else { false } }.count == 1)
    }

    enum Refusal: CaseIterable, Sendable {
        case nobodyAsked, otherHash, otherAddress, otherKey, expired, late, twice
    }

    @Test(arguments: Refusal.allCases)
    mutating func aPongThatAnswersNoPingProvesNothing(_ refusal: Refusal) throws {
        if refusal != .nobodyAsked { receive(pingPacket()) }
        let hash = try sent().last?.hash ?? Hash32()
        var expected: UInt64 = 1
        switch refusal {
        case .nobodyAsked, .otherHash: receive(pongPacket(Keccak256.hash(hash)))
        case .otherAddress: receive(pongPacket(hash), from: Endpoint(ip: .v4(0x0808_0203), port: 30303))
        case .otherKey: receive(pongPacket(hash), by: Sample.key(78))
        case .expired:
            receive(pongPacket(hash, expiration: now.unixSeconds - 1))
            #expect(node.counters.expired == 1)
            expected = 0
        case .late:
            now = now + .milliseconds(501)
            node.deadlineReached(now: now)
            receive(pongPacket(hash))
        case .twice:
            receive(pongPacket(hash))
            receive(pongPacket(hash))
        }
        #expect(node.counters.unsolicited == expected)
        #expect(node.table.count == (refusal == .twice ? 1 : 0))
        receive(findNode())
        #expect(node.counters.unproved == (refusal == .twice ? 0 : 1))
    }

    /// The second that the number names is over already, as in go-ethereum; huge numbers count as past.
    @Test(arguments: [(0, true), (-1, true), (1, false), (20, false), (1 << 32, false)] as [(Int64, Bool)])
    mutating func expirations(_ offset: Int64, _ isExpired: Bool) throws {
        now = now + .nanoseconds(1)
        let expiration = UInt64(Int64(now.unixSeconds) + offset)
        receive(pingPacket(expiration: expiration))
        #expect(try sent().isEmpty == isExpired)
        #expect(node.counters.expired == (isExpired ? 1 : 0))
    }

    @Test mutating func anExpirationBeyondSignedNumbersIsPast() throws {
        receive(pingPacket(expiration: 1 << 63))
        receive(pingPacket(expiration: .max))
        #expect(try sent().isEmpty)
        receive(pingPacket(expiration: 1 << 63 - 1))
        #expect(try sent().count == 2)
    }

    // MARK: questions

    @Test mutating func questionsWithoutAProofAreNotAnswered() throws {
        receive(findNode())
        receive(.enrRequest(PacketV4.ENRRequest(expiration: expiration)))
        #expect(try sent().isEmpty)
        #expect(node.counters.unproved == 2)
        // A ping alone is no proof: its address can be a victim's.
        receive(pingPacket())
        _ = try sent()
        receive(findNode())
        #expect(try sent().isEmpty)
    }

    @Test mutating func aProofHoldsForOneAddressOnly() throws {
        try bond()
        _ = node.takeEffects()
        let elsewhere = Endpoint(ip: .v4(0x0909_0909), port: 30303)
        receive(findNode(), from: elsewhere)
        receive(findNode(), by: Sample.key(78))
        #expect(try sent().isEmpty)
        #expect(node.counters.unproved == 2)
        receive(findNode(), from: Endpoint(ip: peerEndpoint.ip, port: 5))
        #expect(try sent().first?.to == Endpoint(ip: peerEndpoint.ip, port: 5), "the port isn't part of the proof")
    }

    @Test mutating func aProofEndsAfterADay() throws {
        try bond()
        _ = node.takeEffects()
        now = now + .seconds(24 * 3600 - 1)
        receive(findNode())
        #expect(try neighborCount() == 1)
        now = now + .seconds(1)
        receive(findNode())
        #expect(try neighborCount() == 0)
        #expect(node.counters.unproved == 1)
    }

    @Test mutating func theRecordIsGivenToProvedPeers() throws {
        try bond()
        _ = node.takeEffects()
        let hash = receive(.enrRequest(PacketV4.ENRRequest(expiration: expiration)))
        let response = PacketV4.ENRResponse(requestHash: hash, record: node.localRecord)
        #expect(try sent().map(\.packet) == [.enrResponse(response)])
        receive(.enrRequest(PacketV4.ENRRequest(expiration: now.unixSeconds - 1)))
        #expect(try sent().isEmpty)
    }

    @Test mutating func anEmptyTableGivesOneEmptyPacket() throws {
        try bond()
        _ = node.takeEffects()
        // The peer itself is the only node known.
        receive(findNode())
        let packets = try sent()
        #expect(packets.count == 1)
        guard case .neighbors(let neighbors) = packets.first?.packet else {
            Issue.record("no neighbors")
            return
        }
        #expect(neighbors.nodes.map(\.publicKey) == [peer.publicKey])
        #expect(neighbors.nodes.first?.endpoint.tcpPort == 4444)
    }

    // MARK: the local record

    @Test mutating func changedEntriesMakeANewRecord() throws {
        let before = node.localRecord
        #expect(before.ip == Self.localEndpoint.ip)
        #expect(before.udp == 30303)
        #expect(before.tcp == 30304)
        let entry: [UInt8] = [0xc7, 0xc6, 0x84, 0x07, 0xc9, 0x46, 0x2e, 0x80]
        try node.setEntry("eth", rlp: entry)
        #expect(node.localRecord.seq == before.seq + 1)
        #expect(node.localRecord.ethEntry.map(Array.init) == entry)
        try node.setEntry("eth", rlp: entry)
        #expect(node.localRecord.seq == before.seq + 1)
        #expect(throws: NodeRecordError.self) { try node.setEntry("x", rlp: [0xff]) }
        #expect(node.localRecord.seq == before.seq + 1)
        try node.setEndpoint(ip: IPAddress("9.9.9.9"), udpPort: 1111, tcpPort: 0)
        #expect(node.localRecord.endpoint.map { "\($0.ip) \($0.udpPort) \($0.tcpPort)" } == "9.9.9.9 1111 0")
        #expect(node.localRecord.ethEntry != nil)
        // The next ping says so.
        receive(pingPacket())
        guard case .ping(let ping) = try sent().last?.packet else {
            Issue.record("no ping")
            return
        }
        #expect(ping.enrSeq == before.seq + 2)
        #expect(ping.from == EndpointV4(ip: IPAddress("9.9.9.9"), udpPort: 1111, tcpPort: 0))
    }

    // MARK: what comes from anywhere

    @Test mutating func foreignDatagramsAreLeftToOthers() throws {
        for count in [0, 97, 300, 2000] {
            let isOurs = node.receive([UInt8](repeating: 1, count: count)[...], from: peerEndpoint, now: now)
            #expect(!isOurs)
        }
        #expect(node.counters.malformed == 4)
        #expect(node.takeEffects().isEmpty)
    }

    @Test mutating func itsOwnPacketsAreIgnored() throws {
        receive(pingPacket(), by: Sample.key(1))
        #expect(try sent().isEmpty)
    }

    /// Each damaged form of each packet, in a state in which the whole one would have an effect.
    @Test mutating func damagedPacketsHaveNoEffect() throws {
        try bond()
        _ = node.takeEffects()
        for packet in try PacketV4Tests.samples() {
            let datagram = EnvelopeV4.seal(packet, by: peer).datagram
            for count in stride(from: 0, to: datagram.count, by: 5) {
                var copy = node
                copy.receive(datagram.prefix(count), from: peerEndpoint, now: now)
                #expect(copy.takeEffects().isEmpty)
            }
            for bit in stride(from: 0, to: datagram.count * 8, by: 11) {
                var copy = node
                var flipped = datagram
                flipped[bit / 8] ^= 1 << (bit % 8)
                copy.receive(flipped[...], from: peerEndpoint, now: now)
                #expect(copy.takeEffects().isEmpty)
            }
        }
    }
}
