import DevP2P
import SansIO
import Testing
import Topics

/// Meshes of many nodes in memory, 50 ms apart: who gets what, how often, and what becomes of it when many die.
@Suite("Topic meshes of many nodes")
struct MeshNetworkTests {
    struct Network {
        enum What {
            case message(TopicMessageID, bytes: Int)
            case graft
            case prune(Duration)
            case have([TopicMessageID])
            case want([TopicMessageID])
            case dontWant(TopicMessageID)
        }

        struct Packet {
            let due: Instant
            let from: Int
            let to: Int
            let what: What
        }

        var nodes: [MeshRounds]
        var links: [Set<Int>]
        var isAlive: [Bool]
        /// Nodes that take part in everything but never pass on a message.
        var isSilent: [Bool]
        var got: [TopicMessageID: Set<Int>] = [:]
        var copies = 0
        var offences: [Offence] = []
        var isAttacking: Set<Int> = []
        /// Peers that were reported.
        var accused: Set<Int> = []
        var now = Instant.start
        private var pending: [Packet] = []
        private var next = 0

        init(_ count: Int, links degree: Int, seed: UInt64) {
            var random = NodeRandom(seed: seed)
            nodes = (0..<count).map { MeshRounds(seed: seed &* 1000 &+ UInt64($0), limits: TopicLimits()) }
            links = [Set<Int>](repeating: [], count: count)
            isAlive = [Bool](repeating: true, count: count)
            isSilent = [Bool](repeating: false, count: count)
            for node in 0..<count {
                while links[node].count < degree {
                    let other = Int.random(in: 0..<count, using: &random)
                    guard other != node, !links[node].contains(other) else { continue }
                    links[node].insert(other)
                    links[other].insert(node)
                    nodes[node].join(other, isOutbound: true)
                    nodes[other].join(node)
                }
            }
            for node in nodes.indices { carryOut(node) }
        }

        mutating func publish(_ id: TopicMessageID, at node: Int, bytes: Int = 2_000) {
            nodes[node].now = now
            got[id, default: []].insert(node)
            nodes[node].mesh.publish(id, bytes: bytes, topic: 0, now: now)
            carryOut(node)
        }

        /// - Parameter notices: whether peers see the connection close; else they just hear nothing more.
        mutating func kill(_ node: Int, notices: Bool) {
            isAlive[node] = false
            guard notices else { return }
            for other in links[node].sorted() where isAlive[other] { nodes[other].leave(node) }
        }

        mutating func run(_ duration: Duration) {
            let end = now + duration
            while now < end {
                now = now + .milliseconds(10)
                for node in nodes.indices where isAlive[node] {
                    nodes[node].wait(now - nodes[node].now)
                    carryOut(node)
                }
                while next < pending.count, pending[next].due <= now {
                    deliver(pending[next])
                    next += 1
                }
            }
            pending.removeFirst(next)
            next = 0
        }

        private mutating func deliver(_ packet: Packet) {
            let (node, from) = (packet.to, packet.from)
            guard isAlive[node] else { return }
            let peer = MeshRounds.peer(from)
            switch packet.what {
            case .message(let id, let bytes):
                copies += 1
                if Self.isJunk(id) {
                    nodes[node].reject(id, from: peer, bytes: bytes)
                } else if nodes[node].accept(id, from: peer, bytes: bytes) {
                    got[id, default: []].insert(node)
                }
            case .graft: nodes[node].graft(from: from)
            case .prune(let backoff): nodes[node].prune(from: from, seconds: Int64(backoff.inSeconds))
            case .have(let ids): nodes[node].mesh.receivedHave(ids, topic: 0, from: peer, now: now)
            case .want(let ids): nodes[node].mesh.receivedWant(ids, from: peer)
            case .dontWant(let id): nodes[node].mesh.receivedDontWant([id], from: peer)
            }
            carryOut(node)
        }

        private mutating func carryOut(_ node: Int) {
            func to(_ connection: ConnectionID) -> Int { Int(connection.rawValue) }
            for action in nodes[node].take() {
                switch action {
                case .graft(_, let peer): send(.graft, node, to(peer))
                case .prune(_, let peer, let backoff, _): send(.prune(backoff), node, to(peer))
                case .have(_, let ids, let peer): send(.have(ids), node, to(peer))
                case .want(let ids, let peer): send(.want(ids), node, to(peer))
                case .dontWant(let id, let peers): for peer in peers { send(.dontWant(id), node, to(peer)) }
                case .send(let id, let peers):
                    if isSilent[node] { continue }
                    for peer in peers { send(.message(id, bytes: 2_000), node, to(peer)) }
                case .forget: break
                case .offence(let offence, let peer):
                    offences.append(offence)
                    accused.insert(to(peer))
                }
            }
        }

        /// Messages that their owner rejects.
        static func isJunk(_ id: TopicMessageID) -> Bool { id >= MeshRounds.id(1_000_000) }

        /// What an attacker sends to all whom it is connected to: each node another kind.
        mutating func attack(from node: Int, round: Int) {
            let junk = MeshRounds.id(1_000_000 + node * 10_000 + round)
            for other in links[node].sorted() {
                switch node % 4 {
                case 0: send(.message(junk, bytes: 500), node, other)
                case 1:
                    send(
                        .have((0..<40).map { MeshRounds.id(2_000_000 + node * 40_000 + round * 40 + $0) }), node, other)
                // It leaves, and wants to come back again and again.
                case 2: send(round == 0 ? .prune(.seconds(60)) : .graft, node, other)
                default: send(.want((0..<1_000).map { MeshRounds.id($0) }), node, other)
                }
            }
        }

