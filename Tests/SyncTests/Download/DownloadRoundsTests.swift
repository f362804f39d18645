import Chain
import Consensus
import DevP2P
import EthWire
import Execution
import KeyValue
import Primitives
import SansIO
import Storage
import Testing

@testable import Sync

/// The downloader as a table: each line is one call, and all that it makes the downloader want.
struct DownloadRoundsTests {
    private static let chain = TestChain(length: 400, emptyEvery: 0)
    private let a = Peer.numbered(1)
    private let b = Peer.numbered(2)

    @Test("one peer, ten blocks ahead")
    func onePeer() throws {
        let bench = try Bench(Self.chain, upTo: 100)
        let top = Self.chain.blocks[...110]
        #expect(bench.join(a, at: 110) == ["find"])
        #expect(bench.downloader.progress == nil)
        // Unknown here: compare the last 32 headers, and reach beyond.
        #expect(bench.work() == ["headers 69+192 #1"])
        #expect(bench.answer(top[69...]) == ["decode 42 headers"])
        // Short, so there is nothing more; the bodies at once.
        #expect(bench.work() == ["bodies 10 #1"])
        #expect(bench.answer() == ["decode 10 bodies"])
        #expect(bench.work() == ["import 101...110"])
        #expect(bench.downloader.held.blocks == 10)
        // So few that it isn't worth a word; and the head that it announced has become ours.
        #expect(bench.imported() == [])
        #expect(bench.downloader.progress == nil && bench.downloader.deadline == nil)
    }

    @Test("who promises most isn't followed for that: it is drawn among those that promise anything")
    func loudestIsNotFirst() {
        let boast = PeerHead(hash: Hash32(filledWith: 9), number: 1_000)
        var followed: [Peer: Int] = [:]
        for seed in UInt64(0)..<40 {
            var downloader = BlockDownloader(
                genesis: TestChain.genesis.hash, head: Self.chain.head(100), random: NodeRandom(seed: seed))
            // Both wait for a grace after their first head, so that they are drawn at one moment.
            for peer in [a, b] { downloader.peerJoined(peer, head: known, now: now) }
            downloader.headChanged(of: a, to: PeerHead(hash: Self.chain.blocks[101].hash, number: 101), now: now)
            downloader.headChanged(of: b, to: PeerHead(hash: boast.hash, number: 105), now: now)
            downloader.deadlineReached(now: now + .seconds(2))
            if let peer = downloader.followedPeer { followed[peer, default: 0] += 1 }
        }
        #expect((followed[a] ?? 0) > 8 && (followed[b] ?? 0) > 8, "\(followed)")
    }

    private var known: PeerHead { PeerHead(hash: Self.chain.blocks[100].hash, number: 100) }
    private var now: Instant { Instant(unixSeconds: 1_000_000) }

    @Test("while a peer takes its time with headers, another one is followed; it isn't blamed before its time is over")
    func patience() throws {
        let bench = try Bench(Self.chain, upTo: 100)
        #expect(bench.join(a, at: 110) == ["find"])
        #expect(bench.work() == ["headers 69+192 #1"])
        // Alone it may take all of its time.
        #expect(bench.wait(.milliseconds(4_999)) == [])
        #expect(bench.wait(.milliseconds(1)).first?.contains("requestTimeout") == true)

        let joined = try Bench(Self.chain, upTo: 100)
        _ = joined.join(a, at: 110)
        _ = joined.work()
        #expect(joined.wait(.milliseconds(1_500)) == [])
        #expect(joined.join(b, at: 110) == ["find"], "whom to follow instead has come only now")

        let other = try Bench(Self.chain, upTo: 100)
        _ = other.join(a, at: 110)
        _ = other.work()
        _ = other.join(b, at: 110)
        #expect(other.wait(.milliseconds(1_499)) == [])
        #expect(other.wait(.milliseconds(1)) == ["find"])
        #expect(other.downloader.followedPeer == b)
        #expect(other.work() == ["headers 69+192 #2"])
        // The late answer is no offence, and of no use any more.
        #expect(other.answer(Self.chain.blocks[69...110]) == [])
        #expect(other.answer(Self.chain.blocks[69...110]) == ["decode 42 headers"])
    }

