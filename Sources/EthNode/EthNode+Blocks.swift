import Chain
import DevP2P
import EthCrypto
import EthWire
import Gossip
import NodeRecord
import Primitives
import SansIO
import Storage
import Sync
import Topics

// Blocks between this node and its peers: `blocks/1`, `eth`, and the downloader.
extension EthNode {
    mutating func sessionEvent(_ event: SessionEvent) {
        switch event {
        case .joined(let peer, let status, let said):
            intake.join(peer.connection, now: now)
            members[peer.connection] = peer
            downloader.peerJoined(peer, head: PeerHead(status.head), now: now)
            transactions.peerJoined(peer, pool: pool, now: now)
            tellHeadMoved(since: said, to: peer)
        case .left(let peer):
            downloader.peerLeft(peer, now: now)
            transactionPeerLeft(peer)
            intake.leave(peer.connection)
        case .message(let peer, let message): ethMessage(message, from: peer)
        }
    }

    private mutating func ethMessage(_ message: EthMessage, from peer: Peer) {
        switch message {
        case .blockHeaders(let id, let headers):
            downloader.headersReceived(headers, requestID: id, from: peer, now: now)
        case .blockBodies(let id, let bodies): downloader.bodiesReceived(bodies, requestID: id, from: peer, now: now)
        case .blockRangeUpdate(let range):
            downloader.headChanged(of: peer, to: PeerHead(hash: range.latestHash, number: range.latest), now: now)
        case .newBlockHashes(let blocks):
            guard let newest = blocks.max(by: { $0.number < $1.number }) else { return }
            let head = PeerHead(hash: newest.hash, number: newest.number)
            downloader.headChanged(of: peer, to: head, isOnlyHash: true, now: now)
        case .newBlock(let block, let totalDifficulty):
            guard intake.mayPush(peer, now: now) else { return report(.spam, by: peer) }
            noteTimestamp(of: block.header, from: peer)
            let head = PeerHead(hash: block.hash, number: block.number, totalDifficulty: totalDifficulty)
            downloader.headChanged(of: peer, to: head, now: now)
            take(PushedBlock(content: .encoded(block), source: BlockSource(peer: peer, path: .eth)))
        case .transactions, .newPooledTransactionHashes, .getPooledTransactions, .pooledTransactions:
            transactionMessage(message, from: peer)
        case .receipts: report(.unsolicitedResponse, by: peer)
        // Answered or refused by the session itself.
        case .status, .getBlockHeaders, .getBlockBodies, .getReceipts: break
        }
    }

    mutating func blocksEvent(_ event: BlockGossip.Event) {
        switch event {
        case .blocksWanted(let peer): blocksShared(with: peer)
        case .contacts(let contacts, let peer):
            let named = contacts.map {
                NodeContact(publicKey: $0.publicKey, ip: $0.endpoint.ip, udpPort: 0, tcpPort: $0.endpoint.port)
            }
            node.effects.append(.heard(named, from: peer.connection))
        case .assemble(let hash):
            let pool = pool
            withBlocks { $0.assemble(hash, from: pool, &$1) }
        case .announced(let hash, let number, let peer):
            downloader.headChanged(of: peer, to: PeerHead(hash: hash, number: number), now: now)
        case .block(let block, let totalDifficulty, let peer):
            emit(.blockArrived(hash: block.hash, number: block.number, at: now, sealedHere: false))
            noteTimestamp(of: block.header, from: peer)
            let head = PeerHead(hash: block.hash, number: block.number, totalDifficulty: totalDifficulty)
            downloader.headChanged(of: peer, to: head, now: now)
            take(PushedBlock(content: .block(block), source: BlockSource(peer: peer, path: .gossip)))
        }
    }

