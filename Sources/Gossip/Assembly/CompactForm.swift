import Chain
import DevP2P
import EthWire
import Primitives
import RLP

/// A compact block as one peer has sent it, with the transactions that have its ids.
struct CompactForm: AssemblyForm {
    /// What may have the transactions of a block.
    struct Source {
        let pool: TransactionPool
        /// Blocks of the same height or above: the pool no longer has what they have included.
        let rivals: [Block]
    }

    let compact: CompactBlock
    let sender: Peer
    /// Whether it was asked for.
    let isPulled: Bool
    var state = FormState.new
    var request: FormRequest?
    /// Indices of transactions that were not in the pool and came whole: others may lack them as well.
    private(set) var brought: [UInt16]
    /// Indices of transactions that were neither in the pool nor sent along.
    private(set) var lacking: [UInt16] = []

    private let rest: BlockBody
    private let shortHash: ShortIDHash
    /// Indices of the transactions that came along, ascending.
    private let given: [UInt16]
    private var transactions: [Transaction] = []
    /// For each index its offset in `transactions` plus one, or one of these.
    private var slots: [UInt32]
    private static let empty: UInt32 = 0
    /// Only its sender can say which transaction it is: two indices, or two transactions of the pool, have its id.
    private static let ambiguous = UInt32.max

    private(set) var missingCount: Int
    private var transactionBytes = 0

    /// - Throws: where the given transactions don't decode or have no index.
    init(_ compact: CompactBlock, hash: Hash32, from sender: Peer, isPulled: Bool) throws(WireError) {
        self.compact = compact
        self.sender = sender
        self.isPulled = isPulled
        rest = try WireError.decode(from: compact.rest)
        guard rest.transactions.isEmpty else { throw .ruleBroken }
        shortHash = ShortIDHash(block: hash, nonce: compact.nonce)
        let count = compact.transactionCount
        let placed = try compact.prefilled.decoded()
        given = placed.map(\.index)
        guard zip(given, given.dropFirst()).allSatisfy({ $0 < $1 }), given.last.map({ $0 < count }) ?? true else {
            throw .ruleBroken
        }
        brought = given
        slots = [UInt32](repeating: Self.empty, count: count)
        missingCount = count
        for entry in placed { put(entry.transaction, at: Int(entry.index), isOwn: true) }
    }

    /// Whether any transaction is only known by its id.
    var isGuessed: Bool { !compact.ids.isEmpty }

    /// The bytes that it holds: the message, the arrays, and the transactions with their heads. Those of the pool share
    /// their content with it.
    var byteCount: Int {
        compact.byteCount + MemoryLayout<Self>.stride + slots.count * MemoryLayout<UInt32>.stride
            + (given.count + brought.count + lacking.count) * MemoryLayout<UInt16>.stride
            + (request?.indices.bytes.count ?? 0) + transactionBytes
    }

    private static let transactionHead = MemoryLayout<Transaction>.stride
    /// What an array of a transaction's bytes takes besides them.
    private static let arrayHead = 48

    private mutating func put(_ transaction: Transaction, at index: Int, isOwn: Bool) {
        if slots[index] == Self.empty || slots[index] == Self.ambiguous { missingCount -= 1 }
        transactions.append(transaction)
        slots[index] = UInt32(transactions.count)
        transactionBytes += Self.transactionHead + (isOwn ? transaction.size + Self.arrayHead : 0)
    }

    private func transaction(at index: Int) -> Transaction? {
        let slot = slots[index]
        return slot == Self.empty || slot == Self.ambiguous ? nil : transactions[Int(slot) - 1]
    }

    /// Indices without a transaction, ascending.
    var missing: [Int] { slots.indices.filter { slots[$0] == Self.empty || slots[$0] == Self.ambiguous } }

    /// The ids of some indices for which one was given, ascending: by the bytes of the message.
    private func ids(at indices: some Sequence<Int>) -> [(id: UInt64, index: Int)] {
        var result: [(id: UInt64, index: Int)] = []
        var before = 0
        for index in indices {
            while before < given.count, given[before] < index { before += 1 }
            result.append((compact.shortID(index - before), index))
        }
        return result
    }

    // MARK: Filling

