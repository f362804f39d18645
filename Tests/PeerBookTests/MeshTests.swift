import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// Books of several nodes on one address, connected in memory: a devnet must find itself within seconds.
@Suite struct MeshTests {
    struct Mesh {
        struct Wire {
            let dialer: Int
            let listener: Int
            let dialerSide: ConnectionID
            let listenerSide: ConnectionID
            var steps = 0
        }

        var nodes: [Node]
        var books: [PeerBook]
        var wires: [Wire] = []
        var now = Instant.start
        var nextConnection: UInt64 = 0
        /// Nodes that don't listen yet.
        var down: Set<Int> = []

        init(_ count: Int, limits: PeerLimits = PeerLimits()) {
            nodes = (0..<count).map { Node(UInt64($0 + 1), ip: "127.0.0.1", port: UInt16(30_000 + $0)) }
            books = nodes.enumerated().map { index, node in
                PeerBook(limits: limits, localID: node.id, random: NodeRandom(seed: UInt64(index)), now: .start)
            }
        }

        mutating func connection() -> ConnectionID {
            nextConnection += 1
            return ConnectionID(rawValue: nextConnection)
        }

        /// Ten milliseconds: dials, one step of each handshake, and the closing of what a side has refused.
        mutating func tick() {
            now = now + .milliseconds(10)
            for index in books.indices where !down.contains(index) {
                var next = nextConnection
                let targets = books[index].dialsDue(now: now) {
                    next += 1
                    return ConnectionID(rawValue: next)
                }
                nextConnection = next
                for target in targets { open(target, from: index) }
            }
            for place in wires.indices { advance(place) }
            closeRefused()
        }

        private mutating func open(_ target: DialTarget, from index: Int) {
            guard let listener = nodes.firstIndex(where: { $0.id == target.id }), !down.contains(listener) else {
                books[index].dialFailed(target.connection, now: now)
                return
            }
            let accepted = connection()
            if books[listener].admitInbound(accepted, from: Endpoint(ip: .loopback, port: 1), now: now) != nil {
                books[index].disconnected(target.connection, .network, now: now)
            } else {
                wires.append(
                    Wire(dialer: index, listener: listener, dialerSide: target.connection, listenerSide: accepted))
            }
        }

        /// The listener knows the dialer first, then the dialer the listener, then both are ready.
        private mutating func advance(_ place: Int) {
            let wire = wires[place]
            let (dialer, listener) = (nodes[wire.dialer].key.publicKey, nodes[wire.listener].key.publicKey)
            switch wire.steps {
            case 0: note(books[wire.listener].identified(wire.listenerSide, as: dialer, now: now), wire.listenerSide)
            case 1: note(books[wire.dialer].identified(wire.dialerSide, as: listener, now: now), wire.dialerSide)
            case 2: note(books[wire.listener].connected(wire.listenerSide, now: now), wire.listenerSide)
            case 3: note(books[wire.dialer].connected(wire.dialerSide, now: now), wire.dialerSide)
            default: break
            }
            wires[place].steps += 1
        }

        private var refused: [ConnectionID: DisconnectReason] = [:]

        private mutating func note(_ reason: DisconnectReason?, _ connection: ConnectionID) {
            if let reason { refused[connection] = reason }
        }

        private mutating func closeRefused() {
            for index in books.indices {
                for effect in books[index].takeEffects() {
                    if case .disconnect(let connection, let reason) = effect { refused[connection] = reason }
                }
            }
            for wire in wires {
                if let reason = refused[wire.dialerSide] {
                    books[wire.listener].disconnected(wire.listenerSide, .remote(reason), now: now)
                } else if let reason = refused[wire.listenerSide] {
                    books[wire.dialer].disconnected(wire.dialerSide, .remote(reason), now: now)
                }
            }
            wires.removeAll { refused[$0.dialerSide] != nil || refused[$0.listenerSide] != nil }
            refused = [:]
        }

        mutating func introduceAll() {
            for index in books.indices {
                for node in nodes { books[index].addCandidate(node.contact, now: now) }
            }
        }
    }

    @Test(arguments: [4, 8, 16]) func everybodyKnowsEverybodyWithinTwoSeconds(count: Int) {
        var mesh = Mesh(count)
        mesh.introduceAll()
        for _ in 0..<200 { mesh.tick() }
        #expect(mesh.books.allSatisfy { $0.peerCount == count - 1 }, "\(mesh.books.map(\.peerCount))")
        #expect(mesh.wires.count == count * (count - 1) / 2, "one connection a pair")
    }

    @Test func aNodeThatStartsLateIsFoundWithinSeconds() {
        var mesh = Mesh(6)
        mesh.down = [5]
        mesh.introduceAll()
        for _ in 0..<500 { mesh.tick() }
        #expect(mesh.books[0].peerCount == 4)
        mesh.down = []
        for _ in 0..<1000 { mesh.tick() }
        #expect(mesh.books[5].peerCount == 5)
    }

    @Test func fewSlotsAreFilledWithoutPassingThem() {
        var mesh = Mesh(24, limits: PeerLimits(maxPeers: 6))
        mesh.introduceAll()
        for _ in 0..<3000 {
            mesh.tick()
            #expect(mesh.books.allSatisfy { $0.peerCount <= 6 })
        }
        #expect(mesh.books.map(\.peerCount).reduce(0, +) >= 24 * 3, "\(mesh.books.map(\.peerCount))")
        // Twice as many dials as free slots run at a time, and all of them may find a peer.
        #expect(mesh.books.allSatisfy { (2...4).contains($0.dialedCount) }, "\(mesh.books.map(\.dialedCount))")
    }
}
