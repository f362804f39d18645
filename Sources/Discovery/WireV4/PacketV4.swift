public import NodeRecord
public import Primitives

/// The content of a discv4 datagram (discv4.md, EIP-868), without the signed envelope. Each `expiration` is the Unix
/// time in seconds after which the packet is invalid; each `enrSeq` the sequence number of the sender's record
/// (EIP-868).
public enum PacketV4: Hashable, Sendable {
    case ping(Ping)
    case pong(Pong)
    case findNode(FindNode)
    case neighbors(Neighbors)
    case enrRequest(ENRRequest)
    case enrResponse(ENRResponse)

    /// Requests a pong, and states the endpoints of both sides.
    public struct Ping: Hashable, Sendable {
        /// Always 4 when sent; never checked.
        public var version: UInt64 = 4
        /// The sender's own endpoint as it knows it; only the TCP port is used.
        public var from: EndpointV4
        /// The endpoint that the ping is sent to.
        public var to: EndpointV4
        /// The Unix time in seconds after which the packet is invalid.
        public var expiration: UInt64
        /// The sequence number of the sender's record (EIP-868).
        public var enrSeq: UInt64?

        public init(from: EndpointV4, to: EndpointV4, expiration: UInt64, enrSeq: UInt64?) {
            self.from = from
            self.to = to
            self.expiration = expiration
            self.enrSeq = enrSeq
        }
    }

    /// The response to a ping, which proves that its sender receives at its address.
    public struct Pong: Hashable, Sendable {
        /// The endpoint that the ping came from.
        public var to: EndpointV4
        /// The hash at the beginning of the ping's datagram.
        public var pingHash: Hash32
        public var expiration: UInt64
        public var enrSeq: UInt64?

        public init(to: EndpointV4, pingHash: Hash32, expiration: UInt64, enrSeq: UInt64?) {
            self.to = to
            self.pingHash = pingHash
            self.expiration = expiration
            self.enrSeq = enrSeq
        }
    }

    /// Requests the nodes nearest to Keccak-256 of `target`.
    public struct FindNode: Hashable, Sendable {
        /// Any 64 bytes; a random target is nobody's key.
        public var target: PublicKey
        public var expiration: UInt64

        public init(target: PublicKey, expiration: UInt64) {
            self.target = target
            self.expiration = expiration
        }
    }

    /// One packet of the response to `FindNode`.
    public struct Neighbors: Hashable, Sendable {
        /// The maximum number of nodes with IPv6 addresses that fit into one datagram (go-ethereum's `MaxNeighbors`).
        public static let maxNodes = 12

        /// The nodes nearest to the target that the sender knows.
        public var nodes: [Node]
        public var expiration: UInt64

        public init(nodes: [Node], expiration: UInt64) {
            self.nodes = nodes
            self.expiration = expiration
        }
    }

    /// A node relayed by a peer.
    public struct Node: Hashable, Sendable {
        /// The node's endpoint.
        public var endpoint: EndpointV4
        /// The node's key, which may not be on the curve.
        public var publicKey: PublicKey

        public init(endpoint: EndpointV4, publicKey: PublicKey) {
            self.endpoint = endpoint
            self.publicKey = publicKey
        }
    }

    /// Requests the peer's record (EIP-868).
    public struct ENRRequest: Hashable, Sendable {
        public var expiration: UInt64

        public init(expiration: UInt64) { self.expiration = expiration }
    }

    /// The response to `ENRRequest`. It has no expiration.
    public struct ENRResponse: Hashable, Sendable {
        /// The hash at the beginning of the request's datagram.
        public var requestHash: Hash32
        /// The record, whose signature is verified, but which may not be the peer's own.
        public var record: NodeRecord

        public init(requestHash: Hash32, record: NodeRecord) {
            self.requestHash = requestHash
            self.record = record
        }
    }
}
