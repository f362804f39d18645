import Chain
import Consensus
import DevP2P
import Primitives
import SansIO
import Storage

/// The head of the chain, and what is to change it: one piece of work at a time, since each builds on the one before.
///
/// Blocks of peers come in checked (`BlockCheck`). They are taken in turn by peer, after the node's own work.
struct ChainQueue: Sendable {
    enum Work: Sendable {
        /// What the downloader has completed, by its own number.
        case download(id: UInt64, [Block])
        /// A block that a peer has pushed, or that was fetched since one announced it. Its body is the header's.
        case pushed(CheckedBlock)
        case seal(SealPlan)
        /// Only find out when to seal on top of the head.
        case plan
    }

    private static let limits = TurnQueue<ConnectionID, CheckedBlock>.Limits(
        maxCount: 64, maxBytes: 64 << 20, shareCount: 16, shareBytes: 16 << 20)

    var head: ChainHead
    private(set) var running: Work?
    /// The node's own work: a download, a seal and a plan at the most, since each is asked for once.
    private var own: [Work] = []
    private var pushed = TurnQueue<ConnectionID, CheckedBlock>(limits: Self.limits)
    private var delayed = DelayedBlocks()
    /// The blocks of peers that wait, are delayed or underway.
    private var pending: Set<Hash32> = []

    init(head: ChainHead) { self.head = head }

    /// Whether a block with the right body waits for its import, or is being imported.
    func isPending(_ hash: Hash32) -> Bool { pending.contains(hash) }

    /// The node's own work.
    mutating func enqueue(_ work: Work) {
        if case .plan = work, own.contains(where: { if case .plan = $0 { true } else { false } }) { return }
        own.append(work)
    }

    /// - Returns: what found no place; the downloader fetches what is missing.
    mutating func enqueue(_ checked: CheckedBlock) -> [CheckedBlock] {
        let dropped = pushed.append(checked, bytes: checked.block.heldBytes, of: checked.source.peer.connection)
        pending.insert(checked.block.hash)
        for other in dropped { pending.remove(other.block.hash) }
        return dropped
    }

    /// The work to begin now; nil where some is underway, or there is none.
    mutating func begin() -> Work? {
        guard running == nil else { return nil }
        running = own.isEmpty ? pushed.popFirst().map(Work.pushed) : own.removeFirst()
        return running
    }

    /// The work underway has ended.
    mutating func finish() -> Work? {
        defer { running = nil }
        if case .pushed(let checked)? = running { pending.remove(checked.block.hash) }
        return running
    }

    /// Keeps a block until its time has come; false where it can't be kept.
    mutating func delay(_ checked: CheckedBlock, until moment: Instant, now: Instant) -> Bool {
        guard delayed.insert(checked, until: moment, now: now) else { return false }
        pending.insert(checked.block.hash)
        return true
    }

    /// When the first delayed block may be tried again, in Unix time.
    var deadline: Instant? { delayed.deadline }

    mutating func takeDue(_ now: Instant) -> [CheckedBlock] { delayed.takeDue(now) }
}
