import DevP2P
import Primitives

/// The compact blocks that wait for transactions, in the order of their arrival. Bounded by the caller.
struct PartialBlocks: Sendable {
    private(set) var blocks: [PartialBlock] = []

    var count: Int { blocks.count }

    /// Their bytes, as received.
    var bytes: Int { blocks.reduce(0) { $0 + $1.compact.byteCount } }

    subscript(hash: Hash32) -> PartialBlock? { blocks.first { $0.hash == hash } }

    func count(of peer: Peer) -> Int { blocks.count { $0.claimant == peer } }

    mutating func insert(_ block: PartialBlock) { blocks.append(block) }

    /// Drops blocks that take more than a new one until it fits; false where it doesn't.
    mutating func makeRoom(for size: Int, limit: Int) -> Bool {
        while bytes + size > limit {
            guard let largest = blocks.indices.max(by: { blocks[$0].compact.byteCount < blocks[$1].compact.byteCount })
            else { return true }
            guard blocks[largest].compact.byteCount > size else { return false }
            blocks.remove(at: largest)
        }
        return true
    }

    mutating func take(_ hash: Hash32) -> PartialBlock? {
        blocks.firstIndex { $0.hash == hash }.map { blocks.remove(at: $0) }
    }

    mutating func removeSender(_ peer: Peer) {
        for place in blocks.indices { blocks[place].removeSender(peer) }
    }
}

/// A compact block that was put together into something that isn't the header's body.
struct Suspect: Sendable {
    let claim: HeldBlocks.Claim
    /// Who may have the whole block, and wasn't asked yet.
    private(set) var senders: [Peer]
    private var asked: [Peer] = []

    init(claim: HeldBlocks.Claim, senders: [Peer]) {
        self.claim = claim
        self.senders = senders
    }

    mutating func add(_ more: [Peer]) {
        for peer in more where !asked.contains(peer) && !senders.contains(peer) { senders.append(peer) }
    }

    /// The next one to ask; nil after `limit` of them.
    mutating func next(limit: Int) -> Peer? {
        guard !senders.isEmpty, asked.count < limit else { return nil }
        asked.append(senders.removeFirst())
        return asked.last
    }
}

/// What was asked for.
enum BlockRequest: Sendable {
    case transactions(of: Hash32)
    case whole(Hash32)
}
