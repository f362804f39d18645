import Chain
import Consensus
import DevP2P
import EthWire
import Primitives
import SansIO

// Bodies from all peers, and what to do with complete blocks.
extension BlockDownloader {
    /// Asks every idle peer for the first bodies that nobody else is asked for, as far as there is room.
    mutating func requestBodies(_ now: Instant) {
        guard let current = session, case .fetching = current.phase else { return }
        for peer in idlePeers(master: current.master) {
            guard let entry = peers[peer.connection],
                peers.values.count(where: \.isFetchingBodies) < limits.maxBodyRequests
            else { return }
            let room = limits.maxQueuedBytes - held.bytes - queue.underway * queue.bodyEstimate
            // The body that everything waits for is fetched whatever else there is, or nothing would go on.
            let least = queue.isFirstMissing ? 1 : 0
            let limit = max(least, min(entry.bodiesPerRequest, room / max(1, queue.bodyEstimate)))
            let numbers = queue.missing(limit: limit, upTo: peer == current.master ? nil : entry.head.number)
            guard !numbers.isEmpty else { continue }
            let request = Request.bodies(session: current.id, numbers: numbers)
            guard let id = requests.ask(request, of: peer, timeout: limits.bodiesTimeout, now: now) else { continue }
            peers[peer.connection]?.fetching = numbers
            queue.markUnderway(numbers)
            outbox.append(.send(.getBlockBodies(requestID: id, queue.headers(numbers).map(\.hash)), to: peer))
        }
    }

    /// From when on everything waits for the body of the first block.
    mutating func noteFront(_ now: Instant) {
        let isLacking = queue.isFirstMissing || queue.isFirstUnderway
        if let number = queue.firstNumber, isLacking {
            if session?.stall?.number != number { session?.stall = (number, now, now + limits.stallPatience) }
        } else {
            session?.stall = nil
        }
        guard queue.isFirstUnderway, let number = queue.firstNumber else {
            session?.front = nil
            return
        }
        if session?.front?.number != number { session?.front = (number, now) }
    }

    /// Who was asked for the body that everything waits for takes his time. He may, but others are asked for all that he
    /// owes, and he comes last from now on: or a few peers that answer at the last moment would hold up all the others
    /// (Gethlighting, Heo et al., NDSS 2023).
    mutating func loseBodiesPatience(_ now: Instant) {
        guard let front = session?.front, front.since + limits.bodiesPatience <= now else { return }
        session?.front = nil
        for id in order where peers[id]?.fetching.contains(front.number) == true {
            queue.markMissing(peers[id]?.fetching ?? [])
            peers[id]?.bodiesPerRequest = 1
        }
    }

    /// The followed peer first, which has just answered for the headers, then the quickest.
    private func idlePeers(master: Peer) -> [Peer] {
        order.compactMap { peers[$0] }
            .filter { !$0.isFetchingBodies && !$0.lacksBodies }
            .sorted {
                ($0.peer == master ? 1 : 0, $0.bodiesPerRequest, $1.peer.connection) > (
                    $1.peer == master ? 1 : 0, $1.bodiesPerRequest, $0.peer.connection
                )
            }
            .map(\.peer)
    }

    mutating func takeBodies(_ bodies: EncodedList<BlockBody>, _ numbers: [UInt64], from peer: Peer) {
        guard bodies.count <= numbers.count else {
            queue.markMissing(numbers)
            exclude(peer, .protocolBreach)
            return
        }
        let count = bodies.count
        queue.markMissing(numbers.dropFirst(count))
        guard count > 0 else {
            // It doesn't have the blocks, which is no offence.
            peers[peer.connection]?.lacksBodies = true
            return
        }
        let earned = count < numbers.count ? count : count * 2
        let before = peers[peer.connection]?.bodiesPerRequest ?? 1
        let isCut = count < numbers.count
        peers[peer.connection]?.bodiesPerRequest = isCut ? earned : min(max(before, earned), limits.bodiesPerRequest)
        // Another peer may have been quicker.
        let lacking = zip(numbers, bodies.items()).filter { queue.lacksBody($0.0) }
        guard !lacking.isEmpty else { return }
        let answered = lacking.map(\.0)
        queue.markUnderway(answered)
        run(
            .bodies(EncodedList(encoded: lacking.map(\.1)), queue.headers(answered).map(\.header)),
            context: .bodies(numbers: answered, from: peer))
    }

    mutating func bodiesChecked(
        _ blocks: [(Block, bytes: Int)], areAllValid: Bool, _ numbers: [UInt64], from peer: Peer
    ) {
        for (block, size) in blocks { queue.fill(block, bytes: size) }
        queue.markMissing(numbers)
        if !areAllValid { exclude(peer, .invalidResponse) }
    }

    /// Reports a peer, and asks it for no more bodies in this session.
    mutating func exclude(_ peer: Peer, _ offence: Offence) {
        peers[peer.connection]?.lacksBodies = true
        outbox.append(.report(offence, by: peer))
    }

    /// Hands the blocks at the front over, if the importer is free.
    mutating func importReady() {
        guard importing == nil, let current = session, case .fetching = current.phase else { return }
        let ready = queue.takeReady(maxCount: limits.maxImportBlocks, maxBytes: limits.maxImportBytes)
        guard !ready.blocks.isEmpty else { return }
        let id = nextID()
        importing = Import(id: id, session: current.id, count: ready.blocks.count, bytes: ready.bytes)
        outbox.append(.importBlocks(ready.blocks, id: id))
    }

    /// Blocks have been imported; tells how far it is, unless that were all.
    ///
    /// That there is more is only said, by headers that anybody can make: behind one or two true blocks that gossip has
    /// yet to bring they must not make a signer think that it is behind, for it seals nothing then.
    mutating func announceProgress() {
        guard let current = session else { return }
        let isMore = !queue.isEmpty || !current.isExhausted
        if isMore, !current.isAnnounced, UInt64(current.validBlocks) >= limits.graceGap {
            session?.isAnnounced = true
            outbox.append(.started(target: max(current.target, local.number)))
        }
        if let progress { outbox.append(.progress(current: progress.current, target: progress.target)) }
    }

    mutating func importFailed(_ failure: ImportFailure, isCurrent: Bool, _ now: Instant) {
        guard isCurrent, let master = session?.master else { return }
        switch failure.error.cause {
        case .sender:
            outbox.append(.report(.invalidBlock, by: master))
            end(now, backOff: true)
        case .clock(let until):
            peers[master.connection]?.notBefore = wall.moment(of: until)
            peers[master.connection]?.isOfFuture = true
            end(now, backOff: false)
        case .local:
            end(now, backOff: true)
        }
    }

    /// A request that won't be answered: what it was for is to be asked of others.
    mutating func giveBack(_ request: Request, _ now: Instant) {
        switch request {
        case .headers(let owner, _):
            if owner == session?.id { stopHeaders(now) }
        case .bodies(let owner, let numbers):
            if owner == session?.id { queue.markMissing(numbers) }
        }
    }

    mutating func timedOut(_ failed: RequestTracker<Request>.Failed, _ now: Instant) {
        if let entry = peers[failed.connection] {
            outbox.append(.report(.requestTimeout, by: entry.peer))
            if case .bodies = failed.pending.pending {
                peers[failed.connection]?.fetching = []
                peers[failed.connection]?.bodiesPerRequest = max(1, entry.bodiesPerRequest / 2)
                peers[failed.connection]?.timeouts += 1
                // Once may be bad luck.
                peers[failed.connection]?.lacksBodies = entry.lacksBodies || entry.timeouts > 0
            }
        }
        giveBack(failed.pending.pending, now)
    }
}
