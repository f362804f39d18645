import Chain
import DevP2P
import Primitives
import SansIO
import Testing

@testable import Gossip

/// Block gossip of many nodes in memory, 20 ms apart, 30 ms to import a block: everybody gets every block.
@Suite struct BlockMeshTests {
    static let wallets = (0..<4).map { Wallet(UInt64($0)) }

    /// A block of forty transactions.
    static func block(_ number: UInt64) -> Block {
        makeBlock(
            number, wallets.flatMap { wallet in (0..<10).map { wallet.transfer((number - 1) * 10 + UInt64($0)) } })
    }

    struct Mesh {
        enum What {
            case message(OutboundMessage, from: Int)
            case imported(Hash32)
        }

        var nodes: [BlockRounds]
        var pending: [(due: Instant, to: Int, what: What)] = []
        var now = Instant.start
        /// Blocks that came out as events, by node.
        var blocks: [[Hash32]]
        /// Nodes whose messages get lost, so that they neither pass anything on nor fetch.
        var silent: Set<Int> = []
        var bytes = 0
        var requests = 0

        init(_ count: Int, degree: Int, seed: UInt64) {
            var random = NodeRandom(seed: seed)
            nodes = (0..<count).map { BlockRounds(seed: UInt64($0) + seed * 1000) }
            blocks = [[Hash32]](repeating: [], count: count)
            for node in 0..<count {
                while nodes[node].host.peers.count < min(degree, count - 1) {
                    let other = Int.random(in: 0..<count, using: &random)
                    guard other != node, !nodes[node].host.peers.contains(Self.peer(other)) else { continue }
                    nodes[node].join(Self.peer(other))
                    nodes[other].join(Self.peer(node))
                }
            }
            run(.seconds(2))
            bytes = 0
        }

        static func peer(_ node: Int) -> Peer { makePeer(UInt64(node + 1)) }

        /// Most transactions are in the pools before the block comes.
        mutating func pool(_ block: Block, except missing: Int) {
            for node in nodes.indices {
                for (index, transaction) in block.transactions.enumerated() where index % 40 >= missing {
                    let wallet = wallets[index / 10]
                    _ = nodes[node].pool.attempt(wallet, transaction, nonce: transaction.nonce / 10 * 10)
                }
            }
        }

        mutating func publish(_ block: Block, at node: Int) {
            blocks[node].append(block.hash)
            nodes[node].now = now
            nodes[node].call { $0.publish(block, totalDifficulty: 2, &$1) }
            carryOut(node)
        }

        mutating func run(_ duration: Duration) {
            let end = now + duration
            while now < end {
                now = now + .milliseconds(5)
                for node in nodes.indices {
                    nodes[node].wait(now - nodes[node].now)
                    carryOut(node)
                }
                let due = pending.filter { $0.due <= now }
                pending.removeAll { $0.due <= now }
                for (_, node, what) in due {
                    switch what {
                    case .message(let message, let from): nodes[node].receive(message, from: Self.peer(from))
                    case .imported(let hash): nodes[node].call { $0.accepted(hash, &$1) }
                    }
                    carryOut(node)
                }
            }
        }

        private mutating func carryOut(_ node: Int) {
            for effect in nodes[node].take() {
                switch effect {
                case .send(let connection, let message):
                    if silent.contains(node) { continue }
                    bytes += message.payload.count
                    if message.id == BlocksMessageID.getBlockTransactions.rawValue { requests += 1 }
                    let to = Int(connection.rawValue) - 1
                    pending.append((now + .milliseconds(20), to, .message(message, from: node)))
                case .event(let event):
                    guard case .block(let block, _, _) = event else { continue }
                    blocks[node].append(block.hash)
                    // Header and body are right at once, execution takes a while.
                    nodes[node].call { $0.verified(block.hash, &$1) }
                    pending.append((now + .milliseconds(30), node, .imported(block.hash)))
                case .offence(_, .requestTimeout), .offence(_, .brokenPromise), .credit: continue
                default: Issue.record("\(effect)")
                }
            }
        }
    }

    @Test("every block reaches everybody once, compact", arguments: [0, 10])
    func everyBlock(missing: Int) {
        var mesh = Mesh(24, degree: 5, seed: 3)
        let blocks = (1...6).map { Self.block(UInt64($0)) }
        let start = mesh.now
        for (index, block) in blocks.enumerated() {
            mesh.pool(block, except: missing)
            mesh.publish(block, at: index * 3)
            mesh.run(.seconds(1))
        }
        #expect(mesh.blocks.allSatisfy { $0 == blocks.map(\.hash) })
        var copies = 0
        var slowest = Duration.zero
        for node in mesh.nodes {
            for arrival in node.host.capability.arrivals {
                copies += arrival.copies
                let round = start + .seconds(Int64(arrival.number) - 1)
                slowest = max(slowest, (arrival.received ?? .distantFuture) - round)
            }
        }
        let average = Double(copies) / Double(24 * 6)
        #expect(average < 9, "\(average) copies of each block at each node")
        #expect(slowest < .milliseconds(300), "\(slowest)")
        #expect(missing == 0 ? mesh.requests == 0 : mesh.requests > 0)
        // Whole blocks of 4.4 KB, in as many copies.
        let whole = blocks.reduce(0) { $0 + $1.transactions.reduce(500) { $0 + $1.size } } * 24 * Int(average)
        if missing == 0 { #expect(mesh.bytes * 4 < whole, "\(mesh.bytes) of \(whole) bytes") }
    }

    @Test func silentNodesDoNotStopABlock() {
        var mesh = Mesh(24, degree: 6, seed: 8)
        mesh.silent = Set(16..<24)
        mesh.publish(makeBlock(1), at: 0)
        mesh.run(.seconds(20))
        #expect(mesh.blocks.prefix(16).allSatisfy { $0.count == 1 }, "\(mesh.blocks.map(\.count))")
    }

    @Test func theSameSeedTakesTheSameWay() {
        func run() -> [BlockArrival] {
            var mesh = Mesh(12, degree: 4, seed: 5)
            mesh.publish(makeBlock(1), at: 2)
            mesh.publish(makeBlock(2), at: 7)
            mesh.run(.seconds(1))
            return mesh.nodes.flatMap { $0.host.capability.arrivals }
        }
        #expect(run() == run())
    }
}
