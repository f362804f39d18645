import Chain
import Consensus
import DevP2P
import EthWire
import KeyValue
import Primitives
import SansIO
import Storage

@testable import Sync

/// A downloader, the store of its node, and peers, in virtual time.
struct TestNetwork {
    enum Event {
        case answer(EthMessage, from: Peer)
        case task(DownloadTaskResult)
        case imported(UInt64, [Block])
    }

    var downloader: BlockDownloader
    let store: ChainStore
    var peers: [UInt64: TestPeer] = [:]
    private(set) var now = Instant(unixSeconds: 1_000_000)
    private var queue: [(at: Instant, order: Int, event: Event)] = []
    private var count = 0
    private(set) var offences: [String] = []
    private(set) var trace: [String] = []
    private(set) var mostBlocks = 0
    private(set) var mostBytes = 0
    private(set) var imports = 0
    /// The hash of a block that the importer refuses.
    var invalidBlock: Hash32?
    /// Blocks that are in the future until a moment.
    var futureBlock: (hash: Hash32, until: Instant)?
    /// Imports in place of `importBlocks`.
    var importer: ((_ blocks: [Block], _ now: Instant) -> ImportOutcome)?
    /// How long the importer takes for a block.
    var importTime = Duration.milliseconds(1)

    init(
        local: TestChain, upTo number: Int, seed: UInt64 = 1, limits: DownloadLimits = .standard,
        store: ChainStore = ChainStore(MemoryStore())
    ) throws {
        self.store = store
        if try store.head() == nil { try local.store(upTo: number, in: store) }
        downloader = BlockDownloader(
            genesis: local.blocks[0].hash, head: local.head(number), limits: limits, random: NodeRandom(seed: seed))
    }

    var head: ChainHead? { try? store.head() }

    mutating func join(_ peer: TestPeer, head: PeerHead? = nil) {
        peers[peer.peer.connection.rawValue] = peer
        downloader.peerJoined(peer.peer, head: head ?? peer.head, now: now)
        carryOut()
    }

    mutating func leave(_ id: UInt64) {
        guard let peer = peers.removeValue(forKey: id) else { return }
        downloader.peerLeft(peer.peer, now: now)
        carryOut()
    }

    /// Tells the downloader of a peer's new head.
    mutating func announce(_ id: UInt64, _ head: PeerHead? = nil, isWanted: Bool = false) {
        guard let peer = peers[id] else { return }
        downloader.headChanged(of: peer.peer, to: head ?? peer.head, isWanted: isWanted, now: now)
        carryOut()
    }

    /// Runs until nothing is left to do, the condition holds, or time is up. The time that it took.
    @discardableResult
    mutating func run(for limit: Duration = .seconds(3600), until isDone: (Self) -> Bool = { _ in false }) throws
        -> Duration
    {
        let start = now
        while !isDone(self), let next = nextTime, next <= start + limit {
            now = max(now, next)
            if let index = queue.indices.min(by: { (queue[$0].at, queue[$0].order) < (queue[$1].at, queue[$1].order) }),
                queue[index].at <= now
            {
                try happen(queue.remove(at: index).event)
            } else {
                downloader.deadlineReached(now: now)
            }
            carryOut()
        }
        return now - start
    }

    private var nextTime: Instant? { [queue.map(\.at).min(), downloader.deadline].compactMap { $0 }.min() }

    private mutating func happen(_ event: Event) throws {
        switch event {
        case .answer(.blockHeaders(let id, let headers), let peer):
            if peers[peer.connection.rawValue] != nil {
                downloader.headersReceived(headers, requestID: id, from: peer, now: now)
            }
        case .answer(.blockBodies(let id, let bodies), let peer):
            if peers[peer.connection.rawValue] != nil {
                downloader.bodiesReceived(bodies, requestID: id, from: peer, now: now)
            }
        case .answer: break
        case .task(let result): downloader.taskCompleted(result, now: now)
        case .imported(let id, let blocks): downloader.importCompleted(id, try importBlocks(blocks), now: now)
        }
    }

