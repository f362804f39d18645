import Primitives
import RLP

extension EthMessage {
    /// Appends the payload, which is one list. The message must belong to the version: a Status of eth/68 has no
    /// encoding in eth/69.
    func encode(_ version: EthVersion, into writer: inout RLPWriter) {
        switch self {
        case .status(let status): writer.write(status)
        case .newBlockHashes(let blocks): writer.write(list: blocks)
        case .transactions(let transactions): writer.write(transactions)
        case .getBlockHeaders(let id, let request): writer.request(id) { $0.write(request) }
        case .blockHeaders(let id, let headers): writer.request(id) { $0.write(headers) }
        case .blockBodies(let id, let bodies): writer.request(id) { $0.write(bodies) }
        case .getBlockBodies(let id, let hashes), .getPooledTransactions(let id, let hashes),
            .getReceipts(let id, let hashes):
            writer.request(id) { $0.write(list: hashes) }
        case .newBlock(let block, let totalDifficulty):
            writer.list { list in
                list.write(block)
                list.write(totalDifficulty)
            }
        case .newPooledTransactionHashes(let announcements): writer.write(announcements)
        case .pooledTransactions(let id, let transactions): writer.request(id) { $0.write(transactions) }
        case .receipts(let id, let receipts):
            precondition(receipts.form == version.receiptForm, "receipts encoded for another version")
            writer.request(id) { $0.write(receipts) }
        case .blockRangeUpdate(let range): writer.list { range.encodeFields(to: &$0) }
        }
    }
}

extension RLPWriter {
    /// `[id, body]`, the form of requests and responses since eth/66 (EIP-2481).
    fileprivate mutating func request(_ id: UInt64, _ body: (inout RLPWriter) -> Void) {
        list { list in
            list.write(id)
            body(&list)
        }
    }
}
