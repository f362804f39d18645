public import EthCrypto
public import Primitives
import RLP

/// The pairs of a record that isn't signed yet.
///
/// `id` and `secp256k1` are added by `signed`.
public struct NodeRecordDraft: Sendable, Hashable {
    struct Pair: Sendable, Hashable {
        let key: [UInt8]
        let value: [UInt8]
    }

    /// Ascending by key.
    private(set) var pairs: [Pair] = []

    /// No pairs.
    public init() {}

    /// The pairs of a record.
    public init(_ record: NodeRecord) {
        pairs = record.pairs.map { Pair(key: $0.key, value: $0.value) }
    }

    /// Sets the raw RLP item of a key; nil removes the key. The item is checked by `signed`.
    public mutating func set(_ key: String, rlp value: [UInt8]?) {
        let key = Array(key.utf8)
        let at = pairs.firstIndex { !$0.key.lexicographicallyPrecedes(key) } ?? pairs.count
        if at < pairs.count, pairs[at].key == key { pairs.remove(at: at) }
        if let value { pairs.insert(Pair(key: key, value: value), at: at) }
    }

    /// Sets a byte string; nil removes the key.
    public mutating func set(_ key: String, bytes: [UInt8]?) { set(key, rlp: bytes.map(Self.item)) }

    /// Sets an integer; nil removes the key.
    public mutating func set(_ key: String, integer: UInt64?) {
        set(
            key,
            rlp: integer.map { value in
                var writer = RLPWriter()
                writer.write(value)
                return writer.bytes
            })
    }

    /// Sets the address of its family (`ip` or `ip6`) and removes that of the other family; nil removes both.
    public mutating func setAddress(_ ip: IPAddress?) {
        let isV4 = ip?.isV4 ?? false
        set(NodeRecord.Key.ip, bytes: isV4 ? ip?.bytes : nil)
        set(NodeRecord.Key.ip6, bytes: isV4 ? nil : ip?.bytes)
    }

    /// Signs these pairs as a record with sequence number `seq`.
    ///
    /// - Throws: `NodeRecordError.tooLarge`, or `malformed` if a value isn't exactly one RLP item.
    public func signed(seq: UInt64, by key: PrivateKey) throws(NodeRecordError) -> NodeRecord {
        for pair in pairs {
            do { try RLPValidator.validate(pair.value[...]) } catch { throw .malformed(error) }
        }
        var complete = self
        complete.set(NodeRecord.Key.id, bytes: Array("v4".utf8))
        complete.set(NodeRecord.Key.secp256k1, bytes: key.publicKey.compressed)
        var content = RLPWriter()
        content.write(seq)
        for pair in complete.pairs {
            content.write(pair.key)
            content.writeRaw(pair.value)
        }
        let signature = key.sign(NodeRecord.contentHash(content.bytes[...]))
        var record = RLPWriter()
        record.list { list in
            list.write(signature.r.bytes + signature.s.bytes)
            list.writeRaw(content.bytes)
        }
        return try NodeRecord(encoded: record.bytes)
    }

    private static func item(_ bytes: [UInt8]) -> [UInt8] {
        var writer = RLPWriter()
        writer.write(bytes)
        return writer.bytes
    }
}
