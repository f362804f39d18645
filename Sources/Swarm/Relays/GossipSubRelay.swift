import SansIO

/// gossipsub v1.1 with one topic, whose messages are blocks. Peer scores are off, as they are unless an application
/// sets their parameters: neither the specification nor the libraries have defaults for them.
struct GossipSubRelay: Relay {
    enum Message: SpreadMessage {
        case publish(Int)
        case ihave([Int])
        case iwant([Int])
        case graft
        case prune

        func byteCount(carrying blockBytes: Int) -> Int {
            switch self {
            case .publish: WireSizes.publish(blockBytes)
            case .ihave(let blocks): WireSizes.ihave(blocks.count)
            case .iwant(let blocks): WireSizes.iwant(blocks.count)
            case .graft: WireSizes.graft
            case .prune: WireSizes.prune
            }
        }

        var kind: RelayMessageKind {
            switch self {
            case .publish(let block): .block(block)
            case .ihave: .announcement
            case .iwant: .request
            case .graft, .prune: .control
            }
        }

        static func announcement(of block: Int) -> Self { .ihave([block]) }
    }

    private let parameters: GossipSubParameters
    private let peers: PeerMask
    private let outbound: PeerMask
    private(set) var mesh = PeerMask()
    /// Until when each peer may not be grafted.
    private var backoffs: [Instant]
    private var seen: Set<Int> = []
    /// Blocks that have come and aren't complete yet.
    private var arriving: Set<Int> = []
    private var sources: [Int: Int] = [:]
    /// The blocks of the last heartbeats, the newest first.
    private var history: [[Int]]
    /// How often each block was sent to a peer that asked, by block and peer.
    private var retransmitted: [Int: [Int: Int]] = [:]
    private var haveMessages: [Int: Int] = [:]
    private var haveLength: [Int: Int] = [:]
    private var nextBeat: Instant
    private var hasJoined = false

    init(_ seat: RelaySeat, random: inout NodeRandom) {
        parameters = seat.scenario.gossipSub
        peers = PeerMask(all: seat.peers.count)
        outbound = PeerMask(seat.peers.indices.filter { seat.peers[$0].isOutbound })
        backoffs = [Instant](repeating: Instant(nanoseconds: 0), count: seat.peers.count)
        history = [[Int]](repeating: [], count: parameters.historyLength)
        // Nodes don't beat at the same moment.
        nextBeat = seat.now + random.duration(below: parameters.heartbeat)
    }

    mutating func publish(_ block: Int, _ context: inout RelayContext<Message>) {
        seen.insert(block)
        history[0].append(block)
        context.send(.publish(block), to: parameters.floodPublish ? peers : mesh)
    }

    mutating func validated(_ block: Int, _ context: inout RelayContext<Message>) {
        history[0].append(block)
        context.send(.publish(block), to: mesh.filter { $0 != sources[block] })
        sources[block] = nil
    }

    mutating func executed(_ block: Int, _ context: inout RelayContext<Message>) {}

    mutating func arriving(_ block: Int, from peer: Int, _ context: inout RelayContext<Message>) {
        arriving.insert(block)
    }

    mutating func received(_ message: Message, from peer: Int, _ context: inout RelayContext<Message>) {
        switch message {
        case .publish(let block):
            guard seen.insert(block).inserted else { return }
            arriving.remove(block)
            sources[block] = peer
            context.complete(block)
        case .ihave(let blocks): receivedHave(blocks, from: peer, &context)
        case .iwant(let blocks): receivedWant(blocks, from: peer, &context)
        case .graft: receivedGraft(from: peer, &context)
        case .prune:
            mesh.remove(peer)
            backoffs[peer] = max(backoffs[peer], context.now + parameters.pruneBackoff)
        }
    }

    /// Whatever is unknown is asked for at once, of everybody who announces it.
    private mutating func receivedHave(_ blocks: [Int], from peer: Int, _ context: inout RelayContext<Message>) {
        haveMessages[peer, default: 0] += 1
        guard haveMessages[peer, default: 0] <= parameters.maxHaveMessages,
            haveLength[peer, default: 0] < parameters.maxHaveLength
        else { return }
        let unknown = blocks.filter { !seen.contains($0) && !arriving.contains($0) }
        guard !unknown.isEmpty else { return }
        haveLength[peer, default: 0] += unknown.count
        context.send(.iwant(unknown), to: peer)
    }

    private mutating func receivedWant(_ blocks: [Int], from peer: Int, _ context: inout RelayContext<Message>) {
        for block in blocks where history.contains(where: { $0.contains(block) }) {
            guard retransmitted[block]?[peer] ?? 0 < parameters.retransmissions else { continue }
            retransmitted[block, default: [:]][peer, default: 0] += 1
            context.send(.publish(block), to: peer)
        }
    }

    private mutating func receivedGraft(from peer: Int, _ context: inout RelayContext<Message>) {
        guard !mesh.contains(peer) else { return }
        let isFull = mesh.count >= parameters.maxDegree && !outbound.contains(peer)
        if backoffs[peer] > context.now || isFull {
            prune(peer, &context)
        } else {
            mesh.insert(peer)
        }
    }

    private mutating func prune(_ peer: Int, _ context: inout RelayContext<Message>) {
        mesh.remove(peer)
        backoffs[peer] = context.now + parameters.pruneBackoff
        context.send(.prune, to: peer)
    }

    private mutating func graft(_ chosen: PeerMask, _ context: inout RelayContext<Message>) {
        for peer in chosen { mesh.insert(peer) }
        context.send(.graft, to: chosen)
    }

    var deadline: Instant? { nextBeat }

    mutating func deadlineReached(_ context: inout RelayContext<Message>) {
        nextBeat = context.now + parameters.heartbeat
        haveMessages.removeAll(keepingCapacity: true)
        haveLength.removeAll(keepingCapacity: true)
        keepMesh(&context)
        gossip(&context)
        for block in history.removeLast() { retransmitted[block] = nil }
        history.insert([], at: 0)
    }

    private func eligible(_ now: Instant) -> PeerMask {
        PeerMask(peers.subtracting(mesh).filter { backoffs[$0] + parameters.backoffSlack <= now })
    }

    private mutating func keepMesh(_ context: inout RelayContext<Message>) {
        let now = context.now
        if mesh.count < parameters.minDegree || !hasJoined {
            hasJoined = true
            let missing = parameters.degree - mesh.count
            graft(eligible(now).draw(missing, &context.random), &context)
        }
        if mesh.count > parameters.maxDegree {
            var kept = mesh.intersection(outbound).draw(parameters.outboundDegree, &context.random)
            let rest = mesh.subtracting(kept)
            for peer in rest.draw(parameters.degree - kept.count, &context.random) { kept.insert(peer) }
            for peer in mesh.subtracting(kept) { prune(peer, &context) }
        }
        let dialed = mesh.intersection(outbound).count
        if mesh.count >= parameters.minDegree, dialed < parameters.outboundDegree {
            let missing = parameters.outboundDegree - dialed
            graft(eligible(now).intersection(outbound).draw(missing, &context.random), &context)
        }
    }

    private func gossip(_ context: inout RelayContext<Message>) {
        let blocks = history.prefix(parameters.historyGossip).flatMap(\.self)
        guard !blocks.isEmpty else { return }
        let outside = peers.subtracting(mesh)
        let count = max(parameters.lazyDegree, Int(parameters.gossipFactor * Double(outside.count)))
        context.send(.ihave(blocks), to: outside.draw(count, &context.random))
    }
}
