import EthCrypto
public import Primitives

/// Who a node is and where it is reached: what discovery finds and the dialer dials.
public struct NodeContact: Hashable, Sendable {
    /// The identity of the node.
    public let publicKey: PublicKey
    /// Keccak-256 of the public key.
    public let id: NodeID
    /// The address of both ports.
    public var ip: IPAddress
    /// The port of discovery; 0 where unknown.
    public var udpPort: UInt16
    /// The port of RLPx; 0 where the node doesn't listen or it is unknown.
    public var tcpPort: UInt16
    /// The node's record, where it is known. Its address may be another one than `ip`: that is where the node was met.
    public var record: NodeRecord?

    /// Complexity: one hash.
    public init(
        publicKey: PublicKey, ip: IPAddress, udpPort: UInt16, tcpPort: UInt16, record: NodeRecord? = nil
    ) {
        self.init(
            publicKey: publicKey, id: publicKey.nodeID, ip: ip, udpPort: udpPort, tcpPort: tcpPort, record: record)
    }

    /// For a caller that has computed the id already.
    public init(
        publicKey: PublicKey, id: NodeID, ip: IPAddress, udpPort: UInt16, tcpPort: UInt16, record: NodeRecord? = nil
    ) {
        self.publicKey = publicKey
        self.id = id
        self.ip = ip
        self.udpPort = udpPort
        self.tcpPort = tcpPort
        self.record = record
    }

    /// The contact that a record names; nil where it has no address.
    public init?(_ record: NodeRecord) {
        guard let endpoint = record.endpoint else { return nil }
        self.init(
            publicKey: record.publicKey, id: record.id, ip: endpoint.ip, udpPort: endpoint.udpPort,
            tcpPort: endpoint.tcpPort, record: record)
    }

    /// Where discovery reaches it.
    public var udpEndpoint: Endpoint { Endpoint(ip: ip, port: udpPort) }

    /// Where RLPx reaches it.
    public var tcpEndpoint: Endpoint { Endpoint(ip: ip, port: tcpPort) }

    /// The version of the known record, 0 without one.
    public var seq: UInt64 { record?.seq ?? 0 }

    /// The `enode` URL of the contact.
    public var enode: EnodeURL {
        EnodeURL(publicKey: publicKey, host: .address(ip), tcpPort: tcpPort, udpPort: udpPort)
    }
}
