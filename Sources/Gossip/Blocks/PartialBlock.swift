import Chain
import DevP2P
import EthWire
import Primitives

/// A compact block on its way to be a block: the transactions that are there, by place, and who may have the others.
struct PartialBlock: Sendable {
    let compact: CompactBlock
    let hash: Hash32
    /// Who sent the compact block.
    let claimant: Peer
    /// Whether it was asked for.
    let isPulled: Bool
    /// Others that have sent one of the same block since.
    private(set) var others: [Peer] = []
    /// Who was asked for what is missing, and didn't have it.
    var asked: [Peer] = []
    /// Places of transactions that were not in the pool: others may lack them as well.
    private(set) var brought: Set<Int> = []
    /// Whether any transaction is only known by its short id.
    let isGuessed: Bool

    private let rest: BlockBody
    private let shortHash: ShortIDHash
    /// Places whose transactions are known by a short id only, ascending.
    private let named: [Int]
    private var transactions: [Int: Transaction] = [:]
    /// Where a short id belongs, and the other way round.
    private var places: [UInt64: Int] = [:]
    private var ids: [Int: UInt64] = [:]
    /// Places whose ids are ambiguous: two in the block, or two transactions of the pool, have the same.
    private var ambiguous: Set<Int> = []
    /// Places of transactions that were in no pool and not sent along.
    private var lacking: [Int] = []

    static let maxSenders = 8

    /// - Throws: where the given transactions don't decode or have no place.
    init(_ compact: CompactBlock, hash: Hash32, from peer: Peer, isPulled: Bool) throws(WireError) {
        self.compact = compact
        self.hash = hash
        self.isPulled = isPulled
        claimant = peer
        rest = try WireError.decode(from: compact.rest)
        guard rest.transactions.isEmpty else { throw .ruleBroken }
        isGuessed = !compact.ids.isEmpty
        shortHash = ShortIDHash(block: hash, nonce: compact.nonce)
        var last = -1
        for placed in try compact.prefilled.decoded() {
            let place = Int(placed.place)
            guard place > last, place < compact.transactionCount else { throw .ruleBroken }
            last = place
            transactions[place] = placed.transaction
            brought.insert(place)
        }
        let given = brought
        named = (0..<compact.transactionCount).filter { !given.contains($0) }
        for (place, id) in zip(named, compact.shortIDs) {
            ids[place] = id
            if let first = places[id] {
                ambiguous.insert(first)
                ambiguous.insert(place)
            } else {
                places[id] = place
            }
        }
    }

    mutating func addSender(_ peer: Peer) {
        guard peer != claimant, !others.contains(peer), others.count < Self.maxSenders else { return }
        others.append(peer)
    }

    /// All who have sent it.
    var senders: [Peer] { [claimant] + others }

    /// Who hasn't been asked yet, the claimant first.
    var nextSender: Peer? { senders.first { !asked.contains($0) } }

    mutating func removeSender(_ peer: Peer) { others.removeAll { $0 == peer } }

    /// Of the transactions that were sent along those that the pool had anyway aren't worth sending on.
    mutating func discount(_ isKnown: (Hash32) -> Bool) {
        brought = brought.filter { place in transactions[place].map { !isKnown($0.hash) } ?? true }
    }

    /// Puts a transaction at its place, if its short id is one of the block's.
    mutating func offer(_ transaction: Transaction) {
        guard let place = places[shortHash.id(of: transaction.hash)], !ambiguous.contains(place) else { return }
        if let known = transactions[place], known != transaction {
            ambiguous.insert(place)
            transactions[place] = nil
        } else {
            transactions[place] = transaction
        }
    }

    /// Works out what the pool doesn't have, if the block came with enough for that.
    mutating func repair() {
        lacking = missing
        repair(named, by: compact)
    }

    /// Takes what is still missing from another peer's compact form of the same block, as far as it fits the ids that the
    /// first one gave.
    mutating func supplement(_ other: CompactBlock) {
        guard other.transactionCount == compact.transactionCount, let placed = try? other.prefilled.decoded() else {
            return
        }
        for entry in placed where transactions[Int(entry.place)] == nil {
            let place = Int(entry.place)
            guard places[shortHash.id(of: entry.transaction.hash)] == place, !ambiguous.contains(place) else {
                continue
            }
            transactions[place] = entry.transaction
            brought.insert(place)
        }
        let given = Set(placed.map { Int($0.place) })
        repair((0..<other.transactionCount).filter { !given.contains($0) }, by: other)
    }

    /// - Parameter named: the places that the compact form gives only ids for.
    private mutating func repair(_ named: [Int], by other: CompactBlock) {
        let lacking = named.filter { transactions[$0] == nil }
        guard !lacking.isEmpty, let repair = other.repair,
            let found = repair.missing(of: named.map { transactions[$0] }, seed: other.nonce)
        else { return }
        // Whoever sent false sums has only wasted them: the block is completed as if it had come without.
        let fits = zip(lacking, found).allSatisfy { ids[$0] == shortHash.id(of: $1.hash) }
        if fits { for (place, transaction) in zip(lacking, found) { transactions[place] = transaction } }
    }

    /// What was lacking of the block that this has become; nil where it tells nothing of the pool.
    func lack(of block: Block) -> RepairSize? {
        guard isGuessed else { return nil }
        let parts = lacking.reduce(0) { $0 + BlockRepair.partCount(block.transactions[$1].size) }
        return RepairSize(transactions: lacking.count, parts: parts)
    }

    /// Places without a transaction, ascending.
    var missing: [Int] { (0..<compact.transactionCount).filter { transactions[$0] == nil } }

    /// Fills the missing places.
    ///
    /// - Parameter peer: whose they are: the claimant's must have the short ids that it gave.
    /// - Returns: false where they don't fit.
    mutating func complete(with answer: [Transaction], from peer: Peer) -> Bool {
        let missing = missing
        guard answer.count == missing.count else { return false }
        for (place, transaction) in zip(missing, answer) {
            if peer == claimant, !ambiguous.contains(place), places[shortHash.id(of: transaction.hash)] != place {
                return false
            }
            transactions[place] = transaction
            brought.insert(place)
        }
        return true
    }

    /// The block; nil while something is missing.
    var block: Block? {
        var body = rest
        body.transactions.reserveCapacity(compact.transactionCount)
        for place in 0..<compact.transactionCount {
            guard let transaction = transactions[place] else { return nil }
            body.transactions.append(transaction)
        }
        return Block(header: compact.header, body: body)
    }
}

extension CompactBlock {
    /// Whether this is what it says, knowing the block: the short ids and the given transactions are the block's.
    func matches(_ block: Block) -> Bool {
        guard transactionCount == block.transactions.count, let placed = try? prefilled.decoded() else { return false }
        var given: Set<Int> = []
        for entry in placed {
            let place = Int(entry.place)
            guard block.transactions.indices.contains(place), block.transactions[place] == entry.transaction else {
                return false
            }
            given.insert(place)
        }
        let hash = ShortIDHash(block: block.hash, nonce: nonce)
        let others = block.transactions.indices.filter { !given.contains($0) }
        return others.map { hash.id(of: block.transactions[$0].hash) } == shortIDs
    }
}
