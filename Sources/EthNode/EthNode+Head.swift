import Chain
import DevP2P
import EthWire
import Gossip
import Primitives
import SansIO
import Storage
import Sync

// Peers that don't know of the head, since it moved when they couldn't be told, or since what they were sent was lost.
extension EthNode {
    /// A session is open. The peer takes the head for what Status said, and wasn't sent any block until now.
    mutating func tellHeadMoved(since said: Hash32, to peer: Peer) {
        if said != chain.head.hash { tellHead(to: [peer]) }
    }

    /// Tells peers of the head, each in the shortest form that it understands. Those that have it already don't mind.
    mutating func tellHead(to receivers: [Peer]) {
        let news = receivers.filter { saysRange(to: $0) }
        sendEth(.blockRangeUpdate(eth.capability.chain.range), to: news)
        let announcement = BlockAnnouncement(hash: chain.head.hash, number: chain.head.number)
        let others = receivers.filter { !saysRange(to: $0) }
        // To these go no announcements of eth (see `relay`).
        let gossiping = others.filter { blocks.peer($0.connection) != nil }
        if !gossiping.isEmpty { withBlocks { $0.announce(announcement, to: gossiping, &$1) } }
        let old = others.filter { blocks.peer($0.connection) == nil }
        sendEth(.newBlockHashes([announcement]), to: old)
    }

    /// Whether a peer is told by `eth` where the chain ends.
    private func saysRange(to peer: Peer) -> Bool {
        eth.peer(peer.connection).map { EthVersion(of: $0).hasBlockRange } ?? false
    }

    /// A peer shares `blocks/1`. One that shares `eth` too is told of the head when its session opens, which follows.
    mutating func blocksShared(with peer: Peer) {
        guard eth.peer(peer.connection) == nil else { return }
        members[peer.connection] = peer
        tellHead(to: [peer])
    }

    /// Nothing new has come for a while: those of whom it isn't known that they have the head are told of it.
    mutating func remindOfHead() {
        guard reminder.takeDue(now: now), !isSyncing, !isStopping else { return }
        let head = chain.head
        guard head.number > 0 else { return }
        let behind = members.sorted { $0.key < $1.key }.map(\.value).filter { peer in
            guard let theirs = downloader.head(of: peer) else { return true }
            if let number = theirs.number { return theirs.hash != head.hash && number <= head.number }
            return theirs.hash != head.hash && theirs.totalDifficulty.map { $0 <= head.totalDifficulty } ?? true
        }
        tellHead(to: behind)
    }
}
