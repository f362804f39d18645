import EthCrypto
public import Primitives
import RLP

/// An Ethereum node record (EIP-778): what a node says of itself, signed with its key.
///
///     content = [seq, k1, v1, k2, v2, ...]
///     record  = [signature, seq, k1, v1, k2, v2, ...]
///
/// A value of this type is verified: none can be made from bytes whose signature is invalid. It keeps the encoding (at
/// most 300 bytes) and finds pairs by a linear search. It is a single reference, because tables of nodes copy it often.
public struct NodeRecord: Sendable {
    /// The maximum size of a record in bytes, list header included (EIP-778).
    public static let maxByteCount = 300

    private final class Storage: Sendable {
        let encoded: [UInt8]
        let seq: UInt64
        let publicKey: PublicKey
        let id: NodeID
        /// The offset of the first key in `encoded`.
        let pairsStart: Int

        init(encoded: [UInt8], layout: Layout, publicKey: PublicKey) {
            self.encoded = encoded
            self.publicKey = publicKey
            seq = layout.seq
            pairsStart = layout.pairsStart
            id = publicKey.nodeID
        }
    }

    private let storage: Storage

    /// The record's RLP, as it was signed.
    public var encoded: [UInt8] { storage.encoded }
    /// The sequence number: of two records of one node, the one with the higher number is newer.
    public var seq: UInt64 { storage.seq }
    /// The key that signed the record.
    public var publicKey: PublicKey { storage.publicKey }
    /// Keccak-256 of the public key.
    public var id: NodeID { storage.id }

    /// Decodes and verifies a record; nothing may follow it.
    ///
    /// - Complexity: one square root, one signature check and two hashes (about 40 us).
    public init(encoded bytes: some Collection<UInt8>) throws(NodeRecordError) {
        guard bytes.count <= Self.maxByteCount else { throw .tooLarge(bytes.count) }
        let encoded = [UInt8](bytes)
        let layout: Layout
        do { layout = try Layout(encoded) } catch { throw .malformed(error) }
        let keys = try Self.identityPairs(encoded[layout.pairsStart...])
        guard keys.scheme.elementsEqual("v4".utf8) else { throw .unknownIdentityScheme }
        let publicKey: PublicKey
        do { publicKey = try PublicKey(compressed: keys.publicKey) } catch { throw .invalidPublicKey }
        let signature = layout.signature
        guard signature.count == 64, let r = Hash32(signature.prefix(32)), let s = Hash32(signature.suffix(32)),
            Signature(r: r, s: s, recoveryID: 0)
                .verify(Self.contentHash(encoded[layout.contentStart...]), by: publicKey)
        else { throw .invalidSignature }
        storage = Storage(encoded: encoded, layout: layout, publicKey: publicKey)
    }

    /// The hash that is signed: of the list of all elements after the signature.
    static func contentHash(_ payload: ArraySlice<UInt8>) -> Hash32 {
        var writer = RLPWriter()
        writer.list { $0.writeRaw(payload) }
        return Keccak256.hash(writer.bytes)
    }

    /// Checks all keys and values, and finds the two that every record has.
    private static func identityPairs(
        _ payload: ArraySlice<UInt8>
    ) throws(NodeRecordError) -> (scheme: ArraySlice<UInt8>, publicKey: ArraySlice<UInt8>) {
        var scheme: ArraySlice<UInt8>?
        var publicKey: ArraySlice<UInt8>?
        var previous: ArraySlice<UInt8>?
        var reader = RLPReader(payload)
        while !reader.isAtEnd {
            let key: ArraySlice<UInt8>
            do { key = try reader.readBytes() } catch { throw .malformed(error) }
            if let previous, !previous.lexicographicallyPrecedes(key) { throw .unsortedKeys }
            previous = key
            guard !reader.isAtEnd else { throw .missingValue }
            let value: ArraySlice<UInt8>
            do { value = try reader.readRaw() } catch { throw .malformed(error) }
            if key.elementsEqual(Key.id.utf8) { scheme = string(value) }
            if key.elementsEqual(Key.secp256k1.utf8) { publicKey = string(value) }
        }
        guard let scheme else { throw .unknownIdentityScheme }
        guard let publicKey else { throw .invalidPublicKey }
        return (scheme, publicKey)
    }

    /// All pairs in ascending order of their keys, the values as raw RLP items.
    public var pairs: [(key: [UInt8], value: [UInt8])] {
        var result: [(key: [UInt8], value: [UInt8])] = []
        forEachPair { key, value in
            result.append((Array(key), Array(value)))
            return true
        }
        return result
    }

    /// The value of `key` as a raw RLP item; nil if there is none.
    ///
    /// - Complexity: O(bytes of the record).
    public func value(of key: String) -> ArraySlice<UInt8>? {
        var found: ArraySlice<UInt8>?
        forEachPair { candidate, value in
            guard candidate.elementsEqual(key.utf8) else { return true }
            found = value
            return false
        }
        return found
    }

    /// The content of the byte string that is the value of `key`; nil if there is none, or a list.
    public func bytes(of key: String) -> ArraySlice<UInt8>? { value(of: key).flatMap(Self.string) }

    private func forEachPair(_ body: (_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool) {
        var reader = RLPReader(encoded[storage.pairsStart...])
        // The initialiser read the same items, so neither call fails.
        while !reader.isAtEnd, let key = try? reader.readBytes(), let value = try? reader.readRaw() {
            guard body(key, value) else { return }
        }
    }

    private static func string(_ item: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var reader = RLPReader(item)
        return try? reader.readBytes()
    }

    /// The offsets of a record's parts.
    private struct Layout {
        let signature: ArraySlice<UInt8>
        let contentStart: Int
        let seq: UInt64
        let pairsStart: Int

        init(_ encoded: [UInt8]) throws(RLPError) {
            var outer = RLPReader(encoded)
            var list = try outer.readList()
            try outer.expectEnd()
            signature = try list.readBytes()
            contentStart = list.remaining.startIndex
            seq = try list.read(UInt64.self)
            pairsStart = list.remaining.startIndex
        }
    }
}

extension NodeRecord: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.storage === right.storage || left.encoded == right.encoded
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}
