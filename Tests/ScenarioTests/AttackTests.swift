import Chain
import DevP2P
import Discovery
import EthCrypto
import EthNode
import EthWire
import NodeCore
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Storage
import Testing

@testable import Simulator

/// Behaviours of attackers who know what they do.
@Suite("Attacks of the literature")
struct AttackTests {
    private static let start = Instant(unixSeconds: 1_760_000_000)

    /// A message of `eth` as a node is about to send it.
    private static func outgoing(_ message: EthMessage, after time: Duration = .zero, to: UInt64 = 1) -> OutgoingMessage
    {
        OutgoingMessage(
            message: OutboundMessage(message, version: .eth69, capability: 1), capability: EthVersion.eth69.name,
            connection: ConnectionID(rawValue: to), now: start + time)
    }

    private static func node() throws -> SimulatedNode {
        let simulation = Simulation(seed: 1, crypto: .plain)
        return try simulation.add(Network(nodes: 1, signers: 1).configuration(0))
    }

    // MARK: Eclipse

    /// Three signers, and two hostile nodes, which are all that a newcomer is told of.
    @Test func whoKnowsHostileNodesOnlyIsEclipsed() throws {
        let network = Network(nodes: 6, signers: 3)
        for isHostile in [false, true] {
            let simulation = Simulation(seed: 5, crypto: .plain)
            for index in 0..<5 { try simulation.add(network.configuration(index)) }
            let hostile = [3, 4].map(network.contact)
            for index in 3..<5 where isHostile {
                simulation.setBehaviour(
                    Eclipse(
                        fellows: hostile, victims: [network.contact(5)], random: NodeRandom(seed: 2)),
                    of: simulation.nodes[index])
            }
            simulation.run(for: .seconds(10))
            var configuration = try network.configuration(5)
            configuration.node.bootnodes = hostile
            let victim = try simulation.add(configuration)
            simulation.run(for: .seconds(20))
            #expect(simulation.nodes[0].chain.status.head.number > 10)
            #expect((victim.chain.status.head.number == 0) == isHostile)
            let peers = Set(victim.core.peerStatuses.map(\.peer.id))
            #expect(peers.isSuperset(of: hostile.map(\.id)) && (peers.count == 2) == isHostile)
        }
    }

    @Test func anEclipseDialsItsVictims() throws {
        let network = Network(nodes: 2, signers: 1)
        let simulation = Simulation(seed: 5, crypto: .plain)
        for index in 0..<2 {
            var configuration = try network.configuration(index)
            configuration.node.bootnodes = []
            try simulation.add(configuration)
        }
        let attack = Eclipse(fellows: [], victims: [network.contact(0)], random: NodeRandom(seed: 2))
        simulation.setBehaviour(attack, of: simulation.nodes[1])
        simulation.run(for: .seconds(5))
        #expect(simulation.nodes[0].core.peerStatuses.map(\.peer.id) == [network.contact(1).id])
        #expect((simulation.nodes[0].core.discoveryTable?.count ?? 0) == 1, "it has answered the pings")
    }

    // MARK: Gethlighting

    @Test(arguments: [(true, 1_000), (false, 4_500)]) func itBoastsAndAnswersLate(isPrompt: Bool, wait: Int) throws {
        let node = try Self.node()
        var attack = Gethlighting(isPrompt: isPrompt, random: NodeRandom(seed: 3))
        var random = NodeRandom(seed: 4)
        let range = BlockRange(earliest: 0, latest: 7, latestHash: Keccak256.hash([1]))
        let told = attack.outgoing(Self.outgoing(.blockRangeUpdate(range)), by: node)
        let update = try EthMessage(id: told[0].id, payload: (told[0].rlp ?? [])[...], version: .eth69)
        guard case .blockRangeUpdate(let lie) = update else {
            Issue.record("another message")
            return
        }
        #expect(lie.latest > 60 && lie.latestHash != range.latestHash && lie.isValid)

        let answer = EthMessage.blockHeaders(requestID: 9, EncodedList(encoded: [[0xc0]]))
        #expect(attack.outgoing(Self.outgoing(answer), by: node).isEmpty)
        func deeds(_ time: Duration) -> [Deed] {
            attack.deeds(of: node, among: [], now: Self.start + time, random: &random)
        }
        #expect(deeds(.milliseconds(wait - 100)).isEmpty)
        guard case .message(let late, let connection)? = deeds(.milliseconds(wait + 100)).first else {
            Issue.record("another message")
            return
        }
        #expect(connection == ConnectionID(rawValue: 1))
        let empty = try EthMessage(id: late.id, payload: (late.rlp ?? [])[...], version: .eth69)
        guard case .blockHeaders(9, let headers) = empty else {
            Issue.record("another message")
            return
        }
        #expect(headers.isEmpty)
        #expect(deeds(.seconds(9)).isEmpty, "once is enough")
    }

