import EthCrypto
import NodeRecord
import Primitives
import SansIO
import Testing

@testable import Discovery

/// What bounds the work and the memory that strangers can cause.
@Suite struct DiscoveryV4LimitTests {
    let now = Sample.start

    /// Uses up what no address has a claim to.
    private func takeSpare(_ limiter: inout IngressLimiter) {
        let greedy = Endpoint(ip: .v4(0x0707_0707), port: 1)
        for _ in 0..<2100 { #expect(limiter.admitDatagram(from: greedy, now: now) == true) }
        #expect(limiter.admitDatagram(from: greedy, now: now) == false)
    }

    @Test func anAddressHasAShareAndWhatOthersLeave() {
        var limiter = IngressLimiter(now: now)
        takeSpare(&limiter)
        let source = Endpoint(ip: .v4(0x0808_0808), port: 1)
        // The port doesn't matter.
        for port in 0..<100 {
            #expect(limiter.admitDatagram(from: Endpoint(ip: source.ip, port: UInt16(port)), now: now) == true)
        }
        #expect(limiter.admitDatagram(from: source, now: now) == false)
        #expect(limiter.admitDatagram(from: Endpoint(ip: .v4(0x0808_0809), port: 1), now: now) == true)
    }

    @Test func aNetworkOfIPv6IsOneAddress() {
        var limiter = IngressLimiter(now: now)
        takeSpare(&limiter)
        for host in 0..<100 {
            #expect(limiter.admitDatagram(from: Endpoint(ip: .v6(5, UInt64(host)), port: 1), now: now) == true)
        }
        #expect(limiter.admitDatagram(from: Endpoint(ip: .v6(5, 1000), port: 1), now: now) == false)
        #expect(limiter.admitDatagram(from: Endpoint(ip: .v6(6, 1000), port: 1), now: now) == true)
    }

    @Test func onTheLocalNetworkEachPortCountsForItself() {
        var limiter = IngressLimiter(now: now)
        takeSpare(&limiter)
        for _ in 0..<100 { _ = limiter.admitDatagram(from: Endpoint(ip: .loopback, port: 1), now: now) }
        #expect(limiter.admitDatagram(from: Endpoint(ip: .loopback, port: 1), now: now) == false)
        #expect(limiter.admitDatagram(from: Endpoint(ip: .loopback, port: 2), now: now) == true)
    }

    @Test func allTogetherGetSoMuch() {
        var limiter = IngressLimiter(now: now)
        for host in 0..<4000 {
            #expect(limiter.admitDatagram(from: Endpoint(ip: .v4(UInt32(host)), port: 1), now: now) == true)
        }
        #expect(limiter.admitDatagram(from: Endpoint(ip: .v4(9999), port: 1), now: now) == false)
    }

    @Test func strangersDoNotPayWithWhatAProvedSenderHas() {
        var limiter = IngressLimiter(now: now)
        let source = Endpoint(ip: .v4(0x0808_0808), port: 1)
        let proved = IngressLimiter.Payer.proved(PeerAddress(id: NodeID(), ip: source.ip))
        for _ in 0..<200 { _ = limiter.admitRequest(.stranger(source), now: now) }
        #expect(limiter.admitRequest(.stranger(source), now: now) == false)
        for _ in 0..<100 { #expect(limiter.admitRequest(proved, now: now) == true) }
        #expect(limiter.admitRequest(proved, now: now) == false)
        let later = now + .seconds(1)
        for _ in 0..<20 { #expect(limiter.admitRequest(proved, now: later) == true) }
        #expect(limiter.admitRequest(proved, now: later) == false)
    }

    /// Under a flood from everywhere, answers to our own questions still get through.
    @Test func aFloodDoesNotDrownAnswers() throws {
        let boot = Sample.key(50)
        let bootEndpoint = Endpoint(ip: .v4(0x0808_0303), port: 30303)
        let contact = NodeContact(publicKey: boot.publicKey, ip: bootEndpoint.ip, udpPort: 30303, tcpPort: 30303)
        var node = try DiscoveryV4Tests.node(bootnodes: [contact])
        node.deadlineReached(now: now)
        guard case .send(let datagram, bootEndpoint) = node.takeEffects().first else {
            Issue.record("no ping")
            return
        }
        let hash = try EnvelopeV4(datagram: datagram[...]).hash
        for host in 0..<5000 as Range<UInt32> {
            node.receive(
                ForgedSourceTests.junk(host)[...], from: Endpoint(ip: .v4(0x0900_0000 + host), port: 1), now: now)
        }
        #expect(node.counters.rateLimited == 1000)
        let pong = PacketV4.Pong(
            to: EndpointV4(ip: nil, udpPort: 0, tcpPort: 0), pingHash: hash, expiration: now.unixSeconds + 20,
            enrSeq: nil)
        node.receive(EnvelopeV4.seal(.pong(pong), by: boot).datagram[...], from: bootEndpoint, now: now)
        #expect(node.liveContacts.count == 1)
    }

    /// Pings of thousands of identities: the answers are bounded, and so is what is kept of them.
    @Test func pingsOfManyIdentitiesAreBounded() throws {
        var node = try DiscoveryV4Tests.node()
        node.deadlineReached(now: now)
        var received = 0
        var sent = 0
        for number in 0..<400 as Range<UInt64> {
            let ping = PacketV4.Ping(
                from: EndpointV4(ip: nil, udpPort: 0, tcpPort: 0), to: EndpointV4(ip: nil, udpPort: 0, tcpPort: 0),
                expiration: now.unixSeconds + 20, enrSeq: nil)
            let datagram = EnvelopeV4.seal(.ping(ping), by: Sample.key(number + 5000)).datagram
            received += datagram.count
            node.receive(datagram[...], from: Endpoint(ip: .v4(0x0909_0000 + UInt32(number)), port: 30303), now: now)
            for effect in node.takeEffects() {
                guard case .send(let bytes, _) = effect else { continue }
                sent += bytes.count
            }
        }
        #expect(node.pings.count == DiscoveryV4.maxPings)
        #expect(node.table.count == 0)
        // A pong and a ping for a ping: whoever spoofs addresses gains less than a factor of three.
        #expect(sent < 3 * received)
        // None of them answers, and nothing is left.
        node.deadlineReached(now: now + .milliseconds(500))
        #expect(node.pings.count == 0)
        #expect(node.pings.deadline == nil)
    }

    /// The attack of "Low-Resource Eclipse" (Marcus et al., 2018): as many identities as wanted, on machines of two
    /// networks, all of them answering as they should. They get ten places each, whatever they do.
    @Test func twoNetworksCannotFillTheTable() throws {
        var node = try DiscoveryV4Tests.node()
        node.deadlineReached(now: now)
        let nowhere = EndpointV4(ip: nil, udpPort: 0, tcpPort: 0)
        var proved = 0
        for number in 0..<300 as Range<UInt64> {
            let key = Sample.key(number + 7000)
            let ip = IPAddress.v4((number % 2 == 0 ? 0x0808_0800 : 0x0909_0900) + UInt32(number / 2))
            let source = Endpoint(ip: ip, port: 30303)
            let ping = PacketV4.Ping(from: nowhere, to: nowhere, expiration: now.unixSeconds + 20, enrSeq: nil)
            node.receive(EnvelopeV4.seal(.ping(ping), by: key).datagram[...], from: source, now: now)
            for effect in node.takeEffects() {
                guard case .send(let datagram, source) = effect else { continue }
                let envelope = try EnvelopeV4(datagram: datagram[...])
                guard case .ping = envelope.packet else { continue }
                let pong = PacketV4.Pong(
                    to: nowhere, pingHash: envelope.hash, expiration: now.unixSeconds + 20, enrSeq: nil)
                node.receive(EnvelopeV4.seal(.pong(pong), by: key).datagram[...], from: source, now: now)
                proved += 1
            }
        }
        #expect(proved == 300)
        #expect(node.table.count <= 20)
        let perBucket = Dictionary(grouping: node.table.entries) { node.table.bucketIndex(of: $0.contact.id) }
        #expect(perBucket.values.allSatisfy { $0.count <= 4 })
        #expect(perBucket.values.contains { $0.count == 4 })
    }

    @Test func aBoundedMapForgetsTheOldest() {
        var map = BoundedMap<Int, Int>(capacity: 3)
        for key in 0..<10 {
            map[key] = key * key
            #expect(map.count <= 6)
            for recent in max(0, key - 2)...key { #expect(map[recent] == recent * recent) }
        }
        #expect(map[0] == nil)
        map[9] = nil
        #expect(map[9] == nil)
        map[8] = 1
        #expect(map[8] == 1)
    }

    @Test func bondsEndAndAreForgottenOnSilence() {
        var bonds = BondTable(capacity: 4)
        let peer = PeerAddress(id: NodeID(), ip: .loopback)
        #expect(!bonds.hasProof(of: peer, now: now))
        #expect(!bonds.isProved(to: peer, now: now))
        bonds.pongReceived(from: peer, now: now)
        #expect(bonds.hasProof(of: peer, now: now + .seconds(24 * 3600 - 1)))
        #expect(!bonds.hasProof(of: peer, now: now + .seconds(24 * 3600)))
        #expect(!bonds.isProved(to: peer, now: now), "only its own ping says that it looks for our proof")
        bonds.pingReceived(from: peer, now: now)
        #expect(bonds.isProved(to: peer, now: now + .seconds(12 * 3600 - 1)))
        #expect(!bonds.isProved(to: peer, now: now + .seconds(12 * 3600)))
        for failure in 1...5 as ClosedRange<UInt8> { #expect(bonds.queryFailed(peer, wasSilent: false) == failure) }
        #expect(bonds.isProved(to: peer, now: now))
        #expect(bonds.queryFailed(peer, wasSilent: false) == 6)
        #expect(!bonds.isProved(to: peer, now: now))
        bonds.querySucceeded(peer)
        #expect(bonds.isProved(to: peer, now: now))
        #expect(bonds.queryFailed(peer, wasSilent: true) == 1)
        #expect(!bonds.isProved(to: peer, now: now))
    }

    @Test func tenHostsTellOurAddress() {
        var predictor = EndpointPredictor()
        let us = Endpoint(ip: .v4(0x0505_0505), port: 30303)
        let wrong = Endpoint(ip: .v4(0x0606_0606), port: 30303)
        for host in 0..<9 as Range<UInt32> { predictor.add(us, by: .v4(0x0808_0000 + host), now: now) }
        // One host has one vote, and the last one counts.
        for _ in 0..<20 { predictor.add(us, by: .v4(0x0808_0000), now: now) }
        #expect(predictor.prediction(isV4: true) == nil)
        // Nobody is believed about addresses that cannot be.
        predictor.add(Endpoint(ip: .loopback, port: 1), by: .v4(0x0808_0100), now: now)
        predictor.add(Endpoint(ip: us.ip, port: 0), by: .v4(0x0808_0101), now: now)
        #expect(predictor.prediction(isV4: true) == nil)
        predictor.add(us, by: .v4(0x0808_0009), now: now)
        #expect(predictor.prediction(isV4: true) == us)
        #expect(predictor.prediction(isV4: false) == nil)
        for host in 0..<11 as Range<UInt32> { predictor.add(wrong, by: .v4(0x0808_1000 + host), now: now) }
        #expect(predictor.prediction(isV4: true) == wrong, "the majority")
        predictor.add(us, by: .v4(0x0808_0009), now: now + .seconds(301))
        #expect(predictor.prediction(isV4: true) == nil, "old statements don't count")
    }

    @Test(arguments: [
        ("8.8.8.8", "9.9.9.9", true), ("8.8.8.8", "127.0.0.1", false), ("8.8.8.8", "10.1.1.1", false),
        ("10.0.0.1", "10.1.1.1", true), ("10.0.0.1", "127.0.0.1", false), ("127.0.0.1", "127.0.0.2", true),
        ("127.0.0.1", "192.168.0.1", true), ("127.0.0.1", "8.8.8.8", true), ("8.8.8.8", "0.1.2.3", false),
        ("8.8.8.8", "198.18.0.1", false), ("8.8.8.8", "198.19.255.255", false), ("8.8.8.8", "198.20.0.1", true),
        ("8.8.8.8", "192.0.0.8", true), ("8.8.8.8", "192.0.0.7", false), ("8.8.8.8", "255.255.255.255", false),
        ("8.8.8.8", "2001:db8::1", false), ("8.8.8.8", "2001:1::1", false), ("8.8.8.8", "2001:1::2", true),
        ("8.8.8.8", "2002::1", false), ("8.8.8.8", "100::5", false), ("8.8.8.8", "100:0:0:1::5", true),
        ("8.8.8.8", "2001:20::1", false), ("8.8.8.8", "2001:2f:ffff::1", false), ("8.8.8.8", "2001:30::1", true),
        ("8.8.8.8", "fc00::1", false), ("fc00::1", "fe80::1", true), ("8.8.8.8", "2a00::1", true),
    ])
    func relayRules(_ sender: String, _ ip: String, _ isAllowed: Bool) throws {
        #expect(
            try RelayRules.mayRelay(#require(IPAddress(ip)), from: #require(IPAddress(sender))) == isAllowed)
    }

    /// Without an address given by the owner, the record takes the one that peers name.
    @Test func theRecordLearnsItsAddress() throws {
        var node = try DiscoveryV4(
            key: Sample.key(1), ip: nil, udpPort: 30303, tcpPort: 30303, bootnodes: [], random: NodeRandom(seed: 1),
            now: now)
        node.deadlineReached(now: now)
        #expect(node.localRecord.endpoint == nil)
        let seq = node.localRecord.seq
        for number in 0..<10 as Range<UInt64> {
            let key = Sample.key(number + 300)
            let source = Endpoint(ip: .v4(0x0808_0001 + UInt32(number) << 8), port: 30303)
            let nowhere = EndpointV4(ip: nil, udpPort: 0, tcpPort: 0)
            let ping = PacketV4.Ping(from: nowhere, to: nowhere, expiration: now.unixSeconds + 20, enrSeq: nil)
            node.receive(EnvelopeV4.seal(.ping(ping), by: key).datagram[...], from: source, now: now)
            for effect in node.takeEffects() {
                guard case .send(let datagram, _) = effect else { continue }
                let envelope = try EnvelopeV4(datagram: datagram[...])
                guard case .ping = envelope.packet else { continue }
                let pong = PacketV4.Pong(
                    to: EndpointV4(ip: .v4(0x0505_0505), udpPort: 40404, tcpPort: 0), pingHash: envelope.hash,
                    expiration: now.unixSeconds + 20, enrSeq: nil)
                node.receive(EnvelopeV4.seal(.pong(pong), by: key).datagram[...], from: source, now: now)
            }
        }
        #expect(node.localRecord.seq == seq + 1)
        #expect(node.localRecord.ip == .v4(0x0505_0505))
        #expect(node.localRecord.udp == 40404)
        #expect(node.localRecord.tcp == 30303)
    }
}
