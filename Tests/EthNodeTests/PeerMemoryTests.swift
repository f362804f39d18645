import Chain
import DevP2P
import EthCrypto
import EthWire
import KeyValue
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

@testable import EthNode
@testable import NodeCore

/// What a node knows of its peers lies in its database.
@Suite("Peers over a restart of a node")
struct PeerMemoryTests {
    private static let eth68 = 0
    private let start = Instant(unixSeconds: 1_760_000_000)

    private func key(_ number: UInt8) throws -> PrivateKey {
        try PrivateKey([UInt8](repeating: number, count: 32))
    }

    private func node(_ number: UInt8, on store: MemoryStore, at now: Instant) throws -> NodeCore {
        var configuration = ChainNodeConfiguration.bare(key: try key(number), clientID: "test", port: 30303)
        configuration.node.discoveryEnabled = false
        return try NodeCore(
            configuration, store: store, random: NodeRandom(seed: UInt64(number)), now: now)
    }

    /// A node on the store and a peer that has offended it by 25 points.
    private func offended(on store: MemoryStore) throws -> HandWire {
        let nodes = [try node(1, on: store, at: start), try node(2, on: MemoryStore(), at: start)]
        var wire = try HandWire(nodes, keys: [try key(1), try key(2)], now: start)
        try wire.connect(0, 1, sharing: [Self.eth68])
        try offend(&wire)
        return wire
    }

    /// An answer to no request.
    private func offend(_ wire: inout HandWire) throws {
        let answer = EthMessage.pooledTransactions(requestID: 9, EncodedList([PooledTransaction]()))
        try wire.inject(OutboundMessage(answer, version: .eth68, capability: Self.eth68), from: 1, to: 0)
    }

    private func score(_ wire: HandWire) -> Int? { wire.nodes[0].peerStatuses.first?.reputation?.score }

    @Test("written each minute, read at the start, decayed by the time in between")
    func interval() throws {
        let store = MemoryStore()
        var wire = try offended(on: store)
        #expect(score(wire) == 25)
        #expect(store.count(.peers) == 0, "not at every change")
        try wire.run(for: .seconds(61))
        #expect(store.count(.peers) == 1)
        // The node dies without a word, and comes back.
        let later = start + .seconds(90)
        let nodes = [try node(1, on: store, at: later), try node(2, on: MemoryStore(), at: later)]
        var next = try HandWire(nodes, keys: [try key(1), try key(2)], now: later)
        try next.connect(0, 1, sharing: [Self.eth68])
        #expect(score(next) == 25 - 15)
        #expect(next.nodes[0].peerStatuses.first?.reputation?.parts.map(\.offence) == [.unsolicitedResponse])
        // What has decayed is deleted.
        try next.run(for: .seconds(121))
        #expect(store.count(.peers) == 0)
    }

    @Test("written at the end, while the peers are still there")
    func stop() throws {
        let store = MemoryStore()
        var core = try offended(on: store).nodes[0]
        core.handle(.stop, now: start + .seconds(1))
        var names: [String] = []
        for case .run(let id, let job) in core.takeEffects() {
            names.append("\(job.name)")
            #expect(job.outlivesStop)
            job.work()
            core.handle(.jobCompleted(id), now: start + .seconds(1))
        }
        #expect(names == ["keep peers"])
        #expect(store.count(.peers) == 1)
    }

    @Test("a damaged record is left out with a line, and gone after the next write")
    func damage() throws {
        let store = MemoryStore()
        var wire = try offended(on: store)
        try wire.run(for: .seconds(61))
        var batch = WriteBatch()
        batch.put(.peers, [1] + [UInt8](repeating: 5, count: 32), [0xc3, 1, 2, 3])
        store.write(batch, durable: false)
        var core = try node(1, on: store, at: start + .seconds(62))
        core.handle(.start, now: start + .seconds(62))
        var lines: [String] = []
        for case .event(.peersForgotten(let line)) in core.takeEffects() { lines.append(line) }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("kept record 010505") == true, "\(lines)")
        #expect(store.count(.peers) == 2)
        core.handle(.deadlineReached, now: start + .seconds(123))
        for case .run(let id, let job) in core.takeEffects() {
            job.work()
            core.handle(.jobCompleted(id), now: start + .seconds(123))
        }
        #expect(store.count(.peers) == 1)
    }

    @Test("a peer that is ignored: its gossip isn't taken, requests are answered sparingly, the chain still is fetched")
    func ignored() throws {
        let store = MemoryStore()
        var wire = try offended(on: store)
        var answers = 0
        var questions = 0
        func ask(_ times: Int) throws {
            answers = 0
            for id in 0..<times {
                let request = HeadersRequest(from: .number(0), limit: 1)
                let message = EthMessage.getBlockHeaders(requestID: UInt64(id), request)
                try wire.inject(OutboundMessage(message, version: .eth68, capability: Self.eth68), from: 1, to: 0)
            }
        }
        wire.arrives = { from, _, message in
            guard from == 0 else { return true }
            if message.id == EthMessageID.blockHeaders.rawValue { answers += 1 }
            if message.id == EthMessageID.getBlockHeaders.rawValue { questions += 1 }
            return false
        }
        try ask(10)
        #expect(answers == 10)
        try offend(&wire)
        #expect(wire.nodes[0].peerStatuses.first?.reputation?.isIgnored == true)
        try ask(10)
        #expect(answers == 2)
        try wire.run(for: .seconds(4))
        try ask(10)
        #expect(answers == 2)
        // A block that it announces isn't asked for, as it would be of anybody else.
        let announcement = EthMessage.newBlockHashes([BlockAnnouncement(hash: Hash32(), number: 7)])
        try wire.inject(OutboundMessage(announcement, version: .eth68, capability: Self.eth68), from: 1, to: 0)
        try wire.run(for: .seconds(1))
        #expect(questions == 0)
        // 50 -> 25 takes two and a half minutes.
        try wire.run(for: .seconds(220))
        #expect(wire.nodes[0].peerStatuses.first?.reputation?.isIgnored == false)
        try wire.inject(OutboundMessage(announcement, version: .eth68, capability: Self.eth68), from: 1, to: 0)
        try wire.run(for: .seconds(1))
        #expect(questions == 1)
    }
}
