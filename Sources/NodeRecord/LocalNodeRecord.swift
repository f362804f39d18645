public import EthCrypto
public import SansIO

/// This node's own record: signed again with the next sequence number whenever a pair changes, and only then.
public struct LocalNodeRecord: Sendable {
    private let key: PrivateKey
    private var draft: NodeRecordDraft
    /// The current record.
    public private(set) var record: NodeRecord

    /// Signs the first record.
    ///
    /// - Parameter previousSeq: the sequence number of the last record that this key signed, if it was stored. The
    ///   first number is above it and at least the Unix time in milliseconds, so that a node which lost its store
    ///   doesn't use a number twice (as in go-ethereum).
    /// - Throws: as `NodeRecordDraft.signed`.
    public init(
        key: PrivateKey, draft: NodeRecordDraft, previousSeq: UInt64? = nil, now: Instant
    ) throws(NodeRecordError) {
        self.key = key
        self.draft = draft
        let clock = UInt64(max(1, now.nanoseconds / 1_000_000))
        let next = previousSeq.map { $0 == .max ? $0 : $0 + 1 } ?? 0
        record = try draft.signed(seq: max(clock, next), by: key)
    }

    /// The record's sequence number, to be stored for the next start.
    public var seq: UInt64 { record.seq }

    /// Changes pairs. Returns true if that made a new record; setting a pair to its present value is not a change.
    ///
    /// - Throws: as `NodeRecordDraft.signed`; the record is then unchanged.
    @discardableResult
    public mutating func update(_ change: (inout NodeRecordDraft) -> Void) throws(NodeRecordError) -> Bool {
        var changed = draft
        change(&changed)
        guard changed != draft else { return false }
        record = try changed.signed(seq: record.seq == .max ? .max : record.seq + 1, by: key)
        draft = changed
        return true
    }
}