    /// Passes a block on that is in the chain now, and whose body was checked here.
    ///
    /// - Parameters:
    ///   - peer: where it came from; nil for a block of our own, and for one that was downloaded.
    ///   - isOwn: whether this node has sealed it.
    mutating func relay(_ block: Block, totalDifficulty: UInt256, from peer: Peer?, isOwn: Bool = false) {
        withBlocks { $0.publish(block, totalDifficulty: totalDifficulty, isOwn: isOwn, &$1) }
        // go-ethereum drops peers that send it blocks, and speaks eth/69; older clients wait for them.
        let others = eth.peers.filter {
            !EthVersion(of: $0).hasBlockRange && eth.capability.isOpen($0) && blocks.peer($0.connection) == nil
                && $0 != peer
        }
        guard !others.isEmpty else { return }
        let wanted = Int(Double(others.count).squareRoot().rounded(.up))
        let pushed = others.prefix(pushes(wanted, bytes: block.approximateBytes))
        sendEth(.newBlock(block, totalDifficulty: totalDifficulty), to: Array(pushed))
        let announcement = BlockAnnouncement(hash: block.hash, number: block.number)
        sendEth(.newBlockHashes([announcement]), to: Array(others.dropFirst(pushed.count)))
    }

    /// Passes on a new head that the downloader has fetched. Usually others had it first; but where it was only
    /// announced, by an `eth` peer without `blocks/1`, those who are connected to nobody else wait for it. While the
    /// node catches up, its heads are no news to anybody.
    mutating func relayDownloaded(_ blocks: [Block], head: ChainHead?) {
        guard let head, !isSyncing, let block = blocks.last(where: { $0.hash == head.hash }) else { return }
        relay(block, totalDifficulty: head.totalDifficulty, from: nil)
    }

    /// Tells peers on eth/69 where the chain ends, now and then (EIP-7642).
    mutating func announceRange() {
        let range = eth.capability.chain.range
        let moved = range.latest < announcedLatest || range.latest - announcedLatest >= EthLimits.rangeUpdateBlocks
        guard moved else { return }
        announcedLatest = range.latest
        sendEth(.blockRangeUpdate(range), to: eth.peers.filter { EthVersion(of: $0).hasBlockRange })
    }

    /// Carries out what the downloader wants.
    ///
    /// - Returns: whether there was anything.
    mutating func carryOutDownloads() -> Bool {
        let actions = downloader.takeActions()
        for action in actions {
            switch action {
            case .send(let message, let peer): sendEth(message, to: [peer])
            case .run(let task):
                let store = store
                run("check a download") { .download(task.run(on: store)) }
            case .importBlocks(let blocks, let id): enqueue(.download(id: id, blocks))
            case .report(let offence, let peer): report(offence, by: peer)
            case .credit(let merit, let peer, let bytes, let latency):
                credit(merit, to: peer, bytes: bytes, latency: latency)
            case .started(let target): emit(.syncStarted(target: target))
            case .progress(let current, let target): emit(.syncProgress(current: current, target: target))
            case .finished(let number):
                emit(.syncFinished(number: number))
                planSealing()
            }
        }
        return !actions.isEmpty
    }
}

extension EthNode {
    /// A new block has come: it is as old as its way was long, unless one of the two clocks is wrong.
    private mutating func noteTimestamp(of header: Header, from peer: Peer) {
        guard header.number > chain.head.number, header.number <= chain.head.number &+ 64 else { return }
        let difference = Instant(unixSeconds: header.timestamp) - unixTime
        node.effects.append(.clockDifference(peer.connection, difference))
    }

    /// How many peers a block of this size can be pushed to at once, of those that it would be pushed to.
    private mutating func pushes(_ wanted: Int, bytes: Int) -> Int {
        let affordable = min(wanted, node.uploadRoom / max(1, bytes))
        if affordable < wanted { node.effects.append(.heldBack) }
        return affordable
    }
}

extension PeerHead {
    fileprivate init(_ head: EthStatus.Head) {
        switch head {
        case .totalDifficulty(let total, let hash): self.init(hash: hash, totalDifficulty: total)
        case .range(let range): self.init(hash: range.latestHash, number: range.latest)
        }
    }
}
