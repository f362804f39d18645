import SansIO

/// The parameters of gossipsub v1.1 with their defaults (libp2p/specs, pubsub/gossipsub, v1.0 and v1.1; go-libp2p-pubsub
/// where the specification names none).
struct GossipSubParameters: Sendable {
    var degree = 6
    var minDegree = 4
    var maxDegree = 12
    /// Of the mesh, those that this node has dialed.
    var outboundDegree = 2
    var lazyDegree = 6
    var gossipFactor = 0.25
    var heartbeat = Duration.seconds(1)
    var historyLength = 5
    var historyGossip = 3
    var pruneBackoff = Duration.seconds(60)
    /// After a back-off so long is waited on top, for clocks.
    var backoffSlack = Duration.seconds(1)
    /// Own messages go to all peers.
    var floodPublish = true
    /// So often a message is sent again to one peer that asks.
    var retransmissions = 3
    /// What a peer may announce between two heartbeats.
    var maxHaveMessages = 10
    var maxHaveLength = 5_000
}
