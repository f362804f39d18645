import Chain
import Consensus
import DevP2P
import SansIO
import Storage

/// The head of the chain, and what is to change it: one piece of work at a time, since each builds on the one before.
struct ChainQueue: Sendable {
    enum Work: Sendable {
        /// What the downloader has completed, by its own number.
        case download(id: UInt64, [Block])
        /// A block that a peer has pushed, or that was fetched since one announced it.
        case pushed(Block, from: Peer)
        case seal(SealPlan)
        /// Only find out when to seal on top of the head.
        case plan
    }

    /// A block from a peer whose clock is ahead of ours.
    private struct Delayed: Sendable {
        let until: Instant
        let block: Block
        let peer: Peer
    }

    private static let maxDelayed = 16

    var head: ChainHead
    private(set) var running: Work?
    /// The node's own work: a download, a seal and a plan at the most, since each is asked for once.
    private var own: [Work] = []
    private var pushed = BoundedQueue<Work>(maxCount: 64, maxBytes: 64 << 20)
    private var delayed: [Delayed] = []

    init(head: ChainHead) { self.head = head }

    /// Of pushed blocks those that don't fit are dropped: the downloader fetches what is missing.
    mutating func enqueue(_ work: Work) {
        if case .pushed(let block, _) = work {
            _ = pushed.append(work, bytes: block.byteCount)
        } else {
            if case .plan = work, own.contains(where: { if case .plan = $0 { true } else { false } }) { return }
            own.append(work)
        }
    }

    /// The work to begin now; nil where some is underway, or there is none.
    mutating func begin() -> Work? {
        guard running == nil, let next = own.isEmpty ? pushed.popFirst() : own.removeFirst() else { return nil }
        running = next
        return next
    }

    /// The work underway has ended.
    mutating func finish() -> Work? {
        defer { running = nil }
        return running
    }

    /// Keeps a block until its time has come; of too many the newest are dropped.
    mutating func delay(_ block: Block, from peer: Peer, until moment: Instant) {
        guard delayed.count < Self.maxDelayed else { return }
        delayed.append(Delayed(until: moment, block: block, peer: peer))
    }

    /// When the first delayed block may be tried again, in Unix time.
    var deadline: Instant? { delayed.map(\.until).min() }

    mutating func takeDue(_ now: Instant) -> [(block: Block, peer: Peer)] {
        let due = delayed.filter { $0.until <= now }
        delayed.removeAll { $0.until <= now }
        return due.map { ($0.block, $0.peer) }
    }
}

extension Block {
    /// What it holds in memory, roughly.
    fileprivate var byteCount: Int { 1024 + transactions.reduce(0) { $0 + 150 + $1.size } }
}
