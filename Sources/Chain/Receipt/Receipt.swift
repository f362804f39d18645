public import Primitives
public import RLP

/// The result of a transaction (Yellow Paper, section 4.3.1).
///
/// It has three encodings: `consensusEncoding` (in the receipts' trie), the same as a list element (`RLPEncodable`,
/// used by eth/68), and that of eth/69, without bloom and without a byte string around typed receipts (EIP-7642).
public struct Receipt: Hashable, Sendable {
    /// Whether the transaction succeeded.
    public enum Status: Hashable, Sendable {
        case failed
        case succeeded
        /// The state root after the transaction, in blocks before Byzantium (EIP-658).
        indirect case root(Hash32)
    }

    /// The type of the transaction, 0 for a legacy one.
    public var type: UInt8
    /// Whether the transaction succeeded.
    public var status: Status
    /// Gas used in the block up to and including this transaction.
    public var cumulativeGasUsed: UInt64
    /// The events logged, in order.
    public var logs: [Log]

    public init(type: UInt8, status: Status, cumulativeGasUsed: UInt64, logs: [Log] = []) {
        self.type = type
        self.status = status
        self.cumulativeGasUsed = cumulativeGasUsed
        self.logs = logs
    }

    /// The Bloom filter of the logs.
    ///
    /// - Complexity: one hash per address and topic.
    public var bloom: Bloom {
        var bloom = Bloom()
        for log in logs {
            bloom.insert(log.address)
            for topic in log.topics { bloom.insert(topic) }
        }
        return bloom
    }

    /// The maximum transaction type (EIP-2718).
    static let maxType: UInt8 = 0x7f
}

extension Receipt: RLPEncodable, RLPDecodable {
    /// `type || rlp` or, for a legacy transaction, `rlp` alone: the value in the receipts' trie.
    public var consensusEncoding: [UInt8] {
        var writer = RLPWriter(prefix: type == 0 ? [] : [type])
        encodeFields(to: &writer)
        return writer.bytes
    }

    /// Decodes `consensusEncoding`. The bloom is skipped, since `bloom` computes it.
    public init(consensusEncoding bytes: ArraySlice<UInt8>) throws(RLPError) {
        guard let first = bytes.first else { throw .truncated }
        guard first != 0 else { throw .invalidValue }
        let isTyped = first <= Self.maxType
        // A first byte of 0x80 … 0xbf isn't a list header, so it fails below.
        var reader = RLPReader(isTyped ? bytes.dropFirst() : bytes)
        try self.init(type: isTyped ? first : 0, fieldsFrom: &reader)
        try reader.expectEnd()
    }

    /// The encoding as an element of eth/68's lists: a typed receipt is wrapped in a byte string.
    public func encode(to writer: inout RLPWriter) {
        if type == 0 { encodeFields(to: &writer) } else { writer.write(consensusEncoding) }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        if reader.nextIsList == false {
            let bytes = try reader.readBytes()
            guard let type = bytes.first, type <= Self.maxType else { throw .invalidValue }
            try self.init(consensusEncoding: bytes)
        } else {
            try self.init(type: 0, fieldsFrom: &reader)
        }
    }

    private func encodeFields(to writer: inout RLPWriter) {
        writer.list { list in
            encodeStatus(to: &list)
            list.write(cumulativeGasUsed)
            list.write(bloom)
            list.write(list: logs)
        }
    }

    private init(type: UInt8, fieldsFrom reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        self.type = type
        status = try Status(from: &list)
        cumulativeGasUsed = try list.read()
        _ = try list.read(Bloom.self)
        logs = try list.readList(of: Log.self)
        try list.expectEnd()
    }

    private func encodeStatus(to list: inout RLPWriter) {
        switch status {
        case .failed: list.write(false)
        case .succeeded: list.write(true)
        case .root(let root): list.write(root)
        }
    }
}

extension Receipt {
    /// Writes the form of eth/69: `[type, status, cumulativeGasUsed, logs]` (EIP-7642).
    public func encodeWithoutBloom(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(type)
            encodeStatus(to: &list)
            list.write(cumulativeGasUsed)
            list.write(list: logs)
        }
    }

    /// Reads the form of eth/69 (EIP-7642).
    public init(withoutBloomFrom reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        type = try list.read()
        guard type <= Self.maxType else { throw .invalidValue }
        status = try Status(from: &list)
        cumulativeGasUsed = try list.read()
        logs = try list.readList(of: Log.self)
        try list.expectEnd()
    }
}

extension Receipt.Status {
    init(from reader: inout RLPReader) throws(RLPError) {
        let bytes = try reader.readBytes()
        if bytes.isEmpty {
            self = .failed
        } else if bytes.elementsEqual([1]) {
            self = .succeeded
        } else if let root = Hash32(bytes) {
            self = .root(root)
        } else {
            throw .invalidValue
        }
    }
}
