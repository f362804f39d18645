import EthCrypto
import Primitives
import RLPx
import SansIO
import Testing

@testable import DevP2P

@Suite("PeerConnection: two ends on a byte pipe")
struct ConnectionTests {
    @Test("from the first byte to ready, and what each end has learnt")
    func ready() throws {
        var pair = ConnectionPair()
        pair.settle()
        #expect(pair.recipientEvents.identified == Fixture.key(1).publicKey)
        #expect(pair.initiatorEvents.identified == Fixture.key(2).publicKey)
        #expect(pair.recipient.remoteKey == Fixture.key(1).publicKey)
        let hello = try #require(pair.initiatorEvents.ready)
        #expect(hello.clientID == "Test/v1")
        #expect(hello.p2pVersion == 5)
        #expect(hello.capabilities == [Fixture.chat.name])
        #expect(hello.shared == [0])
        #expect(pair.recipientEvents.ready != nil)
        #expect(pair.initiatorEvents.count == 2)
        #expect(pair.recipientEvents.count == 2)
        #expect(pair.initiator.wantsClose == false)
        #expect(pair.initiator.wantsRead == true)
    }

    @Test("messages arrive whole and in order, both ways")
    func messages() {
        var pair = ConnectionPair()
        pair.settle()
        let payloads: [[UInt8]] = [[], [0xc0], [UInt8](repeating: 5, count: 9999), Array("four".utf8)]
        pair.initiator.send(payloads.enumerated().map { Fixture.message(UInt8($0), $1) }, now: pair.now)
        pair.recipient.send([Fixture.message(3, [9])], now: pair.now)
        pair.settle()
        #expect(
            pair.recipientEvents.messages
                == payloads.enumerated().map { ReceivedMessage(capability: 0, id: UInt8($0), payload: $1) })
        #expect(pair.initiatorEvents.messages == [ReceivedMessage(capability: 0, id: 3, payload: [9])])
    }

    @Test("each end has its own indices for the shared capabilities")
    func indices() throws {
        let eth68 = Fixture.descriptor("eth", 68, 17)
        let eth69 = Fixture.descriptor("eth", 69, 18)
        let snap = Fixture.descriptor("snap", 1, 8)
        var pair = ConnectionPair(Fixture.hello([eth68, eth69, snap]), Fixture.hello([snap, Fixture.chat, eth69]))
        pair.settle()
        #expect(pair.initiatorEvents.ready?.shared == [1, 2])
        #expect(pair.recipientEvents.ready?.shared == [2, 0])
        pair.initiator.send(
            [Fixture.message(17, [1], capability: 1), Fixture.message(7, [2], capability: 2)], now: pair.now)
        // Not shared, so it goes nowhere.
        pair.initiator.send([Fixture.message(0, [3], capability: 0)], now: pair.now)
        pair.settle()
        #expect(
            pair.recipientEvents.messages == [
                ReceivedMessage(capability: 2, id: 17, payload: [1]),
                ReceivedMessage(capability: 0, id: 7, payload: [2]),
            ])
    }

    @Test("one byte at a time")
    func drip() {
        var pair = ConnectionPair()
        var sent = false
        while pair.initiator.hasBytes || pair.recipient.hasBytes || !sent {
            if !pair.initiator.hasBytes, !pair.recipient.hasBytes {
                sent = true
                pair.initiator.send([Fixture.message(1, [1, 2, 3])], now: pair.now)
            }
            for byte in pair.initiator.takeBytes() { pair.recipient.receive([byte], now: pair.now) }
            for byte in pair.recipient.takeBytes() { pair.initiator.receive([byte], now: pair.now) }
        }
        pair.settle()
        #expect(pair.initiatorEvents.ready != nil)
        #expect(pair.recipientEvents.ready != nil)
        #expect(pair.recipientEvents.messages == [ReceivedMessage(capability: 0, id: 1, payload: [1, 2, 3])])
    }

    @Test("truncated at each byte: the end of the connection is the network's, or the clock's")
    func truncated() {
        let stream = recordedStream()
        for count in 0..<stream.count {
            var node = recipient()
            node.receive(stream[..<count], now: Fixture.start)
            #expect(node.wantsClose == false)
            var other = recipient()
            other.receive(stream[..<count], now: Fixture.start)
            node.remoteClosed(now: Fixture.start)
            #expect(node.takeEvents(now: Fixture.start).closed == .network)
            #expect(node.ending == .finished)
            _ = other.takeBytes()
            other.deadlineReached(now: Fixture.start + .seconds(30))
            let events = other.takeEvents(now: Fixture.start)
            let expected: CloseCause.Phase =
                events.ready != nil ? .idle : events.identified != nil ? .hello : .handshake
            #expect(events.closed == .timeout(expected))
        }
    }

    @Test("each bit flipped: never a trap, always the right cause")
    func flipped() throws {
        let stream = recordedStream()
        let handshakeBytes = 2 + Int(stream[0]) << 8 + Int(stream[1])
        for bit in 0..<8 * stream.count {
            var node = recipient()
            node.receive(stream.flipping(bit)[...], now: Fixture.start)
            let events = node.takeEvents(now: Fixture.start)
            if bit < 8 * handshakeBytes {
                try expectHandshakeError(events, &node)
            } else {
                let cause = try #require(events.closed)
                #expect(
                    cause == .protocolError(.frame(.badHeaderMAC)) || cause == .protocolError(.frame(.badFrameMAC)))
                // Nothing is said: the peer may be anybody.
                #expect(node.ending == .finished)
            }
        }
    }

    private func expectHandshakeError(_ events: [ConnectionEvent], _ node: inout PeerConnection) throws {
        guard let cause = events.closed else {
            // The size is larger now, and it waits for more.
            node.deadlineReached(now: Fixture.start + .seconds(5))
            #expect(node.takeEvents(now: Fixture.start).closed == .timeout(.handshake))
            return
        }
        guard case .protocolError(.handshake) = cause else {
            Issue.record("closed by \(cause)")
            return
        }
        #expect(node.hasBytes == false)
        #expect(events.identified == nil)
    }

    @Test(
        "the peer hears why it is disconnected, and a Disconnect isn't answered", arguments: DisconnectReason.allCases)
    func disconnect(_ reason: DisconnectReason) {
        var pair = ConnectionPair()
        pair.settle()
        pair.initiator.disconnect(reason, now: pair.now)
        #expect(pair.initiator.ending == .flushing)
        #expect(pair.initiator.deadline == pair.now + .seconds(2))
        pair.settle()
        #expect(pair.initiatorEvents.closed == .local(reason))
        #expect(pair.recipientEvents.closed == .remote(reason))
        #expect(pair.recipient.ending == .finished)
        #expect(pair.recipient.hasBytes == false)
        pair.initiator.deadlineReached(now: pair.now + .seconds(2))
        #expect(pair.initiator.ending == .finished)
        #expect(pair.initiator.deadline == nil)
    }

    @Test("a Disconnect may follow Hello before the peer's Hello has come")
    func earlyDisconnect() {
        var pair = ConnectionPair()
        pair.recipient.receive(pair.initiator.takeBytes()[...], now: pair.now)
        // The recipient knows the peer now, and the node has no room for it.
        pair.recipient.disconnect(.tooManyPeers, now: pair.now)
        pair.settle()
        #expect(pair.recipientEvents.closed == .local(.tooManyPeers))
        #expect(pair.initiatorEvents.closed == .remote(.tooManyPeers))
    }

    @Test("before the key exchange is done there is nothing to say a reason with")
    func disconnectInHandshake() {
        var pair = ConnectionPair()
        pair.initiator.disconnect(.quitting, now: pair.now)
        #expect(pair.initiator.ending == .finished)
        #expect(pair.initiator.hasBytes == false)
        #expect(pair.initiator.takeEvents(now: pair.now).closed == .local(.quitting))
    }

    @Test("after the end nothing happens any more, and closed comes once")
    func afterTheEnd() {
        var pair = ConnectionPair()
        pair.settle()
        pair.initiator.disconnect(.quitting, now: pair.now)
        pair.settle()
        pair.initiator.disconnect(.requested, now: pair.now)
        pair.initiator.remoteClosed(now: pair.now)
        pair.initiator.receive([1, 2, 3], now: pair.now)
        pair.initiator.send([Fixture.message(0, [1])], now: pair.now)
        pair.initiator.deadlineReached(now: .distantFuture)
        #expect(pair.initiator.hasEvents == false)
        #expect(pair.initiator.hasBytes == false)
        #expect(pair.initiator.deadline == nil)
        #expect(pair.initiator.wantsRead == false)
    }

    @Test("another node than the one dialed can't answer")
    func wrongNode() {
        var initiator = PeerConnection(
            initiatorTo: Fixture.key(3).publicKey, identity: Fixture.key(1), hello: Fixture.hello(),
            random: NodeRandom(seed: 1), now: Fixture.start)
        var node = recipient()
        node.receive(initiator.takeBytes()[...], now: Fixture.start)
        #expect(
            node.takeEvents(now: Fixture.start).closed == .protocolError(.handshake(.undecryptableHandshake)))
    }

    @Test("a key off the curve makes a connection that has ended")
    func offCurve() {
        var initiator = PeerConnection(
            initiatorTo: PublicKey(), identity: Fixture.key(1), hello: Fixture.hello(),
            random: NodeRandom(seed: 1), now: Fixture.start)
        #expect(initiator.ending == .finished)
        #expect(initiator.deadline == nil)
        initiator.receive([1], now: Fixture.start)
        #expect(initiator.takeEvents(now: Fixture.start).closed == .protocolError(.handshake(.invalidKey)))
        #expect(initiator.takeBytes().isEmpty)
    }

    @Test("no shared capability is reason 3, at both ends")
    func useless() {
        var pair = ConnectionPair(Fixture.hello([Fixture.descriptor("eth", 69, 18)]), Fixture.hello())
        pair.settle()
        #expect(pair.initiatorEvents.closed == .local(.uselessPeer))
        #expect(pair.recipientEvents.closed == .local(.uselessPeer))
        #expect(pair.initiatorEvents.ready == nil)
    }

    @Test("the same seeds give the same bytes")
    func deterministic() {
        #expect(recordedStream() == recordedStream())
    }

    private func recipient() -> PeerConnection {
        ConnectionPair().takeRecipient()
    }

    /// What the initiator sends: auth, Hello and a message. Seeds make it valid for every fresh recipient.
    private func recordedStream() -> [UInt8] {
        var pair = ConnectionPair()
        var stream = pair.initiator.takeBytes()
        pair.recipient.receive(stream[...], now: pair.now)
        pair.initiator.receive(pair.recipient.takeBytes()[...], now: pair.now)
        pair.initiator.send([Fixture.message(2, Array("a message".utf8))], now: pair.now)
        stream += pair.initiator.takeBytes()
        return stream
    }
}

extension ConnectionPair {
    consuming func takeRecipient() -> PeerConnection { recipient }
}
