public import NodeRecord
public import Primitives

/// What one discv4 datagram says (discv4.md, EIP-868), without the envelope that signs it.
public enum PacketV4: Hashable, Sendable {
    case ping(Ping)
    case pong(Pong)
    case findNode(FindNode)
    case neighbors(Neighbors)
    case enrRequest(ENRRequest)
    case enrResponse(ENRResponse)

    /// "Are you there?", and where the sender believes both ends to be.
    public struct Ping: Hashable, Sendable {
        /// Always written as 4; never checked.
        public var version: UInt64 = 4
        /// What the sender takes for its own endpoint; only its TCP port is of use.
        public var from: EndpointV4
        /// The endpoint that the ping is sent to.
        public var to: EndpointV4
        /// Unix seconds after which the packet is void.
        public var expiration: UInt64
        /// The version of the sender's record (EIP-868).
        public var enrSeq: UInt64?

        public init(from: EndpointV4, to: EndpointV4, expiration: UInt64, enrSeq: UInt64?) {
            self.from = from
            self.to = to
            self.expiration = expiration
            self.enrSeq = enrSeq
        }
    }

    /// The answer to a ping, which proves that its sender receives at its address.
    public struct Pong: Hashable, Sendable {
        /// The endpoint that the ping came from.
        public var to: EndpointV4
        /// The hash that the ping's datagram began with.
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

    /// Asks for the nodes nearest to the hash of `target`.
    public struct FindNode: Hashable, Sendable {
        /// Any 64 bytes; a random target is no key of anyone.
        public var target: PublicKey
        public var expiration: UInt64

        public init(target: PublicKey, expiration: UInt64) {
            self.target = target
            self.expiration = expiration
        }
    }

    /// Part of the answer to `FindNode`.
    public struct Neighbors: Hashable, Sendable {
        /// The most nodes that fit into one datagram with IPv6 addresses (go-ethereum's `MaxNeighbors`).
        public static let maxNodes = 12

        public var nodes: [Node]
        public var expiration: UInt64

        public init(nodes: [Node], expiration: UInt64) {
            self.nodes = nodes
            self.expiration = expiration
        }
    }

    /// A node that one peer names to another.
    public struct Node: Hashable, Sendable {
        public var endpoint: EndpointV4
        /// Not checked to be on the curve.
        public var publicKey: PublicKey

        public init(endpoint: EndpointV4, publicKey: PublicKey) {
            self.endpoint = endpoint
            self.publicKey = publicKey
        }
    }

    /// Asks for the peer's record (EIP-868).
    public struct ENRRequest: Hashable, Sendable {
        public var expiration: UInt64

        public init(expiration: UInt64) { self.expiration = expiration }
    }

    /// The answer to `ENRRequest`. It has no expiration.
    public struct ENRResponse: Hashable, Sendable {
        /// The hash that the request's datagram began with.
        public var requestHash: Hash32
        /// Verified, but not known to be the peer's own.
        public var record: NodeRecord

        public init(requestHash: Hash32, record: NodeRecord) {
            self.requestHash = requestHash
            self.record = record
        }
    }
}
