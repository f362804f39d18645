import EthCrypto
public import Primitives

/// A node's identity and address: what discovery finds and the dialer dials.
public struct NodeContact: Hashable, Sendable {
    /// The identity of the node.
    public let publicKey: PublicKey
    /// Keccak-256 of the public key.
    public let id: NodeID
    /// The address of both ports.
    public var ip: IPAddress
    /// The port of discovery; 0 if unknown.
    public var udpPort: UInt16
    /// The port of RLPx; 0 if unknown, or if the node doesn't listen.
    public var tcpPort: UInt16
    /// The node's record, if known. Its address may differ from `ip`, which is the address that the node was contacted
    /// at.
    public var record: NodeRecord?

    /// The contact with this key; computes the id (one hash).
    public init(
        publicKey: PublicKey, ip: IPAddress, udpPort: UInt16, tcpPort: UInt16, record: NodeRecord? = nil
    ) {
        self.init(
            publicKey: publicKey, id: publicKey.nodeID, ip: ip, udpPort: udpPort, tcpPort: tcpPort, record: record)
    }

    /// The contact with this key, for a caller that has computed the id already.
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

    /// The contact that a record describes; nil if it has no address.
    public init?(_ record: NodeRecord) {
        guard let endpoint = record.endpoint else { return nil }
        self.init(
            publicKey: record.publicKey, id: record.id, ip: endpoint.ip, udpPort: endpoint.udpPort,
            tcpPort: endpoint.tcpPort, record: record)
    }

    /// The endpoint of discovery.
    public var udpEndpoint: Endpoint { Endpoint(ip: ip, port: udpPort) }

    /// The endpoint of RLPx.
    public var tcpEndpoint: Endpoint { Endpoint(ip: ip, port: tcpPort) }

    /// The sequence number of the record; 0 without one.
    public var seq: UInt64 { record?.seq ?? 0 }

    /// The `enode` URL of the contact.
    public var enode: EnodeURL {
        EnodeURL(publicKey: publicKey, host: .address(ip), tcpPort: tcpPort, udpPort: udpPort)
    }
}