    @Test("a peer that has come to nothing before gets more time, but not where another one hasn't")
    func patienceWithFailures() throws {
        for isOtherFresh in [false, true] {
            let bench = try Bench(Self.chain, upTo: 100)
            // Each comes to nothing once, the first one alone.
            for peer in isOtherFresh ? [a] : [b, a] {
                #expect(bench.join(peer, at: 110) == ["find"])
                _ = bench.work()
                #expect(bench.wait(.seconds(5)).first?.contains("requestTimeout") == true)
                if peer == b { _ = bench.announce(b, 0) }
            }
            bench.requests = []
            #expect(bench.wait(.seconds(5)) == ["find"])
            #expect(bench.downloader.followedPeer == a)
            #expect(bench.work() == ["headers 69+192 #1"])
            if isOtherFresh { _ = bench.join(b, at: 110) } else { _ = bench.announce(b, 110) }
            _ = bench.wait(.milliseconds(1_499))
            #expect(bench.downloader.followedPeer == a)
            _ = bench.wait(.milliseconds(1))
            #expect(bench.downloader.followedPeer == (isOtherFresh ? b : a))
            _ = bench.wait(.milliseconds(1_500))
            #expect(bench.downloader.followedPeer == b)
        }
    }

    @Test("where nobody sends the body that everything waits for, another peer is followed after four seconds")
    func stalls() throws {
        for isThereAnother in [false, true] {
            let bench = try Bench(Self.chain, upTo: 100)
            _ = bench.join(a, at: 110)
            _ = bench.work()
            _ = bench.answer(Self.chain.blocks[69...110])
            #expect(bench.work() == ["bodies 10 #1"])
            _ = bench.join(b, at: isThereAnother ? 120 : 100)
            let asked = bench.wait(.seconds(2))
            #expect(asked == (isThereAnother ? ["bodies 10 #2"] : []))
            if isThereAnother {
                // It has none of them, as with blocks that somebody has made up.
                #expect(bench.bodies([], id: bench.requests[1].id, from: b) == [])
            }
            #expect(bench.wait(.milliseconds(1_999)) == [])
            #expect(bench.wait(.milliseconds(1)) == (isThereAnother ? ["find"] : []))
            #expect(bench.downloader.followedPeer == (isThereAnother ? b : a))
            if isThereAnother { #expect(bench.work() == ["headers 69+192 #2"]) }
        }
    }

    @Test(
        "where those that promise more come to nothing, one that promises nothing is asked; that it has nothing is no offence"
    )
    func probes() throws {
        let bench = try Bench(Self.chain, upTo: 100)
        // What it once said is known by now, and it tells of its blocks to others.
        #expect(bench.join(b, at: 100) == [])
        #expect(bench.wait(.seconds(60)) == [], "nobody promises more")
        #expect(bench.join(a, at: 100) == [])
        let boast = PeerHead(hash: Hash32(filledWith: 9), number: 1_000)
        #expect(bench.announce(a, boast) == ["find"])
        #expect(bench.work() == ["headers 69+192 #1"])
        #expect(bench.wait(.milliseconds(4_999)) == [])
        let lost = bench.wait(.milliseconds(1))
        #expect(lost.count == 2 && lost.first?.contains("requestTimeout") == true && lost.last == "headers 99+192 #2")
        bench.requests.removeFirst()
        #expect(bench.answer(Self.chain.blocks[99...100]) == ["decode 2 headers"])
        #expect(bench.work() == [], "nothing new")
        #expect(bench.wait(.milliseconds(1_999)) == [])
        #expect(bench.wait(.milliseconds(1)) == ["headers 99+192 #2"])
        #expect(bench.answer(Self.chain.blocks[99...110]) == ["decode 12 headers"])
        #expect(bench.work() == ["bodies 10 #2"], "the one that showed the headers comes first")
    }

    @Test("a body that everything waits for is asked of another peer after two seconds; whichever comes first counts")
    func bodiesPatience() throws {
        for isLate in [false, true] {
            let bench = try Bench(Self.chain, upTo: 100)
            _ = bench.join(a, at: 110)
            _ = bench.work()
            _ = bench.answer(Self.chain.blocks[69...110])
            #expect(bench.work() == ["bodies 10 #1"])
            _ = bench.join(b, at: 110)
            #expect(bench.wait(.milliseconds(1_999)) == [])
            #expect(bench.wait(.milliseconds(1)) == ["bodies 10 #2"])
            if isLate {
                // The first one's answer has all, and is taken whole.
                #expect(bench.answer() == ["decode 10 bodies"])
                #expect(bench.work() == ["import 101...110"])
                #expect(bench.answer() == [])
            } else {
                let blocks = Array(Self.chain.blocks[101...101])
                #expect(bench.bodies(blocks, id: bench.requests[1].id, from: b).first == "decode 1 bodies")
                #expect(bench.work().contains("import 101...101"))
                // What has been imported is left out of the first one's answer, and the rest is still taken.
                _ = bench.imported()
                #expect(bench.answer() == ["decode 9 bodies"])
                #expect(bench.work() == ["import 102...110"])
            }
        }
    }

    @Test("what a peer answers is to its credit, with size and time")
    func credits() throws {
        let bench = try Bench(Self.chain, upTo: 100)
        _ = bench.join(a, at: 110)
        _ = bench.work()
        bench.now = bench.now + .milliseconds(30)
        _ = bench.answer(Self.chain.blocks[69...110])
        _ = bench.work()
        bench.now = bench.now + .milliseconds(50)
        _ = bench.answer()
        #expect(bench.credits.map(\.merit) == [.usefulResponse, .usefulResponse])
        #expect(bench.credits.map(\.peer) == [a, a])
        #expect(bench.credits.map(\.latency) == [.milliseconds(30), .milliseconds(50)])
        #expect(bench.credits.last?.bytes == EncodedList(Self.chain.blocks[101...110].map(\.body)).payload.count)
    }

    @Test("a peer whose head is known is left alone")
    func knownHeads() throws {
        let bench = try Bench(Self.chain, upTo: 100)
        // The same head; genesis only.
        #expect(bench.join(a, at: 100) == [])
        #expect(bench.join(b, at: 0) == [])
        // Behind, on the same chain: the store knows.
        #expect(bench.announce(b, 60) == [])
        #expect(bench.wait(.seconds(2)) == ["find"])
        #expect(bench.work() == [])
        #expect(bench.downloader.deadline == nil)
        // Lower total difficulty on an unknown branch: of no interest, until a block of it is pushed.
        let branch = PeerHead(hash: Hash32(filledWith: 3), number: 101, totalDifficulty: 7)
        #expect(bench.announce(b, branch) == [])
        #expect(bench.wait(.seconds(3)) == [])
        #expect(bench.announce(b, branch, isWanted: true) == ["find"])
    }

    @Test("an announcement gives gossip two seconds, a large gap none")
    func grace() throws {
        let bench = try Bench(Self.chain, upTo: 100)
        _ = bench.join(a, at: 100)
        #expect(bench.announce(a, 101) == [])
        #expect(bench.downloader.deadline == bench.now + .seconds(2))
        // Gossip has brought it.
        #expect(bench.localHead(101) == [])
        #expect(bench.downloader.deadline == nil)
        #expect(bench.announce(a, 109) == [])
        // The wait doesn't begin again with the next one.
        #expect(bench.wait(.seconds(1)) == [])
        #expect(bench.announce(a, 110) == [])
        #expect(bench.wait(.seconds(1)) == ["find"])

        let other = try Bench(Self.chain, upTo: 100)
        _ = other.join(a, at: 100)
        #expect(other.announce(a, 109) == ["find"])
    }

    @Test("a hash that only the downloader would follow waits for half a second")
    func hashGrace() throws {
        let bench = try Bench(Self.chain, upTo: 100)
        _ = bench.join(a, at: 100)
        #expect(bench.announce(a, bench.head(101), isOnlyHash: true) == [])
        #expect(bench.wait(.milliseconds(499)) == [])
        #expect(bench.wait(.milliseconds(1)) == ["find"])
    }

    @Test("bodies are spread over the peers that have them, and a slow peer's share is asked of others")
    func spreadsBodies() throws {
        let bench = try Bench(Self.chain, upTo: 0)
        #expect(bench.join(a, at: 400) == ["find"])
        // Has a quarter of it, and promises less.
        #expect(bench.join(b, at: 100) == [])
        #expect(bench.work() == ["headers 1+192 #1"])
        #expect(bench.answer() == ["decode 192 headers"])
        #expect(bench.work() == ["headers 193+192 #1", "bodies 16 #1", "bodies 16 #2"])
        #expect(bench.answer() == ["decode 192 headers"])
        #expect(bench.work() == ["headers 385+192 #1"])
        // #1 answers in full, so it gets twice as much.
        #expect(bench.answer() == ["decode 16 bodies", "bodies 32 #1"])
        #expect(bench.work() == ["import 1...16"])
        // #2 doesn't answer for eight seconds.
        let silent = bench.requests.removeFirst()
        #expect(silent.peer == b)
        #expect(bench.answer() == ["decode 16 headers"])
        #expect(bench.work() == [])
        #expect(bench.answer() == ["decode 32 bodies", "bodies 64 #1"])
        #expect(bench.work() == [])
        // #1 hasn't answered its last request either. It gets the first ones, and so all that #2 has.
        _ = bench.answer()
        #expect(
            bench.wait(.seconds(8)) == ["report requestTimeout #2", "report requestTimeout #1", "bodies 64 #1"])
        // What comes late is no offence; what nobody asked for is one.
        let late = Array(Self.chain.blocks[17...32])
        #expect(bench.bodies(late, id: silent.id, from: b) == [])
        #expect(bench.bodies(late, id: 999, from: b) == ["report unsolicitedResponse #2"])
    }