    private mutating func carryOut() {
        for action in downloader.takeActions() {
            trace.append("\(now.nanoseconds) \(describe(action))")
            switch action {
            case .send(let message, let peer):
                guard let answer = peers[peer.connection.rawValue]?.answer(message) else { break }
                after(peers[peer.connection.rawValue]?.latency ?? .zero, .answer(answer, from: peer))
            case .run(let task): after(.milliseconds(2), .task(task.run(on: store)))
            case .importBlocks(let blocks, let id): after(importTime * blocks.count, .imported(id, blocks))
            case .report(let offence, let peer): offences.append("\(offence) \(peer.connection)")
            case .credit, .started, .progress, .finished: break
            }
        }
        mostBlocks = max(mostBlocks, downloader.held.blocks)
        mostBytes = max(mostBytes, downloader.held.bytes)
    }

    private mutating func after(_ delay: Duration, _ event: Event) {
        count += 1
        queue.append((now + delay, count, event))
    }

    /// Stores blocks without executing them; the branch with the higher total difficulty is canonical.
    private mutating func importBlocks(_ blocks: [Block]) throws -> ImportOutcome {
        imports += 1
        if let importer { return importer(blocks, now) }
        var outcome = ImportOutcome()
        for (index, block) in blocks.enumerated() {
            func failure(_ reason: ImportError.Reason) -> ImportFailure {
                ImportFailure(index: index, error: ImportError(number: block.number, hash: block.hash, reason: reason))
            }
            guard let parent = try store.head(block.header.parentHash) else {
                outcome.failure = failure(.unknownParent(block.header.parentHash))
                return outcome
            }
            if block.hash == invalidBlock {
                outcome.failure = failure(.header(.brokenRule(.seal)))
                return outcome
            }
            if let futureBlock, futureBlock.hash == block.hash, now < futureBlock.until {
                outcome.failure = failure(.header(.futureBlock(until: futureBlock.until)))
                return outcome
            }
            var batch = WriteBatch()
            let total = parent.totalDifficulty &+ block.header.difficulty
            batch.put(block: block, receipts: [], totalDifficulty: total)
            try store.store.write(batch, durable: false)
            let head = ChainHead(hash: block.hash, header: block.header, totalDifficulty: total)
            outcome.imported.append(head)
            if let current = try store.head(), total > current.totalDifficulty {
                try makeCanonical(head)
                outcome.newHead = head
            }
        }
        return outcome
    }

    private func makeCanonical(_ head: ChainHead) throws {
        var batch = WriteBatch()
        var hash = head.hash
        while let block = try store.block(hash), try store.canonicalHash(block.number) != hash {
            batch.putCanonical(block)
            hash = block.header.parentHash
        }
        batch.putHead(head.hash)
        try store.store.write(batch, durable: false)
    }
}

/// An action in a few words, as tables of rounds have it.
func describe(_ action: DownloadAction) -> String {
    switch action {
    case .send(.getBlockHeaders(_, let request), let peer):
        guard case .number(let start) = request.start else { return "headers by hash" }
        return "headers \(start)+\(request.limit)" + (request.skip > 0 ? "/\(request.skip)" : "")
            + " \(peer.connection)"
    case .send(.getBlockBodies(_, let hashes), let peer): return "bodies \(hashes.count) \(peer.connection)"
    case .send(let message, _): return "\(message.messageID)"
    case .run(let task):
        switch task.work {
        case .find: return "find"
        case .headers(let list): return "decode \(list.count) headers"
        case .bodies(let list, _): return "decode \(list.count) bodies"
        }
    case .importBlocks(let blocks, _): return "import \(blocks.first?.number ?? 0)...\(blocks.last?.number ?? 0)"
    case .report(let offence, let peer): return "report \(offence) \(peer.connection)"
    case .credit(let merit, let peer, _, _): return "credit \(merit) \(peer.connection)"
    case .started(let target): return "started \(target)"
    case .progress(let current, let target): return "progress \(current)/\(target)"
    case .finished(let number): return "finished \(number)"
    }
}
