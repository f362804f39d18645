import Chain
import DevP2P
import EthWire
import Gossip
import Primitives
import RLP
import SansIO
import Testing

/// Gossips of many nodes, connected in memory with a delay of 20 ms: everybody gets every transaction.
@Suite struct TransactionMeshTests {
    struct Mesh {
        struct Packet {
            let due: Instant
            let from: Int
            let to: Int
            let payload: [UInt8]
            let id: UInt8
        }

        var nodes: [GossipRounds]
        var neighbours: [[Int]]
        var wires: [Packet] = []
        var now = Instant.start
        /// Full copies received by each node.
        var copies: [Int]
        let wallets: [Address: Wallet]

        /// Each node has `degree` neighbours or more.
        init(_ count: Int, degree: Int, wallets: [Wallet], seed: UInt64) {
            var random = NodeRandom(seed: seed)
            nodes = (0..<count).map { GossipRounds(seed: UInt64($0) + seed * 1000) }
            copies = [Int](repeating: 0, count: count)
            self.wallets = Dictionary(uniqueKeysWithValues: wallets.map { ($0.address, $0) })
            var edges = [Set<Int>](repeating: [], count: count)
            for node in 0..<count {
                while edges[node].count < min(degree, count - 1) {
                    let other = Int.random(in: 0..<count, using: &random)
                    guard other != node else { continue }
                    edges[node].insert(other)
                    edges[other].insert(node)
                }
            }
            neighbours = edges.map { $0.sorted() }
            for node in 0..<count {
                nodes[node].join(neighbours[node].map { makePeer(UInt64($0 + 1), connection: UInt64($0 + 1)) })
            }
        }

        mutating func submit(_ transaction: Transaction, by wallet: Wallet, at node: Int) {
            nodes[node].add(wallet, [transaction])
        }

        mutating func run(_ duration: Duration) {
            let end = now + duration
            while now < end {
                for node in nodes.indices {
                    nodes[node].now = now
                    while let deadline = nodes[node].gossip.deadline, deadline <= now {
                        nodes[node].gossip.deadlineReached(pool: nodes[node].pool, now: now)
                    }
                    carryOut(node)
                }
                now = now + .milliseconds(5)
                let arrived = wires.filter { $0.due <= now }
                wires.removeAll { $0.due <= now }
                for packet in arrived { deliver(packet) }
            }
        }

        private mutating func carryOut(_ node: Int) {
            for action in nodes[node].gossip.takeActions() {
                switch action {
                case .send(let message, let peers):
                    var writer = RLPWriter()
                    message.encode(version: 69, into: &writer)
                    for peer in peers {
                        wires.append(
                            Packet(
                                due: now + .milliseconds(20), from: node, to: Int(peer.connection.rawValue) - 1,
                                payload: writer.bytes, id: message.id))
                    }
                case .validate(let transactions, let peer): validate(transactions, from: peer, at: node)
                case .offence(let offence, let peer): Issue.record("\(offence) by \(peer) at \(node)")
                case .credit: break
                }
            }
        }

        private mutating func deliver(_ packet: Packet) {
            guard let message = try? EthMessage(id: packet.id, payload: packet.payload[...], version: .eth69) else {
                Issue.record("undecodable")
                return
            }
            switch message {
            case .transactions(let list): copies[packet.to] += list.count
            case .pooledTransactions(_, let list): copies[packet.to] += list.count
            default: break
            }
            nodes[packet.to].now = now
            nodes[packet.to].receive(
                message, from: makePeer(UInt64(packet.from + 1), connection: UInt64(packet.from + 1)))
            carryOut(packet.to)
        }

        private mutating func validate(_ transactions: [Transaction], from peer: Peer, at node: Int) {
            var ready: [Hash32] = []
            for transaction in transactions {
                guard let sender = try? transaction.sender(), let wallet = wallets[sender] else {
                    Issue.record("unknown sender")
                    continue
                }
                let addition = try? nodes[node].pool.add(wallet.candidate(transaction), now: now)
                ready += addition?.promoted ?? []
                nodes[node].gossip.validated(
                    transaction.hash, error: addition == nil ? .alreadyKnown : nil, from: peer, now: now)
            }
            nodes[node].gossip.added(ready, pool: nodes[node].pool, now: now)
        }
    }

    @Test func everybodyGetsEverythingWithFewCopies() {
        let wallets = (1...8).map { Wallet(UInt64($0)) }
        var mesh = Mesh(20, degree: 6, wallets: wallets, seed: 4)
        var transactions: [Transaction] = []
        for nonce in 0..<5 {
            for (index, wallet) in wallets.enumerated() {
                let transaction = wallet.transfer(UInt64(nonce))
                transactions.append(transaction)
                mesh.submit(transaction, by: wallet, at: index)
                mesh.run(.milliseconds(10))
            }
        }
        mesh.run(.seconds(3))
        for node in mesh.nodes {
            #expect(node.pool.readyCount == 40)
            #expect(transactions.allSatisfy { node.pool.contains($0.hash) })
        }
        let perNode = Double(mesh.copies.reduce(0, +)) / 20 / 40
        #expect(perNode < 3, "\(perNode) copies")
        #expect(mesh.wires.isEmpty, "it comes to rest")
    }

    @Test func aNodeThatJoinsLateCatchesUp() {
        let wallet = Wallet(1)
        var mesh = Mesh(4, degree: 3, wallets: [wallet], seed: 9)
        let late = 3
        for node in 0..<3 { mesh.nodes[node].gossip.peerLeft(makePeer(4), now: mesh.now) }
        for nonce in 0..<300 { mesh.submit(wallet.transfer(UInt64(nonce)), by: wallet, at: 0) }
        mesh.run(.seconds(2))
        #expect(mesh.nodes[2].pool.count == 300 && mesh.nodes[late].pool.count == 0)
        mesh.nodes[1].join([makePeer(4)])
        mesh.run(.seconds(3))
        #expect(mesh.nodes[late].pool.readyCount == 300)
    }
}
