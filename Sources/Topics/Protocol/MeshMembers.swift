package import DevP2P
import Primitives
import SansIO

/// The peers of a capability with a mesh: what every such capability does alike, between the mesh and the wire.
///
///     a peer joins or leaves  -> join, leave   -> the mesh
///     a prune comes           -> received      -> the mesh; contacts that may be worth a dial
///     graft, prune, want, dontWant, offence    -> carryOut -> the peer
package struct MeshMembers: Sendable {
    private struct Member: Sendable {
        let peer: Peer
        /// Prunes that name nodes.
        var referrals: TokenBucket
    }

    private var members: [ConnectionID: Member] = [:]

    package init() {}

    /// The peer of a connection; nil for one that has left.
    package subscript(connection: ConnectionID) -> Peer? { members[connection]?.peer }

    /// - Returns: false where the mesh has as many peers as it takes; the peer takes no part then.
    package mutating func join<C: Capability>(
        _ peer: Peer, _ mesh: inout TopicMesh, _ node: inout CapabilityContext<C>
    ) -> Bool {
        let limits = mesh.limits
        members[peer.connection] = Member(
            peer: peer,
            referrals: TokenBucket(burst: limits.referralBurst, perSecond: limits.referralsPerSecond, now: node.now))
        let identity = peer.id.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        return mesh.peerJoined(
            peer.connection, identity: identity, isOutbound: !peer.isInbound, now: node.now, random: &node.random)
    }

    package mutating func leave<C: Capability>(
        _ peer: Peer, _ mesh: inout TopicMesh, _ node: inout CapabilityContext<C>
    ) {
        members[peer.connection] = nil
        mesh.peerLeft(peer.connection, now: node.now)
    }

    /// A peer has taken this node out of its mesh of a topic. A node cuts its meshes once a second and then leaves whom it
    /// pruned alone for a minute, so it has no reason to name others often: more than the rate is spam.
    ///
    /// - Returns: the contacts, if they are to be believed.
    package mutating func received<C: Capability>(
        _ prune: MeshPrune, of topic: Int, from peer: Peer, _ mesh: inout TopicMesh,
        _ node: inout CapabilityContext<C>
    ) -> [MeshContact] {
        let backoff = Duration.seconds(Int64(clamping: min(prune.seconds, 86_400)))
        let isBelieved = mesh.receivedPrune(topic, backoff: backoff, from: peer.connection, now: node.now)
        guard !prune.contacts.isEmpty else { return [] }
        guard members[peer.connection]?.referrals.take(now: node.now) == true else {
            node.report(.spam, by: peer)
            return []
        }
        return isBelieved ? prune.contacts : []
    }

    /// Sends what the mesh has to say of itself. Content and announcements are the capability's own.
    package func carryOut<C: Capability>(_ action: TopicAction, _ node: inout CapabilityContext<C>)
    where C.Message: MeshControl {
        switch action {
        case .graft(let topic, let connection): send(.graft(of: topic), to: [connection], &node)
        case .prune(let topic, let connection, let backoff, let instead):
            let seconds = UInt64(clamping: Int64(backoff.inSeconds.rounded(.up)))
            let prune = MeshPrune(seconds: seconds, contacts: contacts(instead, for: connection))
            send(.prune(of: topic, prune), to: [connection], &node)
        case .want(let ids, let connection):
            for part in ids.parts(of: TopicLimits.maxIDs) { send(.want(part), to: [connection], &node) }
        case .dontWant(let id, let connections): send(.dontWant([id]), to: connections, &node)
        case .offence(let offence, let connection): if let peer = self[connection] { node.report(offence, by: peer) }
        case .have, .send, .forget: break
        }
    }

    package func send<C: Capability>(
        _ message: C.Message, to connections: [ConnectionID], _ node: inout CapabilityContext<C>
    ) {
        node.broadcast(message, to: connections.compactMap { self[$0] })
    }

    /// What a peer is told of others: only those that this node has dialed are known to be reached there. Addresses of a
    /// local network are of no use outside.
    private func contacts(_ connections: [ConnectionID], for receiver: ConnectionID) -> [MeshContact] {
        guard let receiver = self[receiver] else { return [] }
        return connections.compactMap { self[$0] }
            .filter { !$0.isInbound && $0.endpoint.ip.isLAN == receiver.endpoint.ip.isLAN }
            .prefix(TopicLimits.maxContacts)
            .map { MeshContact(endpoint: $0.endpoint, publicKey: $0.publicKey) }
    }
}
