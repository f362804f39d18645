import DevP2P
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// An attacker may have as many identities as he likes and use them in any order: no peer without an offence of its own
/// is disconnected for it.
@Suite("Honest peers stay connected")
struct HonestPeerTests {
    /// Three honest peers, one of them in the attacker's own range of addresses, one on his very address.
    private static let honest = [Node(1), Node(2, ip: "34.66.0.3"), Node(3, ip: "34.66.0.7")]

    private static let causes: [CloseCause] = [
        .remote(.protocolBreach), .remote(nil), .network, .timeout(.handshake), .timeout(.idle), .outputOverflow,
        .protocolError(.pingFlood), .protocolError(.corruptCompression), .protocolError(.invalidIdentity),
    ]

    @Test(arguments: [UInt64](1...40))
    func noOrderOfOffences(seed: UInt64) {
        var rounds = Rounds(PeerLimits(maxPeers: 25), seed: seed)
        // Rotation makes room at random and for nobody's offence.
        rounds.book.isSyncing = true
        let mine = Self.honest.map { node in
            rounds.now = rounds.now + .seconds(31)
            return rounds.accept(node).connection
        }
        var random = NodeRandom(seed: seed, stream: 5)
        let identities = (0..<30).map { Node(1000 + $0, ip: "34.66.\($0 % 3).\(1 + $0 % 7)") }
        var links: [ConnectionID] = []
        for _ in 0..<400 {
            rounds.now = rounds.now + random.duration(below: .seconds(40))
            step(&rounds, identities, &links, &random)
        }
        rounds.collect()
        #expect(rounds.disconnects.allSatisfy { !mine.contains($0.0) })
        #expect(Set(rounds.book.reputations(now: rounds.now).keys).isSuperset(of: mine))
        for node in Self.honest {
            #expect(rounds.book.score(of: node.id, now: rounds.now) == 0)
            #expect(!rounds.book.isIgnored(node.id, now: rounds.now))
        }
        // It was an attack.
        #expect(rounds.events.contains { if case .banned = $0 { true } else { false } })
    }

    private func step(
        _ rounds: inout Rounds, _ identities: [Node], _ links: inout [ConnectionID], _ random: inout NodeRandom
    ) {
        guard let node = identities.randomElement(using: &random),
            let offence = Offence.allCases.randomElement(using: &random),
            let cause = Self.causes.randomElement(using: &random)
        else { return }
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1:
            let peer = rounds.accept(node)
            if peer.refusal == nil, peer.reason == nil { links.append(peer.connection) }
        case 2, 3, 4:
            guard let link = links.randomElement(using: &random) else { return }
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                _ = rounds.book.report(offence, by: link, now: rounds.now)
            }
        case 5: _ = rounds.book.report(offence, by: node.id, now: rounds.now)
        case 6:
            guard let link = links.randomElement(using: &random) else { return }
            rounds.book.disconnected(link, cause, now: rounds.now)
        default:
            rounds.book.addCandidate(node.contact, now: rounds.now)
            for target in rounds.dials() where rounds.complete(target) == nil { links.append(target.connection) }
            rounds.book.deadlineReached(now: rounds.now)
        }
    }
}