    @Test("the peer that is followed leaves: what is queued is completed by others")
    func masterLeaves() throws {
        let bench = try Bench(Self.chain, upTo: 0)
        _ = bench.join(a, at: 400)
        _ = bench.join(b, at: 300)
        _ = bench.work()
        _ = bench.answer()
        #expect(bench.work() == ["headers 193+192 #1", "bodies 16 #1", "bodies 16 #2"])
        bench.requests.removeFirst(2)
        #expect(bench.leave(a) == [])
        // The bodies that #1 owed come first.
        #expect(bench.answer() == ["decode 16 bodies", "bodies 32 #2"])
        guard case .getBlockBodies(_, let hashes) = bench.requests[0].message else {
            Issue.record("not a request of bodies")
            return
        }
        #expect(hashes.first == Self.chain.blocks[1].hash && hashes.last == Self.chain.blocks[48].hash)
        var finished: [String] = []
        for _ in 0..<100 where bench.downloader.followedPeer == a {
            while !bench.tasks.isEmpty { _ = bench.work() }
            if !bench.imports.isEmpty { finished += bench.imported().filter { $0.hasPrefix("finished") } }
            if !bench.requests.isEmpty { _ = bench.answer() }
        }
        #expect(finished == ["finished 192"])
        // Then #2 is followed.
        #expect(bench.downloader.followedPeer == b)
    }

