public import Primitives
public import RLP

/// An event that a contract logged: `[address, [topic…], data]`.
public struct Log: Hashable, Sendable {
    /// The contract that logged the event.
    public var address: Address
    /// The indexed values, at most four in the EVM.
    public var topics: [Hash32]
    /// The other values.
    public var data: [UInt8]

    public init(address: Address, topics: [Hash32] = [], data: [UInt8] = []) {
        self.address = address
        self.topics = topics
        self.data = data
    }
}

extension Log: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(address)
            list.write(list: topics)
            list.write(data)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        address = try list.read()
        // Not limited to the EVM's four topics, as in go-ethereum: the receipts' root decides.
        topics = try list.readList(of: Hash32.self)
        data = Array(try list.readBytes())
        try list.expectEnd()
    }
}