    /// Matches it with the pool and with blocks that may hold the same transactions, then works out what is left from the
    /// sums that it came with.
    ///
    /// - Complexity: O(n log n + p log n) for n transactions of the block and p of the pool.
    mutating func match(_ source: Source) {
        // Don't forward prefilled transactions that our pool had already.
        brought = brought.filter { index in
            transaction(at: Int(index)).map { !source.pool.contains($0.hash) } ?? true
        }
        let ids = ids(at: missing)
        let lookup = ShortIDIndex(ids)
        for index in lookup.ambiguous { slots[index] = Self.ambiguous }
        if !ids.isEmpty {
            source.pool.visit { offer($0, lookup, isOwn: false) }
            for rival in source.rivals {
                for transaction in rival.transactions { offer(transaction, lookup, isOwn: false) }
            }
        }
        lacking = missing.map { UInt16(truncatingIfNeeded: $0) }
        repair()
        state = .open
    }

    /// Takes what fits of transactions that have come from somebody else.
    mutating func offer(_ transactions: [Transaction]) {
        guard missingCount > 0, state != .new, state != .refuted else { return }
        let lookup = ShortIDIndex(ids(at: missing))
        for transaction in transactions { offer(transaction, lookup, isOwn: true) }
    }

    /// Puts a transaction at its index, if its id is one of the block's.
    private mutating func offer(_ transaction: Transaction, _ lookup: ShortIDIndex, isOwn: Bool) {
        guard let index = lookup[shortHash.id(of: transaction.hash)], slots[index] != Self.ambiguous else {
            return
        }
        if let known = self.transaction(at: index) {
            guard known != transaction else { return }
            slots[index] = Self.ambiguous
            missingCount += 1
        } else {
            put(transaction, at: index, isOwn: isOwn)
            if isOwn { brought.append(UInt16(truncatingIfNeeded: index)) }
        }
    }

    private mutating func repair() {
        let missing = missing
        guard !missing.isEmpty, let repair = compact.repair, repair.mayGive(missing.count) else { return }
        var named: [Transaction?] = []
        var before = 0
        for index in slots.indices {
            if before < given.count, given[before] == index {
                before += 1
            } else {
                named.append(transaction(at: index))
            }
        }
        guard let found = repair.missing(of: named, seed: compact.nonce) else { return }
        // Whoever sent false sums has only wasted them: the block is completed as if it had come without.
        guard fits(found, ids(at: missing)) else { return }
        for (index, transaction) in zip(missing, found) { put(transaction, at: index, isOwn: true) }
    }

    private func fits(_ transactions: [Transaction], _ ids: [(id: UInt64, index: Int)]) -> Bool {
        transactions.count == ids.count
            && zip(transactions, ids).allSatisfy { shortHash.id(of: $0.hash) == $1.id }
    }

    // MARK: Responses

    /// - Returns: false where a transaction doesn't have the id that the same peer gave for its index: then one of the two is
    ///   false, and nobody else can have said either.
    mutating func answered(_ response: [Transaction]) -> Bool {
        guard let request, state != .refuted else { return true }
        let ids = ids(at: request.indices.indices)
        guard fits(response, ids) else { return false }
        for ((_, index), transaction) in zip(ids, response) where self.transaction(at: index) == nil {
            put(transaction, at: index, isOwn: true)
            brought.append(UInt16(truncatingIfNeeded: index))
        }
        return true
    }

    /// It isn't completed any more; what its sender said is kept, to be judged by the true block.
    mutating func refute() {
        state = .refuted
        transactions = []
        slots = []
        transactionBytes = 0
    }

    // MARK: What comes of it

    /// The block; nil while something is missing.
    var block: Block? {
        guard isComplete else { return nil }
        var body = rest
        body.transactions = slots.map { transactions[Int($0) - 1] }
        return Block(header: compact.header, body: body)
    }

    /// How much was lacking of the block that this was a form of; nil where it tells nothing of the pool.
    func lack(of block: Block) -> RepairSize? {
        guard isGuessed, state != .new, block.transactions.count == compact.transactionCount else { return nil }
        let parts = lacking.reduce(0) { $0 + BlockRepair.partCount(block.transactions[Int($1)].size) }
        return RepairSize(transactions: lacking.count, parts: parts)
    }
}