    @Test(
        "an import that fails: whose fault it is decides",
        arguments: [
            (ImportError.Reason.header(.brokenRule(.seal)), ["report invalidBlock #1"]),
            (.block(.stateRoot), ["report invalidBlock #1"]),
            (.execution(.inTransaction(index: 0, .nonceExhausted)), ["report invalidBlock #1"]),
            (.execution(.inTransaction(index: 0, .contractCreation)), []),
            (.unknownParent(.zero), []),
            (.storage(.diskFull(reason: "")), []),
            (.header(.futureBlock(until: Instant(unixSeconds: 1_000_007))), []),
        ])
    func importFails(reason: ImportError.Reason, actions: [String]) throws {
        let bench = try Bench(Self.chain, upTo: 100)
        _ = bench.join(a, at: 110)
        _ = bench.work()
        _ = bench.answer(Self.chain.blocks[69...110])
        _ = bench.work()
        _ = bench.answer()
        #expect(bench.work() == ["import 101...110"])
        #expect(bench.imported(reason) == actions)
        #expect(bench.downloader.held.blocks == 0)
        // Tried again after a while: after five seconds, or when the block's time has come.
        var wait = Duration.seconds(5)
        if case .header(.futureBlock) = reason { wait = .seconds(7) }
        #expect(bench.downloader.deadline == bench.now + wait)
        #expect(bench.wait(wait) == ["find"])
    }

