import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// What peers say of others adds nodes, and changes nothing that is known of one.
@Suite("Hearsay")
struct HearsayTests {
    private let liar = Node(900).id
    private let falseIP = "35.6.6.6"

    private func named(_ node: Node, by teller: NodeID? = nil, in rounds: inout Rounds) {
        let contact = NodeContact(
            publicKey: node.key.publicKey, ip: IPAddress(falseIP) ?? .loopback, udpPort: 0, tcpPort: 6666)
        _ = rounds.book.addCandidate(contact, from: .hearsay(by: teller ?? liar), now: rounds.now)
    }

    /// The contact of a node elsewhere, with a record that says so.
    private func moved(_ node: Node, to ip: String, seq: UInt64, recordIP: String? = nil) throws -> NodeContact {
        var draft = NodeRecordDraft()
        draft.setAddress(IPAddress(recordIP ?? ip))
        draft.set(NodeRecord.Key.tcp, integer: 30303)
        let record = try draft.signed(seq: seq, by: node.key)
        return NodeContact(
            publicKey: node.key.publicKey, ip: try #require(IPAddress(ip)), udpPort: 30303, tcpPort: 30303,
            record: record)
    }

    /// Where the node is dialed next, within a day.
    private func dialed(_ node: Node, _ rounds: inout Rounds) -> String? {
        for _ in 0..<1440 {
            if let target = rounds.dials(after: .seconds(60)).first(where: { $0.id == node.id }) {
                return target.endpoint.ip.description
            }
        }
        return nil
    }

    enum Knowledge: CaseIterable, Sendable {
        case operators, found, dialed, remembered, dialing, inbound
    }

