import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Topics

// What the node knows of its peers over a restart, and how it treats those that it has reason to doubt.
extension NodeCore {
    static func makePeerBook(_ configuration: NodeConfiguration, random: NodeRandom, now: Instant) -> PeerBook {
        var limits = PeerLimits(maxPeers: configuration.maxPeers)
        limits.minDialed = 8
        limits.minNodeIDWork = configuration.minNodeIDWork
        return PeerBook(
            limits: limits, table: configuration.reputation, localID: configuration.key.publicKey.nodeID,
            random: random, now: now)
    }

    /// Takes up what an earlier run has kept, then what the operator has given: his word counts more than any ban.
    mutating func restorePeers() {
        archive.noteLosses(peers.restore(archive.load(), now: now))
        for line in archive.takeLosses() { emit(.peersForgotten(line)) }
        for contact in configuration.staticPeers { peers.addStatic(contact, now: now) }
        for key in configuration.trustedPeers { peers.addTrusted(key.nodeID, now: now) }
    }

    /// Writes what has changed of the peers since it was written last.
    mutating func keepPeers(isLast: Bool = false) {
        let records = peers.memory(now: now)
        if let job = archive.write(records, now: now) { run(job, for: .archive(ticket: job.ticket)) }
        if isLast { archive.close() }
    }

    mutating func peersKept(_ ticket: UInt64) {
        guard let error = archive.finished(ticket) else { return }
        emit(.peersForgotten("the peers can't be kept: \(error)"))
    }

    /// A peer names nodes. What it says of their addresses holds only for nodes that are unknown here, and only where the
    /// peer can know it.
    mutating func hear(of contacts: [NodeContact], from peer: Peer) {
        for contact in contacts {
            guard RelayRules.mayName(contact.ip, port: contact.tcpPort, from: peer.endpoint.ip),
                (try? contact.publicKey.validated()) != nil
            else { continue }
            peers.addCandidate(contact, from: .hearsay(by: peer.id), now: now)
        }
    }

    /// Whether to look at a message at all. Of a peer that is ignored no gossip is, and a request only every other second;
    /// answers to the node's own requests are, so that the chain can still be fetched from it.
    ///
    /// Nothing that is left out here is marked as seen: it is news when another peer brings it.
    mutating func isWelcome(_ message: UInt8, of index: Int, from id: ConnectionID) -> Bool {
        guard let peer = connections[id]?.peer, peers.isIgnored(peer.id, now: now) else { return true }
        switch host(of: index).use(of: message, at: index) {
        case .gossip: return false
        case .request:
            let ration = connections[id]?.ration ?? TokenBucket(burst: 2, perSecond: 0.5, now: now)
            connections[id]?.ration = ration
            return connections[id]?.ration?.take(now: now) ?? true
        case .other: return true
        }
    }
}
