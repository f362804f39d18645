import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

@Suite struct InboundTests {
    @Test func anAddressMayTryOnceIn30Seconds() {
        var rounds = Rounds()
        let node = Node(1)
        let first = rounds.accept(node)
        #expect(first.refusal == nil && first.reason == nil)
        rounds.book.disconnected(first.connection, .network, now: rounds.now)
        rounds.now = rounds.now + .seconds(29)
        #expect(rounds.accept(node).refusal == .throttled)
        rounds.now = rounds.now + .seconds(2)
        #expect(rounds.accept(node).refusal == nil)
    }

    @Test func aHostOfIPv6HasOneSlash64() {
        var rounds = Rounds()
        #expect(rounds.accept(Node(1, ip: "2a00:1:2:3::1")).refusal == nil)
        #expect(rounds.accept(Node(2, ip: "2a00:1:2:3::2")).refusal == .throttled)
        #expect(rounds.accept(Node(3, ip: "2a00:1:2:4::2")).refusal == nil)
    }

    @Test func localAddressesAreNotThrottled() {
        var rounds = Rounds()
        for number in 1...20 { #expect(rounds.accept(Node(UInt64(number), ip: "127.0.0.1")).reason == nil) }
        #expect(rounds.book.inboundCount == 20)
    }

    @Test func pendingHandshakesAreBounded() {
        var rounds = Rounds()
        for index in 0..<50 {
            let refusal = rounds.book.admitInbound(
                rounds.nextConnection(), from: Endpoint(ip: .loopback, port: UInt16(1000 + index)), now: rounds.now)
            #expect(refusal == (index < 38 ? nil : .tooManyPendingFromAddress))
        }
        for number in 1...12 {
            let endpoint = Endpoint(ip: Node(UInt64(number)).contact.ip, port: 1)
            #expect(rounds.book.admitInbound(rounds.nextConnection(), from: endpoint, now: rounds.now) == nil)
        }
        #expect(rounds.book.pendingInboundCount == 50)
        // One that ends makes room.
        rounds.book.disconnected(ConnectionID(rawValue: 1), .timeout(.handshake), now: rounds.now)
        #expect(
            rounds.book.admitInbound(
                rounds.nextConnection(), from: Endpoint(ip: Node(40).contact.ip, port: 1), now: rounds.now) == nil)
        #expect(rounds.disconnects.isEmpty)
    }

    @Test func inboundSlotsAreForInbound() {
        var rounds = Rounds(PeerLimits(maxPeers: 6))
        for number in 1...4 { #expect(rounds.accept(Node(UInt64(number))).reason == nil) }
        #expect(rounds.accept(Node(5)).reason == .tooManyPeers)
        #expect(rounds.events.contains(.refused(Node(5).id, .inboundSlotsFull)))
        // The dialed slots are still free.
        for number in 10...15 { rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now) }
        let targets = rounds.dials()
        #expect(targets.count == 4)
        #expect(rounds.complete(targets[0]) == nil && rounds.complete(targets[1]) == nil)
        #expect(rounds.book.peerCount == 6)
        // The remaining dials come too late.
        #expect(rounds.complete(targets[2]) == .tooManyPeers)
        // A trusted node is let in nevertheless.
        rounds.book.addTrusted(Node(7).id, now: rounds.now)
        #expect(rounds.accept(Node(7)).reason == nil)
        #expect(rounds.book.peerCount == 7)
    }

    @Test func whoeverIsConnectedIsNotConnectedAgain() {
        var rounds = Rounds()
        let node = Node(1, ip: "10.0.0.1")
        #expect(rounds.accept(node).reason == nil)
        rounds.now = rounds.now + .seconds(60)
        #expect(rounds.accept(node).reason == .alreadyConnected)
        #expect(rounds.book.peerCount == 1)
        rounds.book.addCandidate(node.contact, now: rounds.now)
        #expect(rounds.dials().isEmpty)
    }

    @Test func thisNodeItselfIsNoPeer() {
        let local = Node(0)
        var rounds = Rounds(local: local)
        #expect(rounds.accept(local).reason == .connectedToSelf)
        #expect(rounds.book.pendingInboundCount == 0)
    }

    @Test func aDialThatFindsAnotherNodeEnds() {
        var rounds = Rounds()
        rounds.book.addCandidate(Node(1).contact, now: rounds.now)
        let target = rounds.dials()[0]
        let reason = rounds.book.identified(target.connection, as: Node(2).key.publicKey, now: rounds.now)
        #expect(reason == .unexpectedIdentity)
        #expect(rounds.book.dialingCount == 0)
    }

    @Test func aRefusedConnectionTakesNoSlot() {
        var rounds = Rounds(PeerLimits(maxPeers: 1))
        rounds.book.addCandidate(Node(1).contact, now: rounds.now)
        #expect(rounds.complete(rounds.dials()[0]) == nil)
        let late = rounds.accept(Node(2))
        #expect(late.reason == .tooManyPeers)
        #expect(rounds.book.pendingInboundCount == 0)
        // What is told of it later changes nothing.
        rounds.book.disconnected(late.connection, .local(.tooManyPeers), now: rounds.now)
        #expect(rounds.book.peerCount == 1)
    }

    @Test func oneSubnetIsBounded() {
        var rounds = Rounds(PeerLimits(maxPeers: 60))
        for number in 1...12 {
            let refusal = rounds.accept(Node(UInt64(number), ip: "34.1.1.\(number)")).refusal
            #expect(refusal == (number <= 10 ? nil : .subnetFull))
        }
    }
}
