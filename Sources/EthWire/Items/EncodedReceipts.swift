public import Chain
public import DevP2P
public import RLP

/// The encoding of receipts in a Receipts message.
public enum ReceiptForm: Hashable, Sendable {
    /// Up to eth/68: as in the receipts' trie, typed ones wrapped as byte strings.
    case withBloom
    /// From eth/69 on: `[type, status, cumulativeGasUsed, logs]` (EIP-7642).
    case withoutBloom
}

/// The receipts of several blocks, one list per block, still encoded.
///
/// It is a slice of the message in which it came, which it keeps in memory.
public struct EncodedReceipts: Hashable, Sendable {
    /// The encoding of each receipt.
    public let form: ReceiptForm
    /// The concatenated lists of the blocks, without the outer list header.
    public let payload: ArraySlice<UInt8>
    /// The number of blocks.
    public let count: Int

    /// Encodes the receipts of these blocks.
    ///
    /// - Complexity: with bloom, one hash per address and topic of the logs.
    public init(_ blocks: some Collection<[Receipt]>, form: ReceiptForm) {
        var writer = RLPWriter()
        for receipts in blocks {
            writer.list { list in
                for receipt in receipts {
                    switch form {
                    case .withBloom: receipt.encode(to: &list)
                    case .withoutBloom: receipt.encodeWithoutBloom(to: &list)
                    }
                }
            }
        }
        self.form = form
        payload = writer.bytes[...]
        count = blocks.count
    }

    /// The lists of blocks that are already encoded in this form, for instance as stored.
    public init(encoded blocks: some Collection<some Collection<UInt8>>, form: ReceiptForm) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(blocks.reduce(0) { $0 + $1.count })
        for block in blocks { bytes.append(contentsOf: block) }
        self.form = form
        payload = bytes[...]
        count = blocks.count
    }

    init(from reader: inout RLPReader, form: ReceiptForm, limit: Int) throws(RLPError) {
        let list = try reader.readList()
        count = try list.countItems(limit: limit)
        payload = list.remaining
        self.form = form
    }

    /// Decodes the receipts, one array per block.
    ///
    /// - Throws: `limitExceeded` for a block of more than `EthLimits.maxBlockTransactions` receipts, else `malformed`.
    public func decoded() throws(WireError) -> [[Receipt]] {
        var reader = RLPReader(payload)
        var blocks: [[Receipt]] = []
        blocks.reserveCapacity(count)
        do {
            while !reader.isAtEnd { blocks.append(try decodeBlock(&reader)) }
        } catch .tooMany(let limit) {
            throw .limitExceeded(limit: limit)
        } catch {
            throw .malformed(error)
        }
        return blocks
    }

    private func decodeBlock(_ reader: inout RLPReader) throws(RLPError) -> [Receipt] {
        try reader.readList(limit: EthLimits.maxBlockTransactions) { (list) throws(RLPError) in
            switch form {
            case .withBloom: try Receipt(from: &list)
            case .withoutBloom: try Receipt(withoutBloomFrom: &list)
            }
        }
    }
}

extension EncodedReceipts: RLPEncodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { $0.writeRaw(payload) }
    }
}