    @Test("changes the address of nobody who is known", arguments: Knowledge.allCases)
    func known(_ knowledge: Knowledge) {
        var rounds = Rounds()
        let node = Node(1)
        var connection: ConnectionID?
        switch knowledge {
        case .operators: rounds.book.addStatic(node.contact, now: rounds.now)
        case .found: rounds.book.addCandidate(node.contact, now: rounds.now)
        case .dialed, .remembered, .dialing:
            rounds.book.addCandidate(node.contact, now: rounds.now)
            let target = rounds.dials()[0]
            connection = target.connection
            if knowledge != .dialing { #expect(rounds.complete(target) == nil) }
        case .inbound:
            connection = rounds.accept(node).connection
            named(node, in: &rounds)
            #expect(rounds.book.candidateCount == 0, "whoever is a peer is known")
            return
        }
        if knowledge == .remembered {
            rounds.now = rounds.now + .seconds(40)
            var next = Rounds()
            next.now = rounds.now
            #expect(next.book.restore(rounds.book.memory(now: rounds.now), now: rounds.now).isEmpty)
            (rounds, connection) = (next, nil)
        }
        named(node, in: &rounds)
        if let connection { rounds.book.disconnected(connection, .network, now: rounds.now) }
        named(node, in: &rounds)
        #expect(dialed(node, &rounds) == "34.1.0.1")
    }

    @Test("yields to an answer, an answer to a dial, and a dial only to a newer record of the node")
    func ranks() throws {
        var rounds = Rounds()
        let node = Node(1)
        named(node, in: &rounds)
        rounds.book.addCandidate(node.contact, now: rounds.now)
        let target = try #require(rounds.dials().first)
        #expect(target.endpoint == node.contact.tcpEndpoint)
        #expect(rounds.complete(target) == nil)
        let old = try moved(node, to: "36.1.1.1", seq: 1)
        // It answers elsewhere, but its record doesn't say so.
        rounds.book.addCandidate(try moved(node, to: "36.1.1.1", seq: 2, recordIP: "36.9.9.9"), now: rounds.now)
        // A record that isn't newer.
        rounds.book.addCandidate(old, now: rounds.now)
        rounds.book.disconnected(target.connection, .network, now: rounds.now)
        #expect(dialed(node, &rounds) == "34.1.0.1")
        var next = Rounds()
        next.book.addCandidate(node.contact, now: next.now)
        let first = next.dials()[0]
        #expect(next.complete(first) == nil)
        next.book.addCandidate(try moved(node, to: "36.1.1.1", seq: 3), now: next.now)
        next.book.disconnected(first.connection, .network, now: next.now)
        #expect(dialed(node, &next) == "36.1.1.1")
    }

    @Test("nothing but the operator moves a static node")
    func operators() throws {
        var rounds = Rounds()
        let node = Node(1)
        rounds.book.addStatic(node.contact, now: rounds.now)
        rounds.book.addCandidate(try moved(node, to: "36.1.1.1", seq: 9), now: rounds.now)
        let target = try #require(rounds.dials().first)
        #expect(target.endpoint == node.contact.tcpEndpoint)
        rounds.book.dialFailed(target.connection, now: rounds.now)
        let other = Node(1, ip: "37.1.1.1").contact
        rounds.book.addStatic(other, now: rounds.now)
        #expect(rounds.dials().first?.endpoint == other.tcpEndpoint)
    }

    @Test("a false address costs the true one no time, and is given up at once")
    func falseAddress() throws {
        for cause in [nil, CloseCause.timeout(.handshake), .local(.unexpectedIdentity)] {
            var rounds = Rounds()
            let node = Node(1)
            named(node, in: &rounds)
            let target = try #require(rounds.dials().first)
            #expect(target.endpoint.ip.description == falseIP)
            if let cause {
                rounds.book.disconnected(target.connection, cause, now: rounds.now)
            } else {
                rounds.book.dialFailed(target.connection, now: rounds.now)
            }
            #expect(rounds.book.candidateCount == 0)
            named(node, in: &rounds)
            #expect(rounds.dials().isEmpty, "there it isn't dialed again so soon")
            rounds.book.addCandidate(node.contact, now: rounds.now)
            #expect(rounds.dials().first?.endpoint == node.contact.tcpEndpoint)
        }
    }

    @Test("that a dial has proved is worth as much as any other address")
    func proved() throws {
        var rounds = Rounds()
        let node = Node(1)
        rounds.book.addCandidate(node.contact, from: .hearsay(by: liar), now: rounds.now)
        let target = try #require(rounds.dials().first)
        #expect(rounds.complete(target) == nil)
        rounds.now = rounds.now + .seconds(40)
        rounds.book.disconnected(target.connection, .network, now: rounds.now)
        #expect(rounds.book.candidateCount == 1)
        #expect(rounds.book.memory(now: rounds.now).count == 1)
        #expect(dialed(node, &rounds) == "34.1.0.1")
    }

    @Test("has a share for each who says it, and one in all; those who say least keep theirs")
    func shares() {
        var limits = PeerLimits()
        (limits.maxCandidates, limits.maxHearsayPerPeer) = (400, 64)
        var rounds = Rounds(limits)
        for number in 1...250 { rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now) }
        func hear(_ numbers: ClosedRange<UInt64>, by teller: UInt64) -> Int {
            numbers.count { number in
                let node = Node(number, ip: "35.\(number / 250).\(number % 250).1")
                return rounds.book.addCandidate(node.contact, from: .hearsay(by: Node(teller).id), now: rounds.now)
                    == nil
            }
        }
        #expect(hear(1000...1100, by: 901) == 64)
        #expect(rounds.book.candidateCount == 314)
        // All together have a hundred; whoever comes later gets as many as the first one.
        #expect(hear(1200...1300, by: 902) == 50)
        #expect(rounds.book.candidateCount == 350)
        #expect(hear(1400...1409, by: 903) == 10)
        #expect(rounds.book.candidateCount == 350)
        rounds.collect()
        let lost = rounds.events.compactMap { if case .candidateDropped(let id, .pushedOut) = $0 { id } else { nil } }
        #expect(lost.count == 24)
        #expect(Set(lost).isDisjoint(with: (1...250).map { Node(UInt64($0)).id }))
    }

    @Test("pushes out nobody who is known by more")
    func full() {
        var limits = PeerLimits()
        limits.maxCandidates = 40
        var rounds = Rounds(limits)
        for number in 1...40 { rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now) }
        for number in 50...150 { named(Node(UInt64(number)), by: Node(UInt64(1000 + number)).id, in: &rounds) }
        rounds.collect()
        #expect(!rounds.events.contains { if case .candidateDropped = $0 { true } else { false } })
        #expect(rounds.book.candidateCount == 40)
    }

    @Test("an address that is hearsay isn't remembered, and one of a special range neither")
    func memory() {
        var rounds = Rounds()
        let node = Node(1)
        named(node, in: &rounds)
        _ = rounds.accept(node)
        rounds.now = rounds.now + .seconds(40)
        #expect(rounds.book.memory(now: rounds.now).isEmpty)
        var other = Rounds()
        other.book.addCandidate(Node(2, ip: "198.18.0.1").contact, now: other.now)
        #expect(other.complete(other.dials()[0]) == nil)
        other.now = other.now + .seconds(40)
        var next = Rounds()
        _ = next.book.restore(other.book.memory(now: other.now), now: next.now)
        #expect(next.book.candidateCount == 0)
    }
}
