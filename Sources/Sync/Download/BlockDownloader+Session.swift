import Chain
import Consensus
import DevP2P
import Primitives
import SansIO
import Storage

// Whom to follow, and when to begin and to end it.
extension BlockDownloader {
    /// Does whatever can be done now.
    mutating func proceed(_ now: Instant) {
        if session != nil {
            loseHeadersPatience(now)
            requestHeaders(now)
            requestBodies(now)
            importReady()
            noteFront(now)
            endStalled(now)
            finishIfDone(now)
        }
        if session == nil { start(now) }
    }

    /// When a peer that is waiting may be followed; nil where that doesn't depend on the time.
    var nextStart: Instant? {
        guard session == nil, importing == nil else { return nil }
        var earliest = nextProbeStart
        for peer in peers.values where peer.promise(over: local, slack: limits.behindSlack) != nil {
            earliest = min(earliest ?? peer.notBefore, peer.notBefore)
        }
        return earliest
    }

    /// When a peer that promises nothing may be followed; nil where that isn't due, whatever the time.
    private var nextProbeStart: Instant? {
        guard let nextProbe, isInDoubt else { return nil }
        var earliest: Instant?
        for peer in peers.values where isProbable(peer) {
            earliest = min(earliest ?? .distantFuture, max(peer.notBefore, nextProbe))
        }
        return earliest
    }

    /// Whether a peer has promised more than there is, and has come to nothing.
    public var isInDoubt: Bool {
        peers.values.contains { entry in
            entry.failures > 0 && (entry.promise(over: local, slack: limits.behindSlack).map { $0 > .zero } ?? false)
        }
    }

    /// Whether a peer promises nothing, but may have more by now; not one that says that it has no block at all.
    private func isProbable(_ entry: DownloadPeer) -> Bool {
        entry.head.hash != genesis.hash
            && !(entry.promise(over: local, slack: limits.behindSlack).map { $0 > .zero } ?? false)
    }

    func isKnown(_ head: PeerHead) -> Bool { head.hash == genesis.hash || recentHeads.contains(head.hash) }

    mutating func setLocal(_ head: ChainHead, _ now: Instant) {
        recentHeads.insert(head.hash, now: now)
        if head.hash != local.hash { nextProbe = now + limits.probeInterval }
        local = LocalHead(number: head.number, hash: head.hash, totalDifficulty: head.totalDifficulty)
        for id in order where peers[id]?.head.hash == head.hash { markHeadKnown(id) }
    }

    private mutating func markHeadKnown(_ id: ConnectionID) {
        peers[id]?.isHeadKnown = true
        peers[id]?.isWanted = false
        peers[id]?.fruitlessRuns = 0
    }

    /// Follows one of the peers that promise more than there is or have sent an unknown block, by lot, and others only
    /// where there is none. Not the one that promises most: a promise costs nothing, and half of the peers, each with a
    /// higher one than the other and late answers, would hold a node back for as long as they like (Gethlighting, Heo et
    /// al., NDSS 2023). A true chain may come from a peer that is itself behind; then the next one follows at once.
    private mutating func start(_ now: Instant) {
        guard importing == nil else { return }
        if let peer = probe(now) {
            nextProbe = now + limits.probeInterval
            let head = PeerHead(hash: local.hash, number: local.number)
            var narrow = limits
            narrow.overlap = limits.probeOverlap
            let search = AncestorSearch(genesis: genesis, top: local.number, limits: narrow)
            session = DownloadSession(id: nextID(), master: peer, head: head, local: local, isProbe: true, now: now)
            session?.phase = .searching(search)
            ask(search.probe.request, now)
            return
        }
        let candidates = candidates(now)
        guard !candidates.isEmpty else { return }
        let master = candidates[Int(random.next() % UInt64(candidates.count))]
        guard let head = peers[master.connection]?.head else { return }
        session = DownloadSession(id: nextID(), master: master, head: head, local: local, now: now)
        run(.find(head.hash), context: .head)
    }

    /// A peer that promises nothing and is to be asked now, by lot.
    private mutating func probe(_ now: Instant) -> Peer? {
        guard let nextProbe, nextProbe <= now, isInDoubt else { return nil }
        let others = order.compactMap { peers[$0] }.filter { $0.notBefore <= now && isProbable($0) }
        guard !others.isEmpty else { return nil }
        return others[Int(random.next() % UInt64(others.count))].peer
    }

    /// The peers that may be followed now.
    private func candidates(_ now: Instant) -> [Peer] {
        let ready = order.compactMap { id -> (peer: Peer, isAhead: Bool)? in
            guard let entry = peers[id], entry.notBefore <= now,
                let promise = entry.promise(over: local, slack: limits.behindSlack)
            else { return nil }
            return (entry.peer, promise > .zero || entry.isWanted)
        }
        let ahead = ready.filter(\.isAhead)
        return (ahead.isEmpty ? ready : ahead).map(\.peer)
    }

    /// The followed peer takes its time. It may: it has until the request's timeout. But where another one may be followed
    /// meanwhile, it is.
    private mutating func loseHeadersPatience(_ now: Instant) {
        guard let current = session, current.isAwaitingHeaders else { return }
        let waited = now - current.askedAt
        guard waited >= limits.headersPatience else { return }
        let patience = limits.patience(limits.headersPatience, upTo: limits.headersTimeout, failures: masterFailures)
        session?.patience = waited < patience ? current.askedAt + patience : nil
        if mayFollowAnother(after: waited, patience: patience, now) { stopHeaders(now) }
    }