    @Test func itAnnouncesInThePlaceOfSending() throws {
        let node = try Self.node()
        var attack = Gethlighting(random: NodeRandom(seed: 3))
        let transaction = TransactionTests.transfer(0, from: Network.key("account", 0), to: Address(), chainID: 1)
        let sent = attack.outgoing(Self.outgoing(.transactions(EncodedList([transaction]))), by: node)
        let message = try EthMessage(id: sent[0].id, payload: (sent[0].rlp ?? [])[...], version: .eth69)
        guard case .newPooledTransactionHashes(let announced) = message else {
            Issue.record("another message")
            return
        }
        #expect(sent.count == 1 && announced.hashes == [transaction.hash])
    }

    // MARK: Score gaming

    @Test func itWithholdsNoMoreThanItsScoreAllows() throws {
        let node = try Self.node()
        var attack = ScoreGaming(calm: .seconds(40), attack: .seconds(20), start: Self.start)
        let answer = EthMessage.pooledTransactions(requestID: 9, EncodedList([]))
        func isSent(_ time: Duration, to connection: UInt64 = 1) -> Bool {
            !attack.outgoing(Self.outgoing(answer, after: time, to: connection), by: node).isEmpty
        }
        #expect(isSent(.seconds(0)) && isSent(.seconds(39)))
        // An unanswered request costs up to ten points, and fifty are too many.
        #expect((0..<6).map { _ in isSent(.seconds(41)) } == [false, false, false, false, true, true])
        #expect(!isSent(.seconds(42), to: 2), "another peer has its own count")
        #expect(isSent(.seconds(61)), "good again")
        // A point fades in six seconds.
        #expect((0..<3).map { _ in isSent(.seconds(101)) } == [false, true, true])
    }

    // MARK: Transaction spam

    @Test func spamIsSignedAndCannotBeInABlock() throws {
        let network = Network(nodes: 2, signers: 1)
        let simulation = Simulation(seed: 5, crypto: .plain)
        for index in 0..<2 { try simulation.add(network.configuration(index)) }
        simulation.run(for: .seconds(5))
        let accounts = network.accounts
        var attack = TransactionSpam(perSecond: 80, accounts: accounts, chainID: 4242)
        var random = NodeRandom(seed: 4)
        let deeds = attack.deeds(of: simulation.nodes[1], among: [], now: simulation.now, random: &random)
        guard case .message(let message, _)? = deeds.first else {
            Issue.record("another message")
            return
        }
        #expect(deeds.count == 1)
        let list = try EthMessage(id: message.id, payload: (message.rlp ?? [])[...], version: .eth69)
        guard case .transactions(let encoded) = list else {
            Issue.record("another message")
            return
        }
        let spam = try encoded.decoded()
        #expect(spam.count == 40 && Set(spam.map(\.hash)).count == 40)
        let owned = Set(accounts.map(\.publicKey.address))
        let senders = try spam.map { try $0.sender() }
        #expect(senders.count { !owned.contains($0) } == 10, "without money")
        #expect(zip(spam, senders).count { $0.nonce > 1_000 && owned.contains($1) } == 10, "ahead of their nonce")
        #expect(spam.count { $0.maxFeePerGas < 1_000_000 } == 20, "below the price of a block")
        simulation.setBehaviour(
            TransactionSpam(perSecond: 80, accounts: accounts, chainID: 4242), of: simulation.nodes[1])
        simulation.run(for: .seconds(6))
        let status = simulation.nodes[0].chain.status
        #expect(status.queuedCount > 20 && status.pendingCount > 20)
        #expect(simulation.nodes[0].core.peerStatuses.allSatisfy { $0.reputation?.score ?? 0 == 0 })
    }
}
