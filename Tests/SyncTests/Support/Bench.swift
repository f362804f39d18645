import Chain
import Consensus
import DevP2P
import EthWire
import KeyValue
import Primitives
import SansIO
import Storage

@testable import Sync

/// A downloader whose answers, tasks and imports are given by hand. Each method gives back, in words, what the call
/// made the downloader want.
final class Bench {
    var downloader: BlockDownloader
    let store = ChainStore(MemoryStore())
    var now = Instant(unixSeconds: 1_000_000)
    var requests: [(id: UInt64, message: EthMessage, peer: Peer)] = []
    var tasks: [DownloadTask] = []
    var imports: [(id: UInt64, blocks: [Block])] = []
    /// In the order in which they were given; not among the words.
    var credits: [(merit: Merit, peer: Peer, bytes: Int, latency: Duration)] = []
    let chain: TestChain

    init(_ chain: TestChain, upTo number: Int, limits: DownloadLimits = .standard) throws {
        self.chain = chain
        try chain.store(upTo: number, in: store)
        downloader = BlockDownloader(
            genesis: TestChain.genesis.hash, head: chain.head(number), limits: limits, random: NodeRandom(seed: 5))
    }

    func head(_ number: Int) -> PeerHead { PeerHead(hash: chain.blocks[number].hash, number: UInt64(number)) }

    func join(_ peer: Peer, at number: Int) -> [String] {
        downloader.peerJoined(peer, head: head(number), now: now)
        return note()
    }

    func announce(_ peer: Peer, _ number: Int) -> [String] { announce(peer, head(number)) }

    func announce(_ peer: Peer, _ head: PeerHead, isWanted: Bool = false, isOnlyHash: Bool = false) -> [String] {
        downloader.headChanged(of: peer, to: head, isWanted: isWanted, isOnlyHash: isOnlyHash, now: now)
        return note()
    }

    func leave(_ peer: Peer) -> [String] {
        downloader.peerLeft(peer, now: now)
        return note()
    }

    func localHead(_ number: Int) -> [String] {
        downloader.localHeadChanged(chain.head(number), now: now)
        return note()
    }

    /// Lets time pass, and the deadline come.
    func wait(_ duration: Duration) -> [String] {
        now = now + duration
        downloader.deadlineReached(now: now)
        return note()
    }

    /// Runs the oldest task.
    func work() -> [String] {
        downloader.taskCompleted(tasks.removeFirst().run(on: store), now: now)
        return note()
    }

    /// Answers the oldest request from `chain`, or with the blocks given.
    func answer(_ given: ArraySlice<Block>? = nil) -> [String] {
        let (id, message, peer) = requests.removeFirst()
        switch message {
        case .getBlockHeaders(_, let request):
            guard case .number(let start) = request.start else { return ["by hash"] }
            let asked = stride(from: Int(start), to: chain.blocks.count, by: Int(request.skip) + 1)
                .prefix(Int(request.limit)).map { chain.blocks[$0] }
            return headers(given.map(Array.init) ?? asked, id: id, from: peer)
        case .getBlockBodies(_, let hashes):
            let asked = hashes.compactMap { hash in chain.blocks.first { $0.hash == hash } }
            return bodies(given.map(Array.init) ?? asked, id: id, from: peer)
        default: return ["unexpected"]
        }
    }

    func headers(_ blocks: [Block], id: UInt64, from peer: Peer) -> [String] {
        downloader.headersReceived(EncodedList(blocks.map(\.header)), requestID: id, from: peer, now: now)
        return note()
    }

    func bodies(_ blocks: [Block], id: UInt64, from peer: Peer) -> [String] {
        downloader.bodiesReceived(EncodedList(blocks.map(\.body)), requestID: id, from: peer, now: now)
        return note()
    }

    /// Ends the import underway, with success unless there is a reason.
    func imported(_ reason: ImportError.Reason? = nil) -> [String] {
        let (id, blocks) = imports.removeFirst()
        var outcome = ImportOutcome()
        if let reason, let block = blocks.first {
            outcome.failure = ImportFailure(
                index: 0, error: ImportError(number: block.number, hash: block.hash, reason: reason))
        } else if let last = blocks.last {
            outcome.newHead = chain.head(Int(last.number))
        }
        downloader.importCompleted(id, outcome, now: now)
        return note()
    }

    private func note() -> [String] {
        let actions = downloader.takeActions()
        for action in actions {
            switch action {
            case .send(let message, let peer): requests.append((message.requestID ?? 0, message, peer))
            case .run(let task): tasks.append(task)
            case .importBlocks(let blocks, let id): imports.append((id, blocks))
            case .credit(let merit, let peer, let bytes, let latency): credits.append((merit, peer, bytes, latency))
            case .report, .started, .progress, .finished: break
            }
        }
        return actions.filter { if case .credit = $0 { false } else { true } }.map(describe)
    }
}
