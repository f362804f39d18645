import Chain
import Consensus
import DevP2P
import EthCrypto
import EthWire
import Execution
import Gossip
import KeyValue
import Primitives
import SansIO
import Testing

@testable import EthNode
@testable import NodeCore

/// Whose transactions are checked next, and what happens to those of a flood.
@Suite("Admission of transactions")
struct AdmissionTests {
    private static let eth69 = 1
    private let start = Instant(unixSeconds: 1_760_000_000)

    private func key(_ number: UInt8) throws -> PrivateKey {
        try PrivateKey([UInt8](repeating: number, count: 32))
    }

    /// Three nodes, the first of which the others are connected to; the third one's account has money.
    private func wire() throws -> HandWire {
        let keys = try (1...3).map { try key($0) }
        var genesis = Genesis.devnet(signers: [keys[0].publicKey.address], period: 10, chainID: 7)
        genesis.timestamp = start.unixSeconds
        let funds = GenesisAccount(balance: 1_000_000_000_000_000_000)
        genesis.setAlloc([GenesisAllocation(address: keys[2].publicKey.address, account: funds)])
        let nodes = try keys.indices.map { index in
            var configuration = ChainNodeConfiguration(
                key: keys[index], clientID: "test", genesis: genesis, networkID: 7,
                engine: try #require(CliqueEngine(chainConfig: genesis.config)), executor: TransferExecutor(),
                advertisedIP: .loopback, udpPort: 30303, tcpPort: 30303)
            configuration.node.discoveryEnabled = false
            return try NodeCore(
                configuration, store: MemoryStore(), random: NodeRandom(seed: UInt64(index)), now: start)
        }
        var wire = try HandWire(nodes, keys: keys, now: start)
        try wire.connect(0, 1, sharing: [Self.eth69])
        try wire.connect(0, 2, sharing: [Self.eth69])
        return wire
    }

    private func transfer(_ nonce: UInt64, _ key: PrivateKey) -> Transaction {
        LegacyTransaction(nonce: nonce, gasPrice: 10_000_000_000, gasLimit: 21_000, to: Address(), value: 1)
            .signed(by: key, chainID: 7)
    }

    private func message(_ transactions: [Transaction]) -> OutboundMessage {
        OutboundMessage(.transactions(EncodedList(transactions)), version: .eth69, capability: Self.eth69)
    }

    @Test("an honest peer's transactions and the user's are checked beside a flood, not behind it")
    func besideAFlood() throws {
        var wire = try wire()
        let (poor, rich) = (try key(2), try key(3))
        wire.holdsJobs = true
        try wire.inject(message((0..<600).map { transfer($0, poor) }), from: 1, to: 0)
        let honest = (UInt64(0)..<16).map { transfer($0, rich) }
        try wire.inject(message(honest), from: 2, to: 0)
        let own = transfer(16, rich)
        try wire.submit(own, ticket: 5, at: 0)
        // The first batch is the flood's alone, since nothing else was there.
        try wire.runJobs()
        try wire.runJobs()
        #expect(honest.allSatisfy { wire.nodes[0].ethNode.transactionPool.contains($0.hash) })
        #expect(wire.submitted[5] == .success(own.hash))
        #expect(wire.offences.isEmpty, "so few may be a matter of another head")
    }

    @Test("who sends mostly what can't be paid for is cut off")
    func cutOff() throws {
        var wire = try wire()
        wire.mayClose = true
        let poor = try key(2)
        try wire.inject(message((0..<1_100).map { transfer($0, poor) }), from: 1, to: 0)
        #expect(wire.offences == [.spam] && wire.closed.count == 1)
        #expect(wire.nodes[0].ethNode.status.pendingCount == 0)
    }

    @Test("a user is told that the queue is full, and may try again")
    func userQueueFull() throws {
        var wire = try wire()
        let transaction = transfer(0, try key(3))
        wire.holdsJobs = true
        // One batch of a single one is underway.
        for ticket in UInt64(0)...16_385 { try wire.submit(transaction, ticket: ticket, at: 0) }
        #expect(wire.submitted == [16_385: .failure(.queueFull)])
    }

