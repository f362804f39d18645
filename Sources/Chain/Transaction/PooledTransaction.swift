public import RLP

/// A transaction as in the PooledTransactions message: a blob transaction with its sidecar (EIP-4844, EIP-7594).
///
///     version 0   03 || rlp([fields, [blob…], [commitment…], [proof…]])
///     version 1   03 || rlp([fields, 1, [blob…], [commitment…], [cell proof…]])
public struct PooledTransaction: Hashable, Sendable {
    /// The transaction without the sidecar.
    public let transaction: Transaction
    /// The sidecar; nil for other types, and for a blob transaction without sidecar.
    public let sidecar: BlobSidecar?
    /// The whole envelope, sidecar included.
    public let encoded: [UInt8]

    /// Decodes an envelope with or without a sidecar.
    ///
    /// - Throws: `invalidValue` for a sidecar of an unknown version, else any error of RLP.
    public init(encoded bytes: ArraySlice<UInt8>) throws(RLPError) {
        encoded = Array(bytes)
        guard bytes.first == TransactionType.blob.rawValue else {
            (transaction, sidecar) = (try Transaction(encoded: encoded), nil)
            return
        }
        var outer = RLPReader(encoded[1...])
        var parts = try outer.readList()
        try outer.expectEnd()
        guard parts.nextIsList == true else {
            (transaction, sidecar) = (try Transaction(encoded: encoded), nil)
            return
        }
        transaction = try Transaction(encoded: [TransactionType.blob.rawValue] + parts.readRaw())
        sidecar = try BlobSidecar(fieldsFrom: &parts)
    }
}

extension PooledTransaction: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        if transaction.type == .legacy { writer.writeRaw(encoded) } else { writer.write(encoded) }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        if reader.nextIsList == false {
            let bytes = try reader.readBytes()
            guard let first = bytes.first, first < 0xc0 else { throw .invalidValue }
            try self.init(encoded: bytes)
        } else {
            try self.init(encoded: try reader.readRaw())
        }
    }
}

extension BlobSidecar {
    /// Reads the sidecar's parts up to the end of `list`.
    fileprivate init(fieldsFrom list: inout RLPReader) throws(RLPError) {
        version = list.nextIsList == false ? try list.read() : 0
        guard version <= 1, version == 1 || list.nextIsList == true else { throw .invalidValue }
        blobCount = try list.readCount(ofStringsWith: Self.bytesPerBlob)
        commitments = try list.readList(limit: .max) { (list) throws(RLPError) in
            let bytes = try list.readBytes()
            guard bytes.count == Self.bytesPerCommitment else {
                throw .wrongLength(expected: Self.bytesPerCommitment, found: bytes.count)
            }
            return Array(bytes)
        }
        proofCount = try list.readCount(ofStringsWith: Self.bytesPerCommitment)
        try list.expectEnd()
    }
}

extension RLPReader {
    /// The number of elements of a list of strings that all have this length.
    fileprivate mutating func readCount(ofStringsWith length: Int) throws(RLPError) -> Int {
        var list = try readList()
        var count = 0
        while !list.isAtEnd {
            let found = try list.readBytes().count
            guard found == length else { throw .wrongLength(expected: length, found: found) }
            count += 1
        }
        return count
    }
}
