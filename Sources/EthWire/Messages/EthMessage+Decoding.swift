import Chain
import DevP2P
import Primitives
import RLP

extension EthMessage {
    /// Decodes a payload, except the items of responses, which are only counted.
    init(_ id: EthMessageID, _ payload: ArraySlice<UInt8>, _ version: EthVersion) throws(WireError) {
        do {
            try self.init(reading: id, payload, version)
        } catch .tooMany(let limit) {
            throw .limitExceeded(limit: limit)
        } catch {
            throw .malformed(error)
        }
        if case .newPooledTransactionHashes(let announcements) = self, !announcements.isConsistent {
            throw .ruleBroken
        }
    }

    private init(
        reading id: EthMessageID, _ payload: ArraySlice<UInt8>, _ version: EthVersion
    ) throws(RLPError) {
        var reader = RLPReader(payload)
        switch id {
        case .status:
            self = .status(try EthStatus(from: &reader, version))
        case .newBlockHashes:
            self = .newBlockHashes(try reader.readList(limit: EthLimits.maxAnnouncedBlocks))
        case .transactions:
            self = .transactions(try EncodedList(from: &reader, limit: EthLimits.maxTransactions))
        case .newBlock:
            self = try Self.newBlock(&reader)
        case .newPooledTransactionHashes:
            self = .newPooledTransactionHashes(try TransactionAnnouncements(from: &reader))
        case .blockRangeUpdate:
            var list = try reader.readList()
            self = .blockRangeUpdate(try BlockRange(fieldsFrom: &list))
            try list.expectEnd()
        case .getBlockHeaders, .blockHeaders, .getBlockBodies, .blockBodies, .getPooledTransactions,
            .pooledTransactions, .getReceipts, .receipts:
            var list = try reader.readList()
            self = try Self.exchange(id, requestID: try list.read(), &list, version)
            try list.expectEnd()
        }
    }

    /// The messages of the form `[request-id, body]`.
    private static func exchange(
        _ id: EthMessageID, requestID: UInt64, _ list: inout RLPReader, _ version: EthVersion
    ) throws(RLPError) -> Self {
        switch id {
        case .getBlockHeaders:
            .getBlockHeaders(requestID: requestID, try list.read())
        case .blockHeaders:
            .blockHeaders(requestID: requestID, try EncodedList(from: &list, limit: EthLimits.maxHeaders))
        case .getBlockBodies:
            .getBlockBodies(requestID: requestID, try list.readFirstHashes())
        case .blockBodies:
            .blockBodies(requestID: requestID, try EncodedList(from: &list, limit: EthLimits.maxBodies))
        case .getPooledTransactions:
            .getPooledTransactions(requestID: requestID, try list.readFirstHashes())
        case .pooledTransactions:
            .pooledTransactions(requestID: requestID, try EncodedList(from: &list, limit: EthLimits.maxTransactions))
        case .getReceipts:
            .getReceipts(requestID: requestID, try list.readFirstHashes())
        case .receipts:
            .receipts(
                requestID: requestID,
                try EncodedReceipts(from: &list, form: version.receiptForm, limit: EthLimits.maxReceipts))
        case .status, .newBlockHashes, .transactions, .newBlock, .newPooledTransactionHashes, .blockRangeUpdate:
            throw .invalidValue
        }
    }

    /// `[block, total-difficulty]`; only the block's header is decoded.
    private static func newBlock(_ reader: inout RLPReader) throws(RLPError) -> Self {
        var list = try reader.readList()
        let block = try EncodedBlock(from: &list)
        let totalDifficulty = try list.read(UInt256.self)
        try list.expectEnd()
        return .newBlock(block, totalDifficulty: totalDifficulty)
    }
}

extension RLPReader {
    /// The first hashes of a list that may have more. The rest is ignored.
    fileprivate mutating func readFirstHashes() throws(RLPError) -> [Hash32] {
        var list = try readList()
        var hashes: [Hash32] = []
        while !list.isAtEnd, hashes.count < EthLimits.maxRequestedHashes { hashes.append(try list.read()) }
        return hashes
    }
}
