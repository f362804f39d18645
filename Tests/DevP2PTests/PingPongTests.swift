import EthCrypto
import Primitives
import SansIO
import Testing

@testable import DevP2P

/// Two nodes in miniature: what a node's core does with connections and hosts, without everything else.
@Suite("A capability between two nodes")
struct PingPongTests {
    @Test("a rally, from bytes to events")
    func rally() {
        var pair = ConnectionPair(
            Fixture.hello([Fixture.chat, PingPong.descriptors[0]]), Fixture.hello([PingPong.descriptors[0]]))
        var dialer = HostedNode(PingPong(), index: 1)
        var dialed = HostedNode(PingPong(), index: 0)
        exchange(&pair, &dialer, &dialed)
        #expect(
            dialer.takeEvents() == [.joined(connection)] + [2, 4, 6, 8, 10].map { .received(.ball(hits: $0)) })
        #expect(
            dialed.takeEvents() == [.joined(connection)] + [1, 3, 5, 7, 9].map { .received(.ball(hits: $0)) })
        #expect(dialer.host.peers.first?.id == Fixture.key(2).publicKey.nodeID)
        #expect(dialed.host.peers.first?.isInbound == true)
    }

    @Test("a malformed message ends the connection at both ends")
    func malformed() {
        var pair = ConnectionPair(Fixture.hello([PingPong.descriptors[0]]), Fixture.hello([PingPong.descriptors[0]]))
        var dialer = HostedNode(PingPong(), index: 0)
        var dialed = HostedNode(PingPong(), index: 0)
        exchange(&pair, &dialer, &dialed)
        pair.initiator.send([Fixture.message(0, [0x05])], now: pair.now)
        exchange(&pair, &dialer, &dialed)
        #expect(pair.recipientEvents.closed == .local(.protocolBreach))
        #expect(pair.initiatorEvents.closed == .remote(.protocolBreach))
        #expect(dialer.takeEvents().last == .left(connection))
        #expect(dialed.takeEvents().last == .left(connection))
        #expect(dialed.host.peers.isEmpty)
    }

    @Test("an oversized message ends the connection before the capability hears of it")
    func oversized() {
        var pair = ConnectionPair(Fixture.hello([PingPong.descriptors[0]]), Fixture.hello([PingPong.descriptors[0]]))
        var dialer = HostedNode(PingPong(), index: 0)
        var dialed = HostedNode(PingPong(), index: 0)
        exchange(&pair, &dialer, &dialed)
        pair.initiator.send([Fixture.message(1, [UInt8](repeating: 0, count: 201))], now: pair.now)
        exchange(&pair, &dialer, &dialed)
        #expect(pair.recipientEvents.closed == .protocolError(.oversizedMessage(bytes: 201, limit: 200)))
        #expect(pair.initiatorEvents.closed == .remote(.subprotocolError))
    }

    private let connection = ConnectionID(rawValue: 1)

    private func exchange(_ pair: inout ConnectionPair, _ dialer: inout HostedNode, _ dialed: inout HostedNode) {
        var seen = (initiator: pair.initiatorEvents.count, recipient: pair.recipientEvents.count)
        repeat {
            pair.settle()
            let (initiator, recipient) = (
                pair.initiatorEvents[seen.initiator...], pair.recipientEvents[seen.recipient...]
            )
            seen = (pair.initiatorEvents.count, pair.recipientEvents.count)
            for event in initiator { deliver(event, to: &dialer, key: Fixture.key(2).publicKey, isInbound: false) }
            for event in recipient { deliver(event, to: &dialed, key: Fixture.key(1).publicKey, isInbound: true) }
            for effect in dialer.takeActions() { act(effect, &pair.initiator, pair.now) }
            for effect in dialed.takeActions() { act(effect, &pair.recipient, pair.now) }
        } while pair.initiator.hasBytes || pair.recipient.hasBytes
        pair.settle()
        for event in pair.initiatorEvents[seen.initiator...] {
            deliver(event, to: &dialer, key: Fixture.key(2).publicKey, isInbound: false)
        }
        for event in pair.recipientEvents[seen.recipient...] {
            deliver(event, to: &dialed, key: Fixture.key(1).publicKey, isInbound: true)
        }
    }

    private func deliver(_ event: ConnectionEvent, to node: inout HostedNode, key: PublicKey, isInbound: Bool) {
        let peer = Peer(
            connection: connection, id: key.nodeID, publicKey: key, isInbound: isInbound, clientID: "",
            endpoint: Endpoint(ip: .loopback, port: 30303))
        switch event {
        case .identified: break
        case .ready: node.join(peer)
        case .message(let capability, let id, let payload):
            #expect(capability == node.index)
            node.receive(id, payload, from: peer)
        case .closed: node.leave(peer)
        }
    }

    private func act(_ effect: HostEffect<PingPong.Event>, _ connection: inout PeerConnection, _ now: Instant) {
        switch effect {
        case .send(_, let message): connection.send([message], now: now)
        case .disconnect(_, let reason): connection.disconnect(reason, now: now)
        default: break
        }
    }
}

extension HostedNode {
    /// The effects that aren't events.
    fileprivate mutating func takeActions() -> [HostEffect<PingPong.Event>] {
        let actions = effects.filter { if case .event = $0 { false } else { true } }
        effects.removeAll { if case .event = $0 { false } else { true } }
        return actions
    }
}
