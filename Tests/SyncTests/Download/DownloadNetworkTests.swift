import Chain
import KeyValue
import Primitives
import SansIO
import Storage
import Testing

@testable import Sync

/// Whole downloads in virtual time, from peers that serve their chains with the real server.
struct DownloadNetworkTests {
    private static let chain = TestChain(length: 2000)
    private static let short = TestChain(length: 600)

    private func expectSynced(_ network: TestNetwork, to chain: TestChain) throws {
        #expect(network.head?.hash == chain.tip.hash)
        // The index is whole.
        for number in stride(from: 0, to: chain.blocks.count, by: 97) {
            #expect(try network.store.canonicalHash(UInt64(number)) == chain.blocks[number].hash)
        }
        #expect(network.downloader.held.blocks == 0 && network.downloader.held.bytes == 0)
        #expect(network.downloader.progress == nil)
    }

    @Test("two thousand blocks from three peers")
    func threePeers() throws {
        var network = try TestNetwork(local: Self.chain, upTo: 0)
        for id in 1...3 as ClosedRange<UInt64> {
            network.join(try TestPeer(id, chain: Self.chain, latency: .milliseconds(20 * Int(id))))
        }
        let time = try network.run()
        try expectSynced(network, to: Self.chain)
        #expect(network.offences == [])
        #expect(network.peers.values.allSatisfy { $0.bodiesServed > 100 })
        // Every body once: those of 1600 blocks, as every fifth is empty.
        #expect(network.peers.values.reduce(0) { $0 + $1.bodiesServed } == 1600)
        // The importer takes two seconds for them, one millisecond each.
        #expect(time < .seconds(4))
        #expect(network.mostBlocks <= DownloadLimits.standard.maxQueuedBlocks)
    }

    @Test("the same seed makes the same trace, another one another")
    func isDeterministic() throws {
        func trace(_ seed: UInt64) throws -> [String] {
            var network = try TestNetwork(local: Self.short, upTo: 70, seed: seed)
            let genesis = PeerHead(hash: TestChain.genesis.hash)
            for id in 1...6 as ClosedRange<UInt64> {
                network.join(
                    try TestPeer(id, chain: Self.short, vice: id == 2 ? .forgetful(4) : .none), head: genesis)
            }
            // All are equally good when the time comes to choose.
            for id in 1...6 as ClosedRange<UInt64> { network.announce(id) }
            try network.run()
            #expect(network.head?.hash == Self.short.tip.hash)
            return network.trace
        }
        let first = try trace(1)
        #expect(try trace(1) == first)
        #expect(try (2...5).contains { try trace($0) != first })
    }

    @Test(
        "one honest peer is enough, whatever the other does",
        arguments: [
            (Vice.silent, "requestTimeout"), (.bodiless, "uselessResponse"), (.boaster, "uselessResponse"),
            (.falseBodies, "invalidResponse"), (.brokenLinks, "invalidResponse"), (.garbage, "malformedMessage"),
            (.excess, "protocolBreach"), (.forgetful(3), "requestTimeout"),
        ])
    func oneHonestPeer(vice: Vice, offence: String) throws {
        var network = try TestNetwork(local: Self.short, upTo: 100)
        // The bad one promises more, so that it is followed first.
        var longer = Self.short
        longer.extend(by: 3, salt: 8)
        network.join(try TestPeer(1, chain: longer, vice: vice))
        network.join(try TestPeer(2, chain: Self.short))
        try network.run(for: .seconds(60))
        #expect((network.head?.number ?? 0) >= 600)
        #expect(try network.store.canonicalHash(600) == Self.short.tip.hash)
        #expect(network.offences.contains("\(offence) #1"))
        #expect(network.offences.allSatisfy { $0.hasSuffix("#1") })
    }

    @Test("a peer that shows its chain in morsels doesn't hold up the others")
    func stingyPeer() throws {
        var network = try TestNetwork(local: Self.short, upTo: 100)
        var longer = Self.short
        longer.extend(by: 3, salt: 8)
        network.join(try TestPeer(1, chain: longer, vice: .stingy))
        network.join(try TestPeer(2, chain: Self.short))
        let time = try network.run(for: .seconds(300)) { $0.head?.number == 600 }
        #expect(network.head?.hash == Self.short.tip.hash)
        #expect(time < .seconds(3))
        // Alone it is slow, but it does get there.
        try network.run(for: .seconds(60))
        #expect(network.head?.hash == longer.tip.hash)
        #expect(network.offences == [])
    }

    @Test("an unknown head of equal total difficulty is fetched, as it may be preferred")
    func equalDifficulty() throws {
        let rival = Self.short.branch(after: 190, length: 10, salt: 6)
        var network = try TestNetwork(local: Self.short, upTo: 200)
        network.join(try TestPeer(1, chain: rival))
        try network.run(for: .seconds(5))
        #expect(try network.store.contains(rival.tip.hash))
        #expect(network.offences == [] && network.downloader.deadline == nil)
    }

