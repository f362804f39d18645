import PeerBook
import Primitives
import Testing

@Suite("Where nodes are known from")
struct SourceTests {
    @Test func countsByTheFirstSource() {
        var rounds = Rounds()
        rounds.book.addStatic(Node(1).contact, now: rounds.now)
        rounds.book.addCandidate(Node(2).contact, from: .discovery, now: rounds.now)
        rounds.book.addCandidate(Node(3).contact, from: .hearsay(by: Node(9).id), now: rounds.now)
        rounds.book.addCandidate(Node(4).contact, from: .memory, now: rounds.now)
        // That it answers changes what its address is worth, not how it became known; the operator's word counts as his.
        rounds.book.addCandidate(Node(3).contact, from: .discovery, now: rounds.now)
        rounds.book.addCandidate(Node(5).contact, from: .discovery, now: rounds.now)
        rounds.book.addStatic(Node(5).contact, now: rounds.now)
        let sources = rounds.book.sources(of: [Node(2).id, Node(7).id])
        #expect(
            sources == [
                PeerSource(.operator, known: 2, connected: 0), PeerSource(.memory, known: 1, connected: 0),
                PeerSource(.discovery, known: 1, connected: 1), PeerSource(.hearsay, known: 1, connected: 0),
                PeerSource(.inbound, known: 1, connected: 1),
            ])
    }
}
