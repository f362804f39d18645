public import Chain
public import EthWire
public import KeyValue
public import Primitives
public import Storage

/// Answers what peers ask of the chain: GetBlockHeaders, GetBlockBodies, GetReceipts.
///
/// A value over the store, to be used in a job. Its methods read at most twice what one answer may hold, whatever is
/// asked for, and send records as they are stored. Limits and stopping rules are go-ethereum's (eth.md, section 1.1).
public struct ChainServer: Sendable {
    let chain: ChainStore

    public init(_ chain: ChainStore) { self.chain = chain }

    /// The answer to a request, in one step; nil for a message that isn't one of the three.
    ///
    /// A peer always gets an answer: where the store fails, an empty one.
    ///
    /// - Parameter maxBytes: what the answer is filled to; 0 for an empty one.
    public func answer(
        to message: EthMessage, receipts form: ReceiptForm, maxBytes: Int = EthLimits.softResponseBytes
    ) -> EthMessage? {
        switch message {
        case .getBlockHeaders(let id, let request):
            .blockHeaders(
                requestID: id, (try? headers(request, maxBytes: maxBytes)) ?? EncodedList(encoded: [[UInt8]]()))
        case .getBlockBodies(let id, let hashes):
            .blockBodies(
                requestID: id, (try? bodies(hashes, maxBytes: maxBytes)) ?? EncodedList(encoded: [[UInt8]]()))
        case .getReceipts(let id, let hashes):
            .receipts(
                requestID: id,
                (try? receipts(hashes, form, maxBytes: maxBytes)) ?? EncodedReceipts(encoded: [[UInt8]](), form: form))
        case .status, .newBlockHashes, .transactions, .blockHeaders, .blockBodies, .newBlock,
            .newPooledTransactionHashes, .getPooledTransactions, .pooledTransactions, .receipts, .blockRangeUpdate:
            nil
        }
    }

    /// What the answer to a request may have at the most, in bytes, roughly.
    public func largestAnswer(to message: EthMessage) -> Int {
        guard case .getBlockHeaders(_, let request) = message else { return EthLimits.softResponseBytes }
        let count = Int(clamping: min(request.limit, UInt64(EthLimits.maxHeaders)))
        return min(EthLimits.softResponseBytes, max(1, count) * Self.headerBytes)
    }

    /// Somewhat more than a header of today takes: 16 fields with a bloom and the signature of a signer.
    private static let headerBytes = 700

    /// The bodies of these blocks, canonical or not, up to the first one that isn't here.
    public func bodies(
        _ hashes: [Hash32], maxBytes: Int = EthLimits.softResponseBytes
    ) throws(StorageError) -> EncodedList<BlockBody> {
        var answer = Answer(maxCount: EthLimits.maxBodies, maxBytes: maxBytes)
        for hash in hashes {
            guard answer.hasRoom, let body = try chain.encodedBody(hash), answer.append(body) else { break }
        }
        return EncodedList(encoded: answer.items)
    }

    /// The receipts of these blocks up to the first one that wasn't executed here.
    ///
    /// - Complexity: with blooms, decodes the receipts and hashes every address and topic.
    public func receipts(
        _ hashes: [Hash32], _ form: ReceiptForm, maxBytes: Int = EthLimits.softResponseBytes
    ) throws(StorageError) -> EncodedReceipts {
        var answer = Answer(maxCount: EthLimits.maxReceipts, maxBytes: maxBytes)
        for hash in hashes {
            guard answer.hasRoom, let receipts = try encodedReceipts(hash, form), answer.append(receipts) else { break }
        }
        return EncodedReceipts(encoded: answer.items, form: form)
    }

    private func encodedReceipts(_ hash: Hash32, _ form: ReceiptForm) throws(StorageError) -> [UInt8]? {
        switch form {
        case .withoutBloom: try chain.encodedReceipts(hash)
        case .withBloom: try chain.receipts(hash).map { Array(EncodedReceipts([$0], form: form).payload) }
        }
    }
}

/// The items of an answer in the making.
struct Answer {
    private let maxCount: Int
    private let maxBytes: Int
    private(set) var items: [[UInt8]] = []
    private var bytes = 0

    /// What the list, the request id and their headers may take of a message.
    private static let envelope = 32

    init(maxCount: Int, maxBytes: Int) {
        self.maxCount = maxCount
        self.maxBytes = min(maxBytes, EthLimits.softResponseBytes)
    }

    /// How many more items there may be.
    var left: Int { maxCount - items.count }

    /// Whether another item is wanted: the one that passes the soft limit is still sent.
    var hasRoom: Bool { left > 0 && bytes < maxBytes }

    /// Adds an item; false, and nothing changed, where the message would be larger than peers accept.
    mutating func append(_ item: [UInt8]) -> Bool {
        guard bytes + item.count <= EthLimits.maxMessageBytes - Self.envelope else { return false }
        items.append(item)
        bytes += item.count
        return true
    }
}