    @Test("the node is said to be behind only once blocks have turned out valid, with more to come")
    func announcesProgress() throws {
        let bench = try Bench(Self.chain, upTo: 0)
        _ = bench.join(a, at: 300)
        _ = bench.work()
        _ = bench.answer()
        _ = bench.work()
        bench.requests.removeFirst()
        _ = bench.answer()
        #expect(bench.work() == ["import 1...16"])
        #expect(bench.downloader.progress == nil)
        #expect(bench.imported() == ["started 300", "progress 16/300"])
        #expect(bench.downloader.progress == DownloadProgress(current: 16, target: 300))
        #expect(bench.leave(a) == ["finished 16"])
        #expect(bench.downloader.progress == nil)

        // The same, but the blocks are invalid.
        let lied = try Bench(Self.chain, upTo: 0)
        _ = lied.join(a, at: 300)
        _ = lied.work()
        _ = lied.answer()
        _ = lied.work()
        lied.requests.removeFirst()
        _ = lied.answer()
        _ = lied.work()
        #expect(lied.imported(.header(.brokenRule(.seal))) == ["report invalidBlock #1"])
        #expect(lied.downloader.progress == nil)
    }

    @Test("made-up headers behind a few true ones don't make a signer think that it is behind", arguments: [7, 8])
    func fewTrueBlocks(count: Int) throws {
        let bench = try Bench(Self.chain, upTo: 100)
        _ = bench.join(a, at: 120)
        _ = bench.work()
        _ = bench.answer(Self.chain.blocks[69...120])
        _ = bench.work()
        _ = bench.answer(Self.chain.blocks[101...(100 + count)])
        #expect(bench.work() == ["import 101...\(100 + count)"])
        _ = bench.imported()
        #expect((bench.downloader.progress != nil) == (count == 8))
    }

    @Test("nothing else begins while an import is underway")
    func waitsForImport() throws {
        let bench = try Bench(Self.chain, upTo: 100)
        _ = bench.join(a, at: 110)
        _ = bench.work()
        _ = bench.answer(Self.chain.blocks[69...110])
        _ = bench.work()
        _ = bench.answer()
        _ = bench.work()
        #expect(bench.leave(a) == [])
        #expect(bench.join(b, at: 200) == [])
        #expect(bench.downloader.deadline == nil)
        #expect(bench.imported() == ["find"])
    }

    @Test("a peer that is of no use is left alone longer each time")
    func backOff() throws {
        let bench = try Bench(Self.chain, upTo: 100)
        _ = bench.join(a, at: 110)
        for seconds in [5, 10, 20, 40, 80, 160, 300, 300] {
            #expect(bench.work() == ["headers 69+192 #1"])
            bench.requests = []
            #expect(bench.wait(.seconds(5)) == ["report requestTimeout #1"])
            #expect(bench.downloader.deadline == bench.now + .seconds(seconds))
            #expect(bench.wait(.seconds(seconds)) == ["find"])
        }
    }

    @Test("headers that lie end the session; a peer that has just moved to another branch doesn't lie")
    func lyingHeaders() throws {
        let branch = Self.chain.branch(after: 150, length: 250, salt: 4)
        func followed() throws -> Bench {
            let bench = try Bench(Self.chain, upTo: 0)
            _ = bench.join(a, at: 400)
            _ = bench.work()
            _ = bench.answer()
            #expect(bench.work() == ["headers 193+192 #1", "bodies 16 #1"])
            return bench
        }
        let moved = try followed()
        #expect(moved.answer(branch.blocks[193...384]) == ["decode 192 headers"])
        #expect(moved.work() == [])
        #expect(moved.downloader.held.blocks == 192)

        let gap = try followed()
        _ = gap.answer(Self.chain.blocks[194...385])
        #expect(gap.work() == ["report invalidResponse #1"])
        let mixed = try followed()
        _ = mixed.answer(Self.chain.blocks[193...200] + branch.blocks[201...210])
        #expect(mixed.work() == ["report invalidResponse #1"])
        let excess = try followed()
        #expect(excess.answer(Self.chain.blocks[193...385]) == ["report protocolBreach #1"])
        // What had come before is still completed.
        #expect(excess.downloader.held.blocks == 192)
    }

    @Test("an answer of the wrong kind is a breach, and the right one isn't awaited any more")
    func wrongKind() throws {
        let bench = try Bench(Self.chain, upTo: 100)
        _ = bench.join(a, at: 110)
        _ = bench.work()
        let id = bench.requests[0].id
        #expect(bench.bodies([], id: id, from: a) == ["report protocolBreach #1"])
        #expect(bench.downloader.followedPeer == nil)
        #expect(bench.headers([], id: id, from: a) == ["report unsolicitedResponse #1"])
    }
}