    /// Everything waits for a body that the followed peer doesn't send either, though it has shown the header: it may have
    /// made that up, and whoever it is asked of may take all of his time. Meanwhile blocks that others push don't follow the
    /// head any more, and nothing else would fetch what is between. So where another peer may be followed, it is. This is no
    /// offence: the line may be slow.
    private mutating func endStalled(_ now: Instant) {
        guard let current = session, let stall = current.stall else { return }
        let waited = now - stall.since
        guard waited >= limits.stallPatience else { return }
        let patience = limits.patience(limits.stallPatience, upTo: limits.bodiesTimeout, failures: masterFailures)
        session?.stall?.alarm = waited < patience ? stall.since + patience : nil
        let master = peers[current.master.connection]
        guard master.map({ $0.lacksBodies || $0.fetching.contains(stall.number) }) ?? true else { return }
        if mayFollowAnother(after: waited, patience: patience, now) { end(now, backOff: true) }
    }

    private var masterFailures: Int { (session?.master).flatMap { peers[$0.connection]?.failures } ?? 0 }

    /// Whether there is another peer to follow: any, once the patience with the followed one is over, and before that one
    /// that has come to nothing less often.
    private func mayFollowAnother(after waited: Duration, patience: Duration, _ now: Instant) -> Bool {
        candidates(now).contains { peer in
            let failures = peers[peer.connection]?.failures ?? 0
            return peer != session?.master && (waited >= patience || failures < masterFailures)
        }
    }

    /// The store has been asked for the head of the followed peer.
    mutating func headChecked(_ isKnown: Bool, _ now: Instant) {
        guard let current = session, let entry = peers[current.master.connection] else {
            end(now, backOff: false)
            return
        }
        guard !isKnown else {
            markHeadKnown(current.master.connection)
            end(now, backOff: false)
            return
        }
        let top = min(local.number, entry.head.number ?? local.number)
        let search = AncestorSearch(genesis: genesis, top: top, limits: limits)
        session?.phase = .searching(search)
        ask(search.probe.request, now)
    }

    /// The followed peer is asked for nothing more for a while. What is queued of its chain is still completed.
    mutating func stopHeaders(_ now: Instant) {
        guard let current = session else { return }
        peers[current.master.connection]?.fail(limits, now: now)
        session?.isAwaitingHeaders = false
        session?.patience = nil
        switch current.phase {
        case .checking, .searching: end(now, backOff: false)
        case .fetching: session?.isExhausted = true
        }
    }

    /// The followed peer has broken a rule.
    mutating func blameMaster(_ offence: Offence, _ now: Instant) {
        guard let current = session else { return }
        outbox.append(.report(offence, by: current.master))
        stopHeaders(now)
    }

    /// Drops the session. Answers that are still underway will be ignored.
    mutating func end(_ now: Instant, backOff: Bool) {
        guard let ended = session else { return }
        session = nil
        queue = BlockQueue(minBodyEstimate: limits.minBodyEstimate)
        tasks = [:]
        for id in order {
            peers[id]?.lacksBodies = false
            peers[id]?.timeouts = 0
        }
        if backOff { peers[ended.master.connection]?.fail(limits, now: now) }
        if ended.isAnnounced { outbox.append(.finished(number: local.number)) }
    }

    private mutating func finishIfDone(_ now: Instant) {
        guard let current = session, case .fetching = current.phase, importing == nil else { return }
        if queue.isEmpty, current.isExhausted, !current.isAwaitingHeaders {
            current.hasQueuedBlocks ? succeed(now) : endFruitless(now)
        } else if queue.isFirstMissing, !peers.values.contains(where: \.isFetchingBodies) {
            // Nobody has the body, not even the peer that sent the header.
            if peers[current.master.connection] != nil {
                outbox.append(.report(.uselessResponse, by: current.master))
            }
            end(now, backOff: true)
        }
    }

    /// Everything that the peer has shown is imported.
    private mutating func succeed(_ now: Instant) {
        guard let current = session else { return }
        let id = current.master.connection
        if let entry = peers[id], entry.notBefore <= now {
            peers[id]?.failures = 0
            peers[id]?.fruitlessRuns = 0
            if entry.head.hash == current.headShown {
                markHeadKnown(id)
            } else {
                // It has announced more than it has shown. Others come first, so that a peer that shows its chain in
                // morsels can't hold up the download.
                peers[id]?.notBefore = now + limits.announceGrace
            }
        }
        end(now, backOff: false)
    }

    /// The peer has announced a head that is unknown here, and has shown nothing that leads to it. Once this may be
    /// because gossip was quicker or the peer's head has just moved; twice in a row it is useless.
    private mutating func endFruitless(_ now: Instant) {
        guard let current = session else { return }
        guard !current.isProbe else { return end(now, backOff: false) }
        let master = current.master
        let runs = (peers[master.connection]?.fruitlessRuns ?? 0) + 1
        peers[master.connection]?.fruitlessRuns = runs
        if runs > 1 {
            outbox.append(.report(.uselessResponse, by: master))
            end(now, backOff: true)
        } else {
            peers[master.connection]?.notBefore = now + limits.announceGrace
            end(now, backOff: false)
        }
    }

    mutating func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    mutating func run(_ work: DownloadTask.Work, context: TaskContext) {
        let id = nextID()
        tasks[id] = context
        outbox.append(.run(DownloadTask(id: id, work: work)))
    }
}
