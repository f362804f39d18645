import Chain
import DevP2P
import EthCrypto
import EthNode
import EthWire
import Gossip
import NodeCore
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Storage
import Testing
import Topics

@testable import Simulator

/// What liars send, and that it comes to those whom it is meant for.
@Suite("Nodes that lie about others")
struct LiarTests {
    /// What honest nodes get from hostile ones, decoded.
    private struct Heard {
        var eth: [EthMessage] = []
        var blocks: [BlocksMessage] = []
    }

    /// Nine nodes, three of which sign; the last one lies after ten seconds, to whomever it is connected.
    private static func run(
        for duration: Duration = .seconds(25), _ behaviour: (SimulatedNode) -> any Behaviour
    ) throws -> (simulation: Simulation, heard: Heard) {
        let network = Network(nodes: 9, signers: 3)
        let simulation = Simulation(seed: 4, crypto: .plain)
        for index in 0..<9 {
            var configuration = try network.configuration(index)
            if index == 8 {
                for offence in Offence.allCases { configuration.node.reputation[offence].points = 0 }
            }
            try simulation.add(configuration)
        }
        simulation.run(for: .seconds(10))
        let liar = simulation.nodes[8]
        simulation.setBehaviour(behaviour(liar), of: liar)
        var heard = Heard()
        simulation.inputObserver = { node, input, now in
            guard node.index < 8, case .connection(let id, let events) = input,
                node.core.peerStatuses.contains(where: {
                    $0.peer.connection == id && $0.peer.id == liar.configuration.key.publicKey.nodeID
                })
            else { return }
            for case .message(let place, let message, let payload) in events {
                let incoming = IncomingMessage(
                    capability: node.core.localHello.capabilities[place].name, id: message, payload: payload,
                    connection: id, now: now)
                if let eth = incoming.eth { heard.eth.append(eth) }
                if let blocks = incoming.blocks { heard.blocks.append(blocks) }
            }
        }
        simulation.run(for: duration)
        return (simulation, heard)
    }

    /// The block that a node has under a hash.
    private static func block(_ hash: Hash32, _ simulation: Simulation) -> Block? {
        (try? ChainStore(simulation.nodes[0].store).block(hash)) ?? nil
    }

    private static func lowest(_ simulation: Simulation) -> UInt64 {
        simulation.nodes.prefix(8).map(\.chain.status.head.number).min() ?? 0
    }

    @Test func aFramerSendsFalseFormsOfTrueBlocks() throws {
        let (simulation, heard) = try Self.run { Framer(chain: $0.chain.configuration, random: NodeRandom(seed: 1)) }
        var (falseCount, trueCount) = (0, 0)
        for case .compactBlock(let compact) in heard.blocks {
            guard let block = Self.block(compact.header.hash, simulation) else { continue }
            if compact.transactionCount == block.transactions.count { trueCount += 1 } else { falseCount += 1 }
        }
        #expect(falseCount > 5 && trueCount > 5, "\(falseCount) \(trueCount)")
        #expect(Self.lowest(simulation) >= 14)
    }

    @Test func aReplayHasTrueHeadersAndOtherBodies() throws {
        let (simulation, heard) = try Self.run {
            KnownReplay(chain: $0.chain.configuration, random: NodeRandom(seed: 1))
        }
        var count = 0
        for case .newBlock(let block, _) in heard.eth {
            let known = try #require(Self.block(block.hash, simulation))
            #expect(try known.header == block.header && known.body != block.decoded().body)
            count += 1
        }
        // Whoever hears it ends the session.
        #expect(count >= 5, "\(count)")
        #expect(Self.lowest(simulation) >= 14)
    }

    @Test func hearsayNamesHonestNodesElsewhere() throws {
        let network = Network(nodes: 9, signers: 3)
        let honest = (0..<8).map(network.contact)
        let (simulation, heard) = try Self.run { _ in
            HearsayLiar(victims: honest, random: NodeRandom(seed: 1))
        }
        var count = 0
        for case .prune(let prune) in heard.blocks {
            for contact in prune.contacts {
                let victim = try #require(honest.first { $0.publicKey == contact.publicKey })
                #expect(contact.endpoint != Endpoint(ip: victim.ip, port: victim.tcpPort))
                count += 1
            }
        }
        #expect(count > 50)
        #expect(Self.lowest(simulation) >= 14)
    }

    @Test func aSquattersFirstTransactionsHoldUpTheOthers() throws {
        let accounts = (0..<2).map { Network.key("account", $0) }
        let (simulation, heard) = try Self.run { _ in PoolSquatter(accounts: accounts, each: 40, chainID: 4242) }
        var seen: Set<Hash32> = []
        for case .transactions(let list) in heard.eth {
            for transaction in try list.decoded() {
                seen.insert(transaction.hash)
                #expect((transaction.nonce == 0) == (transaction.maxFeePerGas == 1))
            }
        }
        #expect(seen.count == 80)
        #expect(Self.lowest(simulation) >= 14)
    }

    @Test func headsThatNobodySealedArePushed() throws {
        let (simulation, heard) = try Self.run {
            UnminableHead(chain: $0.chain.configuration, random: NodeRandom(seed: 1))
        }
        var (on, beside) = (0, 0)
        for case .newBlock(let block, _) in heard.eth {
            #expect(Self.block(block.hash, simulation) == nil)
            let parent = Self.block(block.header.parentHash, simulation)
            if parent != nil, try block.decoded().transactions.isEmpty { on += 1 }
            if (try? ChainStore(simulation.nodes[0].store).canonicalHash(block.number)) != nil { beside += 1 }
        }
        // After some of them it is cut off, or not heard.
        #expect(on >= 5 && beside >= 1, "\(on) on, \(beside) beside")
        #expect(Self.lowest(simulation) >= 14)
    }

    @Test func futureBlocksAreLargeAndFitTheirHeaders() throws {
        let (simulation, heard) = try Self.run {
            FutureBlocks(chain: $0.chain.configuration, random: NodeRandom(seed: 1))
        }
        var count = 0
        for case .newBlock(let block, _) in heard.eth {
            #expect(block.header.timestamp > simulation.nodes[0].core.status.startedAt.unixSeconds + 10)
            #expect(try block.decoded().transactions.first?.size ?? 0 > 20_000)
            count += 1
        }
        #expect(count > 5)
        #expect(Self.lowest(simulation) >= 14)
    }

    /// What a behaviour does about what comes in goes out at once.
    @Test func aBehaviourSeesWhatComesIn() throws {
        struct Echo: Behaviour {
            let count: Counter
            func incoming(_ incoming: IncomingMessage, at node: SimulatedNode) -> [Deed] {
                guard incoming.blocksID == .compactBlock else { return [] }
                count.value += 1
                return node.peers(sharing: "blocks").filter { $0.peer.connection == incoming.connection }
                    .map { $0.deed(BlocksMessage.newBlockHashes([BlockAnnouncement(hash: Hash32(), number: 7)])) }
            }
        }
        let counter = Counter()
        let (_, heard) = try Self.run { _ in Echo(count: counter) }
        let echoes = heard.blocks.count { message in
            if case .newBlockHashes(let blocks) = message { blocks.contains { $0.hash.isZero } } else { false }
        }
        #expect(counter.value > 5 && echoes > 0 && echoes <= counter.value)
    }

    private final class Counter {
        var value = 0
    }
}
