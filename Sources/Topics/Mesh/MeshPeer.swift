import DevP2P
import SansIO

/// What a mesh keeps of a peer, in a slot of its list.
struct MeshPeer: Sendable {
    /// Nil where the slot is free.
    var connection: ConnectionID?
    /// Stays the same when the node comes back.
    var identity: UInt64 = 0
    var isOutbound = false
    /// Broken promises and breaches; decays.
    var penalty = 0.0
    /// Messages that it is being asked for.
    var wanted = 0
    // Since the last heartbeat.
    var haves = 0
    var haveIDs = 0
    var wantIDs = 0
    var servedBytes = 0
    var dontWantIDs = 0

    /// Whether a heartbeat changes nothing of it.
    var isAtRest: Bool {
        penalty == 0 && haves == 0 && haveIDs == 0 && wantIDs == 0 && servedBytes == 0 && dontWantIDs == 0
    }

    mutating func beginBeat(_ limits: TopicLimits) {
        penalty = (penalty * limits.penaltyDecay).vanishing
        (haves, haveIDs, wantIDs, servedBytes, dontWantIDs) = (0, 0, 0, 0, 0)
    }
}

/// What a peer has done in a topic, and until when it may not be grafted.
struct TopicStanding: Sendable {
    /// Messages that it brought first; decays.
    var firstDeliveries = 0.0
    /// Messages that came from outside the mesh while it was in the mesh and didn't bring them; decays.
    var meshFailures = 0.0
    /// Messages that the owner of the topic rejected; decays.
    var invalid = 0.0
    /// Since when it is in the mesh.
    var graftedAt: Instant?
    /// When it left the mesh.
    var prunedAt: Instant?
    var backoffUntil: Instant?

    mutating func beginBeat(_ limits: TopicLimits) {
        firstDeliveries = (firstDeliveries * limits.firstDeliveryDecay).vanishing
        meshFailures = (meshFailures * limits.meshFailureDecay).vanishing
        invalid = (invalid * limits.invalidDecay).vanishing
    }

    func isBackedOff(_ now: Instant) -> Bool { backoffUntil.map { $0 > now } ?? false }
}

extension Double {
    /// Zero where it is next to nothing (gossipsub's DecayToZero).
    fileprivate var vanishing: Double { self < 0.01 ? 0 : self }
}

/// A topic of this node.
struct MeshTopic: Sendable {
    /// Peers that have the topic.
    var subscribers = PeerSet()
    /// Those of them that get each message in full, and send it.
    var mesh = PeerSet()
    /// By the peer's slot.
    var standings: [TopicStanding] = []

    func standing(_ slot: Int) -> TopicStanding {
        standings.indices.contains(slot) ? standings[slot] : TopicStanding()
    }

    mutating func change(_ slot: Int, _ body: (inout TopicStanding) -> Void) {
        while standings.count <= slot { standings.append(TopicStanding()) }
        body(&standings[slot])
    }
}
