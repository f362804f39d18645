public import Chain
public import KeyValue
public import Primitives
import RLP

// Writes the records that `ChainStore` reads. Nothing here reads the store: the caller decides which changes belong
// together.
extension WriteBatch {
    /// Adds a header with its number and total difficulty. The body and state of the block may be unknown.
    public mutating func put(header: Header, hash: Hash32, totalDifficulty: UInt256) {
        let key = Schema.blockKey(header.number, hash)
        put(.headers, key, header.rlp)
        put(.numbers, hash.bytes, Schema.numberKey(header.number))
        var writer = RLPWriter()
        writer.write(totalDifficulty)
        put(.difficulties, key, writer.bytes)
    }

    /// Adds the body of a block.
    public mutating func put(body: BlockBody, number: UInt64, hash: Hash32) {
        put(.bodies, Schema.blockKey(number, hash), body.rlp)
    }

    /// Adds the receipts of a block.
    public mutating func put(receipts: [Receipt], number: UInt64, hash: Hash32) {
        var writer = RLPWriter()
        writer.list { list in for receipt in receipts { receipt.encodeWithoutBloom(to: &list) } }
        put(.receipts, Schema.blockKey(number, hash), writer.bytes)
    }

    /// Adds a block that was executed.
    public mutating func put(block: Block, receipts: [Receipt], totalDifficulty: UInt256) {
        put(header: block.header, hash: block.hash, totalDifficulty: totalDifficulty)
        put(body: block.body, number: block.number, hash: block.hash)
        put(receipts: receipts, number: block.number, hash: block.hash)
    }

    /// Makes a block the canonical one with its number, and adds its transactions to the index.
    public mutating func putCanonical(_ block: Block) {
        put(.canonical, Schema.numberKey(block.number), block.hash.bytes)
        for (index, transaction) in block.transactions.enumerated() {
            let location = Schema.location(number: block.number, index: UInt32(truncatingIfNeeded: index))
            put(.transactions, transaction.hash.bytes, location)
        }
    }

    /// Undoes `putCanonical`. If another block becomes canonical instead, this must come first, since transactions may
    /// be in both.
    public mutating func deleteCanonical(_ block: Block) {
        delete(.canonical, Schema.numberKey(block.number))
        for transaction in block.transactions { delete(.transactions, transaction.hash.bytes) }
    }

    /// Makes a block the head, which must be canonical.
    public mutating func putHead(_ hash: Hash32) { put(.metadata, Schema.headKey, hash.bytes) }

    /// Adds the nodes returned by `MerkleTrie.commit()`, of the state trie or of a storage trie.
    public mutating func put(stateNodes nodes: [(hash: Hash32, encoding: [UInt8])]) {
        for node in nodes { put(.stateNodes, node.hash.bytes, node.encoding) }
    }

    /// Adds a contract's code.
    public mutating func put(code: [UInt8], hash: Hash32) { put(.code, hash.bytes, code) }
}
