import Chain
import DequeModule
import DevP2P
import Primitives
import SansIO

/// Blocks that peers have pushed and that wait to be checked, and how much of it a peer may cause.
struct BlockIntake: Sendable {
    /// How far from the head a pushed block may be. Below it go-ethereum's block fetcher had 7 (`maxUncleDist`): a longer
    /// reorganization comes by the block at the end of the other branch, which is near the head, and the downloader
    /// fetches what leads to it. Above it had 32; here signers that seal each second may be further ahead while a large
    /// block is imported.
    static let maxBelowHead: UInt64 = 7
    static let maxAboveHead: UInt64 = 64

    /// What a peer may send: blocks at once and per second, as in `blocks/1`. More is spam.
    private static let pushBurst = 64.0
    private static let pushesPerSecond = 8.0
    /// And blocks that don't become the head: each stays in the store for good. In a network of many signers one or two
    /// rivals come at each height. More are left to the downloader, for which they must be a part of a better chain.
    private static let spareBurst = 64.0
    private static let sparesPerSecond = 1.0

    /// Checks underway: enough for the worker threads of a machine.
    private static let maxChecks = 4
    /// What waits for a check: 20 MiB are the two largest messages.
    private static let limits = TurnQueue<ConnectionID, PushedBlock>.Limits(
        maxCount: 128, maxBytes: 64 << 20, shareCount: 32, shareBytes: 20 << 20)

    private struct Rates: Sendable {
        var pushes: TokenBucket
        var spares: TokenBucket
    }

    private var waiting = TurnQueue<ConnectionID, PushedBlock>(limits: Self.limits)
    private var checking: [Hash32] = []
    private var rates: [ConnectionID: Rates] = [:]
    private var siblings = Siblings()
    /// Blocks that turned out invalid: their headers are known to be worth nothing.
    private var rejected = RecentSet<Hash32>(capacity: 1_024)

    /// Whether a block of this number is looked at.
    static func isNear(_ number: UInt64, head: UInt64) -> Bool {
        number >= head ? number - head <= maxAboveHead : head - number <= maxBelowHead
    }

    /// Whether a peer may push one more block now.
    mutating func mayPush(_ peer: Peer, now: Instant) -> Bool {
        rates[peer.connection]?.pushes.take(now: now) ?? false
    }

    /// Whether a checked block may be relayed and stored: a signer makes one block of a number, and a peer brings a
    /// bounded number of blocks that only take up space.
    mutating func admits(_ checked: CheckedBlock, now: Instant) -> Bool {
        guard siblings.take(checked.block.hash, checked.block.number, by: checked.author) else { return false }
        return checked.isBetter || rates[checked.source.peer.connection]?.spares.take(now: now) ?? false
    }

    mutating func reject(_ hash: Hash32, now: Instant) { rejected.insert(hash, now: now) }

    func isRejected(_ hash: Hash32) -> Bool { rejected.contains(hash) }

    /// - Returns: what found no place.
    mutating func append(_ block: PushedBlock) -> [PushedBlock] {
        waiting.append(block, bytes: block.byteCount, of: block.source.peer.connection)
    }

    /// The block to check now. Two of one header never at a time: what the first has brought decides what the second is
    /// worth.
    mutating func begin() -> PushedBlock? {
        guard checking.count < Self.maxChecks else { return nil }
        let underway = checking
        guard let block = waiting.popFirst(where: { !underway.contains($0.hash) }) else { return nil }
        checking.append(block.hash)
        return block
    }

    mutating func finish(_ hash: Hash32) { checking.removeAll { $0 == hash } }

    mutating func join(_ connection: ConnectionID, now: Instant) {
        rates[connection] = Rates(
            pushes: TokenBucket(burst: Self.pushBurst, perSecond: Self.pushesPerSecond, now: now),
            spares: TokenBucket(burst: Self.spareBurst, perSecond: Self.sparesPerSecond, now: now))
    }

    /// The peer is gone. What it has pushed is still checked, but may only be better than the head.
    mutating func leave(_ connection: ConnectionID) { rates[connection] = nil }
}

/// The blocks of a number that a signer has made, as far as they were taken here.
///
/// An honest one makes one, or a second where the chain was reorganized between. Whoever has a key that everybody has
/// could have any number of them stored; a node that is short of one gets it with its child.
private struct Siblings: Sendable {
    private struct Key: Hashable {
        let number: UInt64
        let author: Address
    }

    private static let maxCount = 4
    private static let maxKeys = 4_096

    private var hashes: [Key: [Hash32]] = [:]
    /// In the order in which they came.
    private var order = Deque<Key>()

    mutating func take(_ hash: Hash32, _ number: UInt64, by author: Address) -> Bool {
        let key = Key(number: number, author: author)
        let known = hashes[key] ?? []
        if known.contains(hash) { return true }
        guard known.count < Self.maxCount else { return false }
        hashes[key] = known + [hash]
        if known.isEmpty { order.append(key) }
        if order.count > Self.maxKeys { hashes[order.removeFirst()] = nil }
        return true
    }
}
