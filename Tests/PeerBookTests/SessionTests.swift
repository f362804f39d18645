import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// Between Hello and the end of a capability's handshake: no slot is held.
@Suite("Sessions that aren't open")
struct SessionTests {
    /// Accepts a connection up to Hello.
    private func greet(_ node: Node, _ rounds: inout Rounds) -> (connection: ConnectionID, reason: DisconnectReason?) {
        let connection = rounds.nextConnection()
        let endpoint = Endpoint(ip: node.contact.ip, port: 50_000)
        #expect(rounds.book.admitInbound(connection, from: endpoint, now: rounds.now) == nil)
        let reason =
            rounds.book.identified(connection, as: node.key.publicKey, now: rounds.now)
            ?? rounds.book.greeted(connection, now: rounds.now)
        rounds.collect()
        return (connection, reason)
    }

    @Test("a hundred that never open keep nobody out", arguments: [false, true])
    func silent(isFromOneRange: Bool) {
        var rounds = Rounds()
        var refused = 0
        for number in 0..<100 as Range<UInt64> {
            let ip = isFromOneRange ? "34.7.\(number).1" : "\(40 + number).1.1.1"
            if greet(Node(1000 + number, ip: ip), &rounds).reason != nil { refused += 1 }
            rounds.now = rounds.now + .milliseconds(5)
        }
        #expect(rounds.book.peerCount == 0 && rounds.book.pendingInboundCount == 0)
        #expect(rounds.book.pendingSessionCount == 50)
        #expect(refused == (isFromOneRange ? 50 : 0), "in one range the young ones aren't pushed out")
        let good = rounds.accept(Node(1))
        #expect(good.refusal == nil && good.reason == nil)
        #expect(rounds.book.peerCount == 1)
    }

    @Test("the slot is looked for when the session opens")
    func slot() {
        var rounds = Rounds(PeerLimits(maxPeers: 3))
        let early = greet(Node(1), &rounds).connection
        let late = greet(Node(2), &rounds).connection
        let third = greet(Node(3), &rounds).connection
        #expect(rounds.book.peerCount == 0)
        #expect(rounds.book.connected(late, now: rounds.now) == nil)
        #expect(rounds.book.connected(early, now: rounds.now) == nil)
        #expect(rounds.book.inboundCount == 2 && rounds.book.pendingSessionCount == 1)
        #expect(rounds.book.connected(third, now: rounds.now) == .tooManyPeers)
        rounds.collect()
        #expect(rounds.events.contains(.refused(Node(3).id, .inboundSlotsFull)))
        #expect(rounds.book.pendingSessionCount == 0)
    }

    @Test("one address has its share of them")
    func address() {
        var rounds = Rounds()
        for number in 0..<38 as Range<UInt64> {
            #expect(greet(Node(100 + number, ip: "127.0.0.1"), &rounds).reason == nil)
        }
        #expect(greet(Node(1, ip: "127.0.0.1"), &rounds).reason == .tooManyPeers)
        #expect(rounds.events.contains(.refused(Node(1).id, .tooManyPendingSessions)))
        #expect(greet(Node(2), &rounds).reason == nil)
        rounds.now = rounds.now + .milliseconds(500)
        #expect(greet(Node(3, ip: "127.0.0.1"), &rounds).reason == nil)
        #expect(rounds.disconnects.map(\.0) == [ConnectionID(rawValue: 1)])
    }

    @Test("a dial counts as under way until its session is open")
    func dialed() {
        var rounds = Rounds(PeerLimits(maxPeers: 3))
        for number in 1...9 { rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now) }
        let targets = rounds.dials()
        #expect(targets.count == 2)
        for target in targets {
            #expect(rounds.book.identified(target.connection, as: target.publicKey, now: rounds.now) == nil)
            #expect(rounds.book.greeted(target.connection, now: rounds.now) == nil)
        }
        #expect(rounds.book.dialingCount == 2 && rounds.book.dialedCount == 0)
        #expect(rounds.dials().isEmpty)
        rounds.book.disconnected(targets[0].connection, .local(.timeout), now: rounds.now)
        #expect(rounds.dials().count == 1)
    }
}
