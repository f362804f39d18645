public import Primitives
public import RLP

/// An account and the storage slots of it that a transaction declares to access (EIP-2930): `[address, [slot…]]`.
public struct AccessListEntry: Hashable, Sendable {
    public var address: Address
    public var storageKeys: [Hash32]

    public init(address: Address, storageKeys: [Hash32] = []) {
        self.address = address
        self.storageKeys = storageKeys
    }
}

extension AccessListEntry: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(address)
            list.write(list: storageKeys)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        address = try list.read()
        storageKeys = try list.readList(of: Hash32.self)
        try list.expectEnd()
    }
}
