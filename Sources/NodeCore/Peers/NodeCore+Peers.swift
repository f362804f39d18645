import DevP2P
import EthCrypto
import EthWire
import Gossip
import KeyValue
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Topics

// What the node knows of its peers over a restart, and how it treats those that it has reason to doubt.
extension NodeCore {
    /// The peer book with what an earlier run has kept, and the archive that it came from.
    static func openPeers(
        _ configuration: NodeConfiguration, _ filter: any CandidateFilter, _ store: any KeyValueStore,
        random: NodeRandom,
        now: Instant
    ) -> (PeerBook, PeerArchive) {
        var limits = PeerLimits(maxPeers: configuration.maxPeers)
        limits.minDialed = 8
        limits.minNodeIDWork = configuration.minNodeIDWork
        var peers = PeerBook(
            limits: limits, table: configuration.reputation, localID: configuration.key.publicKey.nodeID,
            random: random, now: now)
        peers.candidateFilter = filter
        var archive = PeerArchive(store, now: now)
        archive.noteLosses(peers.restore(archive.load(), now: now))
        // After what was kept: the operator's word counts more than any ban.
        for contact in configuration.staticPeers { peers.addStatic(contact, now: now) }
        for key in configuration.trustedPeers { peers.addTrusted(key.nodeID, now: now) }
        return (peers, archive)
    }

    /// Writes what has changed of the peers since it was written last.
    mutating func keepPeers(isLast: Bool = false) {
        let records = peers.memory(now: now)
        if let write = archive.write(records, now: now) {
            run(Job(name: "keep peers", outlivesStop: true) { write() }, for: .archive)
        }
        if isLast { archive.close() }
    }

    mutating func peersKept(_ result: PeerArchive.WriteResult) {
        archive.finished(result)
        if let error = result.error { emit(.peersForgotten("the peers can't be kept: \(error)")) }
    }

    /// A peer names nodes. What it says of their addresses holds only for nodes that are unknown here, and only where the
    /// peer can know it.
    mutating func hear(of contacts: [MeshContact], from peer: Peer) {
        for contact in contacts {
            let (ip, port) = (contact.endpoint.ip, contact.endpoint.port)
            guard RelayRules.mayName(ip, port: port, from: peer.endpoint.ip),
                (try? contact.publicKey.validated()) != nil
            else { continue }
            peers.addCandidate(
                NodeContact(publicKey: contact.publicKey, ip: ip, udpPort: 0, tcpPort: port),
                from: .hearsay(by: peer.id), now: now)
        }
    }

    /// Whether to look at a message at all. Of a peer that is ignored no gossip is, and a request only every other second;
    /// answers to the node's own requests are, so that the chain can still be fetched from it.
    ///
    /// Nothing that is left out here is marked as seen: it is news when another peer brings it.
    mutating func isWelcome(_ message: UInt8, of index: Int, from id: ConnectionID) -> Bool {
        guard let peer = connections[id]?.peer, peers.isIgnored(peer.id, now: now) else { return true }
        switch host(of: index).use(of: message) {
        case .gossip: return false
        case .request:
            let ration = connections[id]?.ration ?? TokenBucket(burst: 2, perSecond: 0.5, now: now)
            connections[id]?.ration = ration
            return connections[id]?.ration?.take(now: now) ?? true
        case .other: return true
        }
    }
}
