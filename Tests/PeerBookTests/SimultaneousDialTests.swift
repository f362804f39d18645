import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// Two nodes dial each other at the same moment: whatever the order of events, one connection must be left at the end,
/// the same one on both sides.
@Suite struct SimultaneousDialTests {
    /// A side of the two, which holds both connections: its own dial and the accepted one.
    struct Side {
        var book: PeerBook
        let node: Node
        let dial: ConnectionID
        let accepted: ConnectionID
        var closed: Set<ConnectionID> = []

        mutating func note(_ reason: DisconnectReason?, _ connection: ConnectionID) {
            if reason != nil { closed.insert(connection) }
            for effect in book.takeEffects() {
                if case .disconnect(let id, _) = effect { closed.insert(id) }
            }
        }
    }

    enum Step: CaseIterable { case accept, identifyDial, identifyAccepted, readyDial, readyAccepted }

    static func orders() -> [[Step]] {
        func permutations(_ rest: [Step]) -> [[Step]] {
            rest.isEmpty
                ? [[]]
                : rest.indices.flatMap { index in
                    var others = rest
                    let step = others.remove(at: index)
                    return permutations(others).map { [step] + $0 }
                }
        }
        return permutations(Step.allCases).filter { order in
            func place(_ step: Step) -> Int { order.firstIndex(of: step) ?? 0 }
            return place(.accept) < place(.identifyAccepted) && place(.identifyAccepted) < place(.readyAccepted)
                && place(.identifyDial) < place(.readyDial)
        }
    }

    static func run(_ step: Step, _ side: inout Side, other: Node, now: Instant) {
        let key = other.key.publicKey
        switch step {
        case .accept:
            let refusal = side.book.admitInbound(
                side.accepted, from: Endpoint(ip: other.contact.ip, port: 40_000), now: now)
            #expect(refusal == nil)
        case .identifyDial where !side.closed.contains(side.dial):
            side.note(side.book.identified(side.dial, as: key, now: now), side.dial)
        case .identifyAccepted where !side.closed.contains(side.accepted):
            side.note(side.book.identified(side.accepted, as: key, now: now), side.accepted)
        case .readyDial where !side.closed.contains(side.dial):
            side.note(side.book.connected(side.dial, now: now), side.dial)
        case .readyAccepted where !side.closed.contains(side.accepted):
            side.note(side.book.connected(side.accepted, now: now), side.accepted)
        case .identifyDial, .identifyAccepted, .readyDial, .readyAccepted: break
        }
    }

    static func side(_ node: Node, _ other: Node, dial: UInt64, accepted: UInt64) -> Side {
        var book = PeerBook(localID: node.id, random: NodeRandom(seed: 3), now: .start)
        book.addCandidate(other.contact, now: .start)
        let targets = book.dialsDue(now: .start) { ConnectionID(rawValue: dial) }
        #expect(targets.count == 1)
        return Side(
            book: book, node: node, dial: ConnectionID(rawValue: dial), accepted: ConnectionID(rawValue: accepted))
    }

    @Test func everyOrderOnBothSidesLeavesTheSameConnection() {
        let (a, b) = (Node(1, ip: "10.0.0.1"), Node(2, ip: "10.0.0.2"))
        let orders = Self.orders()
        #expect(orders.count == 10)
        for orderA in orders {
            for orderB in orders {
                // Connection 1 is dialed by a, connection 2 by b.
                var sideA = Self.side(a, b, dial: 1, accepted: 2)
                var sideB = Self.side(b, a, dial: 2, accepted: 1)
                for step in orderA { Self.run(step, &sideA, other: b, now: .start) }
                for step in orderB { Self.run(step, &sideB, other: a, now: .start) }
                let winner = ConnectionID(rawValue: a.id < b.id ? 1 : 2)
                let loser = ConnectionID(rawValue: a.id < b.id ? 2 : 1)
                #expect(sideA.closed == [loser] && sideB.closed == [loser], "\(orderA) \(orderB)")
                #expect(!sideA.closed.contains(winner))
                #expect(sideA.book.peerCount == 1 && sideB.book.peerCount == 1)
            }
        }
    }

    @Test func anOldSessionWins() {
        var rounds = Rounds()
        let node = Node(1, ip: "10.0.0.1")
        rounds.book.addCandidate(node.contact, now: rounds.now)
        let target = rounds.dials()[0]
        #expect(rounds.complete(target) == nil)
        rounds.now = rounds.now + .seconds(6)
        #expect(rounds.accept(node).reason == .alreadyConnected)
        #expect(rounds.disconnects.isEmpty)
    }
}