    @Test("what waits of a peer that leaves is still checked")
    func leaving() throws {
        var admission = Admission()
        let peer = Peer(
            connection: ConnectionID(rawValue: 1), id: try key(2).publicKey.nodeID, publicKey: try key(2).publicKey,
            isInbound: true, clientID: "test", endpoint: Endpoint(ip: .loopback, port: 1))
        let entry = Admission.Entry(transaction: transfer(0, try key(3)), origin: .peer(peer))
        for _ in 0..<300 { #expect(admission.enqueue(entry) == true) }
        #expect(admission.peerLeft(peer).isEmpty)
        var sizes: [Int] = []
        while let batch = admission.begin() {
            sizes.append(batch.count)
            admission.finish()
        }
        #expect(sizes == [128, 128, 44])
        // Those who left have one share together.
        for _ in 0..<EthLimits.maxTransactions { #expect(admission.enqueue(entry) == true) }
        #expect(!admission.enqueue(entry) && admission.peerLeft(peer).isEmpty)
        for _ in 0..<300 { #expect(admission.enqueue(entry) == true) }
        #expect(admission.peerLeft(peer).count == 300)
    }

    @Test("the node's own come first, up to half of a batch")
    func ownFirst() throws {
        var admission = Admission()
        let transaction = transfer(0, try key(3))
        let peer = Peer(
            connection: ConnectionID(rawValue: 1), id: try key(2).publicKey.nodeID, publicKey: try key(2).publicKey,
            isInbound: true, clientID: "test", endpoint: Endpoint(ip: .loopback, port: 1))
        for number in UInt64(0)..<200 {
            #expect(admission.enqueue(.init(transaction: transaction, origin: .peer(peer))) == true)
            #expect(admission.enqueue(.init(transaction: transaction, origin: .user(ticket: number))) == true)
            #expect(admission.enqueue(.init(transaction: transaction, origin: .reorganization)) == true)
        }
        func batch() -> [Int] {
            var counts = [0, 0, 0]
            for entry in admission.begin() ?? [] {
                switch entry.origin {
                case .user: counts[0] += 1
                case .reorganization: counts[1] += 1
                case .peer: counts[2] += 1
                }
            }
            admission.finish()
            return counts
        }
        #expect(batch() == [32, 32, 64])
        #expect(batch() == [32, 32, 64] && batch() == [32, 32, 64])
        #expect(batch() == [60, 60, 8], "as long as peers wait")
    }
}

/// Parties in turn, each with a share.
@Suite("Queues with shares")
struct SharedQueueTests {
    private func queue(_ count: Int, total: Int) -> SharedQueue<Int, String> {
        SharedQueue(ShareLimits(count: count, bytes: 100, totalCount: total, totalBytes: 1_000))
    }

    @Test("the parties are served in turn")
    func turns() {
        var queue = queue(10, total: 100)
        for (party, name) in [(1, "a"), (1, "b"), (1, "c"), (2, "x"), (2, "y"), (3, "z")] {
            #expect(queue.append(name, bytes: 1, of: party) == true)
        }
        var served: [String] = []
        for _ in 0..<3 { served.append(queue.popFirst() ?? "") }
        #expect(queue.append("w", bytes: 1, of: 3) == true)
        while let next = queue.popFirst() { served.append(next) }
        #expect(served == ["a", "x", "z", "b", "y", "w", "c"])
        #expect(queue.isEmpty && queue.bytes == 0)
    }

    @Test("a share has a bound, and beyond the whole one an equal part is left")
    func bounds() {
        var queue = queue(4, total: 8)
        for party in 1...2 {
            for number in 0..<5 { #expect(queue.append("", bytes: 1, of: party) == (number < 4)) }
        }
        // Three parties: two places each.
        for number in 0..<4 { #expect(queue.append("", bytes: 1, of: 3) == (number < 2)) }
        #expect(queue.count == 10)
        let large = queue.append("", bytes: 101, of: 4)
        let fitting = queue.append("", bytes: 100, of: 4)
        #expect(!large && fitting && queue.bytes == 110)
    }

    @Test("who is removed has no turn")
    func removal() {
        var queue = queue(10, total: 100)
        for party in 1...3 { #expect(queue.append("\(party)", bytes: 7, of: party) == true) }
        #expect(queue.removeAll(of: 2) == ["2"] && queue.removeAll(of: 5).isEmpty)
        #expect(queue.count == 2 && queue.bytes == 14)
        var served: [String] = []
        while let next = queue.popFirst() { served.append(next) }
        #expect(served == ["1", "3"])
    }
}