    @Test("peers of all kinds that come and go", arguments: 1...8 as ClosedRange<UInt64>)
    func randomPeers(seed: UInt64) throws {
        var random = NodeRandom(seed: seed)
        func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        var limits = DownloadLimits.standard
        limits.maxQueuedBlocks = 250 + below(200)
        limits.maxQueuedBytes = 200_000 + below(300_000)
        var network = try TestNetwork(local: Self.short, upTo: below(100), seed: seed, limits: limits)
        let vices: [Vice] = [
            .none, .none, .forgetful(2), .forgetful(5), .silent, .bodiless, .boaster, .falseBodies, .brokenLinks,
            .garbage, .excess, .stingy,
        ]
        for id in 1...10 as ClosedRange<UInt64> {
            var chain = Self.short
            // All but a few have a shorter chain, or one that leaves the best one somewhere.
            if below(3) > 0 { chain = Self.short.branch(after: below(400), length: below(150), salt: UInt8(id)) }
            network.join(
                try TestPeer(
                    id, chain: chain, vice: vices[below(vices.count)], latency: .milliseconds(5 + below(400))))
            try network.run(for: .milliseconds(below(1500)))
            if below(3) == 0 { network.leave(1 + UInt64(below(Int(id)))) }
        }
        network.join(try TestPeer(100, chain: Self.short))
        try network.run(for: .seconds(900))
        // One that is of no use may just be followed again.
        try network.run(for: .seconds(60)) { $0.downloader.held.blocks == 0 }
        try expectSynced(network, to: Self.short)
        #expect(network.offences.allSatisfy { !$0.hasSuffix("#100") })
        #expect(network.mostBlocks <= limits.maxQueuedBlocks)
        // Each request in flight may pass the bound by one answer: here a few hundred headers and bodies.
        #expect(network.mostBytes <= limits.maxQueuedBytes + 300_000)
    }

    @Test("little memory and a slow importer: slower, but within the bounds")
    func memoryBounds() throws {
        var limits = DownloadLimits.standard
        limits.maxQueuedBlocks = 250
        limits.maxQueuedBytes = 220_000
        limits.maxImportBlocks = 10
        var network = try TestNetwork(local: Self.short, upTo: 0, limits: limits)
        network.importTime = .milliseconds(40)
        for id in 1...5 as ClosedRange<UInt64> { network.join(try TestPeer(id, chain: Self.short)) }
        try network.run()
        try expectSynced(network, to: Self.short)
        #expect(network.offences == [])
        #expect(network.mostBlocks <= 250)
        #expect(network.mostBytes <= 220_000 + 20_000)
        #expect(network.mostBytes > 150_000)
    }

    @Test("a deep branch with the higher total difficulty is found and taken, by eth/68's head and by eth/69's")
    func deepBranch() throws {
        let branch = Self.short.branch(after: 100, length: 450, salt: 5, difficulty: 3)
        for isEth69 in [false, true] {
            var network = try TestNetwork(local: Self.short, upTo: 500)
            let peer = try TestPeer(1, chain: branch)
            network.join(peer, head: isEth69 ? peer.rangeHead : peer.head)
            try network.run(for: .seconds(60))
            try expectSynced(network, to: branch)
            #expect(network.offences == [])
        }
    }

    @Test("the head of the peer moves while it is followed, and the rest is fetched too")
    func movingHead() throws {
        var chain = TestChain(length: 800)
        var network = try TestNetwork(local: chain, upTo: 0)
        network.join(try TestPeer(1, chain: chain))
        for _ in 0..<20 {
            try network.run(for: .milliseconds(100))
            chain.extend(by: 7)
            try network.peers[1]?.extend(to: chain)
            network.announce(1)
        }
        try network.run(for: .seconds(60))
        try expectSynced(network, to: chain)
        #expect(network.offences == [])
    }

    @Test("a pushed block with an unknown parent: its branch is fetched, though it promises less")
    func wantedBranch() throws {
        let branch = Self.short.branch(after: 190, length: 5, salt: 6, difficulty: 1)
        var network = try TestNetwork(local: Self.short, upTo: 200)
        network.join(try TestPeer(1, chain: branch))
        try network.run(for: .seconds(10))
        #expect(try network.store.contains(branch.tip.hash) == false)
        network.announce(1, isWanted: true)
        try network.run(for: .seconds(1))
        #expect(try network.store.contains(branch.tip.hash))
        #expect(network.head?.hash == Self.short.blocks[200].hash)
        #expect(network.offences == [])
        #expect(network.downloader.deadline == nil)
    }

    @Test("an invalid block: the peer is blamed, and the valid branch taken from others")
    func invalidBlock() throws {
        let bad = Self.short.branch(after: 300, length: 500, salt: 7)
        var network = try TestNetwork(local: Self.short, upTo: 200)
        network.invalidBlock = bad.blocks[350].hash
        network.join(try TestPeer(1, chain: bad))
        network.join(try TestPeer(2, chain: Self.short))
        network.join(try TestPeer(3, chain: Self.short))
        try network.run(for: .seconds(100)) { $0.head?.number == 600 && $0.downloader.held.blocks == 0 }
        #expect(network.head?.hash == Self.short.tip.hash)
        #expect(Set(network.offences) == ["invalidBlock #1"])
    }

    @Test("a block from the near future is asked for again when its time has come")
    func futureBlock() throws {
        let chain = TestChain(length: 60)
        var network = try TestNetwork(local: chain, upTo: 10)
        let until = network.now + .seconds(30)
        network.futureBlock = (chain.blocks[50].hash, until)
        network.join(try TestPeer(1, chain: chain))
        let time = try network.run(for: .seconds(120)) { $0.head?.number == 60 }
        try network.run(for: .seconds(5))
        try expectSynced(network, to: chain)
        #expect(network.offences == [])
        #expect(time >= .seconds(29) && time <= .seconds(31))
    }

    @Test("a store that can't be read ends the session and blames nobody")
    func readsNothing() throws {
        var network = try TestNetwork(local: Self.chain, upTo: 10)
        let peer = try TestPeer(1, chain: Self.chain)
        network.downloader.peerJoined(peer.peer, head: peer.head, now: network.now)
        guard case .run(let task) = network.downloader.takeActions().first else {
            Issue.record("no task")
            return
        }
        network.downloader.taskCompleted(
            DownloadTaskResult(id: task.id, outcome: .failed(.damaged(reason: "test"))), now: network.now)
        #expect(network.downloader.takeActions().isEmpty)
        #expect(network.downloader.deadline == network.now + .seconds(5))
    }
}
