import KeyValue
public import Primitives
import RLP

/// The chain that a database belongs to.
public struct ChainIdentity: Hashable, Sendable {
    /// The hash of the genesis block.
    public var genesisHash: Hash32
    /// The network id of eth's Status message.
    public var networkID: UInt64

    public init(genesisHash: Hash32, networkID: UInt64) {
        self.genesisHash = genesisHash
        self.networkID = networkID
    }
}

extension ChainIdentity: CustomStringConvertible {
    public var description: String { "network \(networkID) with genesis \(genesisHash)" }
}

extension ChainStore {
    /// Checks that the database belongs to this chain; an empty one is assigned to it.
    public func claim(for identity: ChainIdentity) throws(ChainIdentityError) {
        guard let found = try self.identity() else {
            var writer = RLPWriter()
            writer.list { list in
                list.write(Schema.version)
                list.write(identity.genesisHash)
                list.write(identity.networkID)
            }
            var batch = WriteBatch()
            batch.put(.metadata, Schema.identityKey, writer.bytes)
            do { try store.write(batch, durable: true) } catch { throw .storage(error) }
            return
        }
        guard found == identity else { throw .otherNetwork(expected: identity, found: found) }
    }

    /// The chain that the database belongs to; nil if it is empty.
    public func identity() throws(ChainIdentityError) -> ChainIdentity? {
        let bytes: [UInt8]?
        do { bytes = try store.get(Schema.identityKey, in: .metadata) } catch { throw .storage(error) }
        guard let bytes else { return nil }
        let fields: (version: UInt64, identity: ChainIdentity?)
        do throws(RLPError) {
            fields = try Self.fields(bytes)
        } catch {
            throw .storage(.malformedRecord(.metadata, key: Schema.identityKey, error))
        }
        guard let identity = fields.identity else {
            throw .otherSchema(supported: Schema.version, found: fields.version)
        }
        return identity
    }

    // The version comes first in every version, since the rest depends on it.
    private static func fields(_ bytes: [UInt8]) throws(RLPError) -> (UInt64, ChainIdentity?) {
        var reader = RLPReader(bytes)
        var list = try reader.readList()
        let version = try list.read(UInt64.self)
        guard version == Schema.version else { return (version, nil) }
        let identity = ChainIdentity(genesisHash: try list.read(), networkID: try list.read())
        try list.expectEnd()
        return (version, identity)
    }
}
