public import Chain
import EthWire
public import Primitives
public import RLP

/// A block whose transactions the receiver is thought to have: of most only short ids, in the manner of BIP 152.
///
///     [header, total-difficulty, nonce, ids, [[index, transaction], …], [[], ommers, withdrawals?], repair?]
///
/// `ids` are 6 bytes each, for all transactions that aren't prefilled, in their order. `repair` is a `BlockRepair` of these.
public struct CompactBlock: Sendable {
    public let header: Header
    /// What the sender says; nothing proves it.
    public let totalDifficulty: UInt256
    public let nonce: UInt64
    /// Six bytes for each transaction that isn't sent whole, in their order.
    public let ids: ArraySlice<UInt8>
    let prefilled: EncodedList<PrefilledTransaction>
    /// A body without its transactions, encoded.
    let rest: ArraySlice<UInt8>
    /// For a receiver that lacks a few of the transactions.
    let repair: BlockRepair?

    /// - Parameters:
    ///   - nonce: drawn by the sender, so that nobody can choose transactions that collide.
    ///   - prefilled: indices of transactions that are sent whole, ascending.
    ///   - demand: how much receivers may lack; nil for nothing.
    public init(
        _ block: Block, totalDifficulty: UInt256, nonce: UInt64, prefilled: [Int] = [], demand: RepairDemand? = nil
    ) {
        header = block.header
        self.totalDifficulty = totalDifficulty
        self.nonce = nonce
        let hash = ShortIDHash(block: block.hash, nonce: nonce)
        var ids: [UInt8] = []
        ids.reserveCapacity(ShortIDHash.byteCount * block.transactions.count)
        var named: [Transaction] = []
        var next = prefilled[...]
        for (index, transaction) in block.transactions.enumerated() {
            if next.first == index {
                next.removeFirst()
                continue
            }
            named.append(transaction)
            let id = hash.id(of: transaction.hash)
            for byte in 0..<ShortIDHash.byteCount { ids.append(UInt8(truncatingIfNeeded: id >> UInt64(40 - 8 * byte))) }
        }
        self.ids = ids[...]
        let placed = prefilled.filter { block.transactions.indices.contains($0) }
            .map { PrefilledTransaction(index: UInt16(truncatingIfNeeded: $0), transaction: block.transactions[$0]) }
        self.prefilled = EncodedList(placed)
        var writer = RLPWriter()
        writer.write(BlockBody(ommers: block.body.ommers, withdrawals: block.body.withdrawals))
        rest = writer.bytes[...]
        let parts = named.reduce(0) { $0 + BlockRepair.partCount($1.size) }
        repair = demand?.size(transactions: named.count, parts: parts)
            .map { BlockRepair(named, size: $0, seed: nonce) }
    }

    /// The number of transactions in the block.
    public var transactionCount: Int { idCount + prefilled.count }

    /// The number of transactions that only an id is given for.
    var idCount: Int { ids.count / ShortIDHash.byteCount }

    /// One of the short ids, in the order of the transactions.
    func shortID(_ index: Int) -> UInt64 {
        let start = ids.startIndex + ShortIDHash.byteCount * index
        return ids[start..<start + ShortIDHash.byteCount].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What it takes on the wire, roughly.
    var byteCount: Int {
        600 + header.extraData.count + ids.count + prefilled.payload.count + rest.count + (repair?.byteCount ?? 0)
    }
}

extension CompactBlock: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(header)
            list.write(totalDifficulty)
            list.write(nonce)
            list.write(ids)
            list.write(prefilled)
            list.writeRaw(rest)
            if let repair { list.write(repair) }
        }
    }

    /// Transactions, ommers and withdrawals stay encoded.
    ///
    /// - Throws: `tooMany` for more than 65,536 transactions.
    public init(from reader: inout RLPReader) throws(RLPError) {
        let most = EthLimits.maxBlockTransactions
        var list = try reader.readList()
        header = try list.read()
        totalDifficulty = try list.read()
        nonce = try list.read()
        ids = try list.readBytes(limit: ShortIDHash.byteCount * most)
        guard ids.count % ShortIDHash.byteCount == 0 else { throw .invalidValue }
        prefilled = try EncodedList(from: &list, limit: most)
        guard ids.count / ShortIDHash.byteCount + prefilled.count <= most else { throw .tooMany(limit: most) }
        rest = try list.readRaw()
        try BlockBody.checkCounts(of: rest)
        repair = list.isAtEnd ? nil : try list.read()
        try list.expectEnd()
    }
}

/// A transaction that is sent whole, at its index in the block: `[index, transaction]`.
struct PrefilledTransaction: WireItem {
    let index: UInt16
    let transaction: Transaction

    init(index: UInt16, transaction: Transaction) {
        self.index = index
        self.transaction = transaction
    }

    func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(index)
            list.write(transaction)
        }
    }

    init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        index = try list.read()
        transaction = try list.read()
        try list.expectEnd()
    }
}
