public import DevP2P
public import EthWire
public import Primitives

/// What a node says of itself when it is dialed.
public struct PeerReport: Sendable {
    public let endpoint: Endpoint
    public let publicKey: PublicKey
    /// Its Hello: client name, version of the base protocol, everything it announces.
    public let hello: PeerHello
    /// Its Status: network id, genesis, fork id and head. Nil where it shares no version of `eth` with the probe, or ended
    /// the connection first.
    public var status: EthStatus?
    /// Why the connection ended before its Status; nil where it didn't.
    public var ended: CloseCause?
    public var latencies: Latencies

    /// How long each step took, from the end of the one before.
    public struct Latencies: Sendable, Hashable {
        /// Until TCP was connected: one round trip.
        public var connect = Duration.zero
        /// For the key exchange: one round trip and some curve operations on each side.
        public var handshake = Duration.zero
        /// Until the peer's Hello.
        public var hello = Duration.zero
        /// Until the peer's Status.
        public var status: Duration?

        public init() {}
    }
}