        private mutating func send(_ what: What, _ from: Int, _ to: Int) {
            pending.append(Packet(due: now + .milliseconds(50), from: from, to: to, what: what))
        }

        /// The share of the living that have got each of some messages.
        func delivery(_ ids: [TopicMessageID]) -> Double {
            let living = isAlive.indices.filter { isAlive[$0] && !isAttacking.contains($0) }
            let got = ids.reduce(0) { sum, id in sum + living.count { self.got[id]?.contains($0) == true } }
            return Double(got) / Double(living.count * ids.count)
        }

        mutating func publishSome(_ range: Range<Int>, random: inout NodeRandom) -> [TopicMessageID] {
            range.map { number in
                let node = isAlive.indices.filter { isAlive[$0] && !isSilent[$0] }.randomElement(using: &random) ?? 0
                let id = MeshRounds.id(number)
                publish(id, at: node)
                run(.milliseconds(200))
                return id
            }
        }
    }

    @Test("every message reaches everybody, in few copies")
    func delivery() {
        var network = Network(60, links: 10, seed: 3)
        var random = NodeRandom(seed: 4)
        network.run(.seconds(3))
        let sizes = network.nodes.map(\.neighbours.count)
        #expect(sizes.allSatisfy { (6...12).contains($0) }, "\(sizes)")
        // Neighbours see each other.
        for (index, node) in network.nodes.enumerated() {
            for other in node.neighbours { #expect(network.nodes[other].neighbours.contains(index)) }
        }
        let ids = network.publishSome(0..<40, random: &random)
        network.run(.seconds(5))
        #expect(network.delivery(ids) == 1)
        let copies = Double(network.copies) / Double(ids.count * 59)
        // All links are equally long, so that most copies cross on the way: hardly fewer than neighbours.
        #expect(copies < 9, "\(copies) copies")
        #expect(network.offences.isEmpty)
    }

    @Test("after half of the nodes have died delivery is back within some heartbeats", arguments: [true, false])
    func churn(notices: Bool) {
        var network = Network(100, links: 10, seed: 8)
        var random = NodeRandom(seed: 9)
        network.run(.seconds(3))
        let before = network.publishSome(0..<5, random: &random)
        for node in Array(0..<100).shuffled(using: &random).prefix(50) { network.kill(node, notices: notices) }
        network.run(.seconds(4))
        let after = network.publishSome(10..<40, random: &random)
        network.run(.seconds(6))
        #expect(network.delivery(before) == 1)
        #expect(network.delivery(after) > 0.99, "\(network.delivery(after))")
    }

    @Test("nodes that take part and pass nothing on don't keep messages from the others")
    func silence() {
        var network = Network(60, links: 10, seed: 5)
        var random = NodeRandom(seed: 6)
        for node in 0..<24 { network.isSilent[node] = true }
        network.run(.seconds(3))
        let ids = network.publishSome(0..<40, random: &random)
        network.run(.seconds(6))
        #expect(network.delivery(ids) > 0.99, "\(network.delivery(ids))")
        #expect(network.offences.allSatisfy { $0 == .brokenPromise })
    }

    @Test("nodes that send junk, announce what they don't have, graft on and on or ask without end end up in no mesh")
    func attackers() {
        var network = Network(60, links: 10, seed: 12)
        var random = NodeRandom(seed: 13)
        let attackers = Set(0..<12)
        for node in attackers { network.isSilent[node] = true }
        network.isAttacking = attackers
        network.run(.seconds(3))
        var ids: [TopicMessageID] = []
        for round in 0..<40 {
            for node in attackers.sorted() { for part in 0..<3 { network.attack(from: node, round: round * 3 + part) } }
            ids += network.publishSome(round..<round + 1, random: &random)
            network.run(.milliseconds(300))
        }
        network.run(.seconds(6))
        #expect(network.delivery(ids) > 0.99, "\(network.delivery(ids))")
        #expect(network.accused == attackers)
        #expect(Set(network.offences) == [.invalidMessage, .brokenPromise, .backoffBreach, .spam])
        for node in 12..<60 {
            #expect(attackers.isDisjoint(with: network.nodes[node].neighbours), "\(network.nodes[node].neighbours)")
        }
    }

    @Test func theSameSeedTakesTheSameWay() {
        func run() -> [Int] {
            var network = Network(30, links: 6, seed: 2)
            var random = NodeRandom(seed: 3)
            network.run(.seconds(2))
            _ = network.publishSome(0..<5, random: &random)
            network.run(.seconds(2))
            return [network.copies] + network.nodes.flatMap(\.neighbours)
        }
        #expect(run() == run())
    }
}

extension MeshRounds {
    fileprivate mutating func reject(_ id: TopicMessageID, from peer: ConnectionID, bytes: Int) {
        guard mesh.received(id, bytes: bytes, topic: 0, from: peer, now: now) == .new else { return }
        mesh.validated(id, .reject)
    }

    /// A message comes and is accepted at once; whether it is new.
    fileprivate mutating func accept(_ id: TopicMessageID, from peer: ConnectionID, bytes: Int) -> Bool {
        guard mesh.received(id, bytes: bytes, topic: 0, from: peer, now: now) == .new else { return false }
        mesh.validated(id, .accept)
        return true
    }
}
