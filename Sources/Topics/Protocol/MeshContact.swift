public import Primitives
public import RLP

/// Where a node is reached, as far as somebody says: `[ip, port, key]`.
public struct MeshContact: Hashable, Sendable {
    /// Address and TCP port.
    public var endpoint: Endpoint
    public var publicKey: PublicKey

    public init(endpoint: Endpoint, publicKey: PublicKey) {
        self.endpoint = endpoint
        self.publicKey = publicKey
    }
}

extension MeshContact: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(endpoint.ip.bytes)
            list.write(endpoint.port)
            list.write(publicKey)
        }
    }

    /// - Throws: also for an IPv4 address that is written as IPv6.
    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        let bytes = try list.readBytes()
        // An IPv4 address written as IPv6 is not canonical.
        guard let ip = IPAddress(bytes: bytes), ip.bytes.count == bytes.count else { throw .invalidValue }
        endpoint = Endpoint(ip: ip, port: try list.read())
        publicKey = try list.read()
        try list.expectEnd()
    }
}
