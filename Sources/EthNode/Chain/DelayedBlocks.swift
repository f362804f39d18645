import DevP2P
import SansIO

/// Blocks from signers whose clocks are ahead of ours, until their time has come.
///
/// Only blocks with a signer's seal and the right body are kept, which are due soon, and of each peer a share: so nobody
/// can have anything else kept, for long, or in the place of others. They stay when whoever brought them leaves: copies
/// by others were left out in the meantime, so that a third party could make a true block vanish.
struct DelayedBlocks: Sendable {
    private struct Entry: Sendable {
        let until: Instant
        let checked: CheckedBlock
        let bytes: Int
    }

    /// A clock that is further ahead is wrong, and the block comes by the downloader (go-ethereum's
    /// `allowedFutureBlockTime`, before the merge).
    static let longest = Duration.seconds(15)
    private static let maxCount = 32
    private static let maxBytes = 8 << 20
    private static let shareCount = 16
    private static let shareBytes = 4 << 20

    private var entries: [Entry] = []

    /// When the first one is due.
    var deadline: Instant? { entries.map(\.until).min() }

    /// False where it is due too late, or there is no room; of too many the newest are dropped.
    mutating func insert(_ checked: CheckedBlock, until moment: Instant, now: Instant) -> Bool {
        let size = checked.block.heldBytes
        let share = entries.filter { $0.checked.source.peer == checked.source.peer }
        guard moment <= now + Self.longest,
            entries.count < Self.maxCount, entries.reduce(size, { $0 + $1.bytes }) <= Self.maxBytes,
            share.count < Self.shareCount, share.reduce(size, { $0 + $1.bytes }) <= Self.shareBytes
        else { return false }
        entries.append(Entry(until: moment, checked: checked, bytes: size))
        return true
    }

    mutating func takeDue(_ now: Instant) -> [CheckedBlock] {
        defer { entries.removeAll { $0.until <= now } }
        return entries.filter { $0.until <= now }.map(\.checked)
    }
}
