import Chain
import DevP2P
import EthWire
import Primitives
import SansIO

// Headers of the followed peer: the search for the common ancestor, then one batch after the other.
extension BlockDownloader {
    mutating func ask(_ request: HeadersRequest, _ now: Instant) {
        guard let current = session else { return }
        let id = requests.ask(
            .headers(session: current.id, request), of: current.master, timeout: limits.headersTimeout, now: now)
        guard let id else {
            // The peer still owes answers to requests of earlier sessions.
            stopHeaders(now)
            return
        }
        session?.isAwaitingHeaders = true
        session?.askedAt = now
        session?.patience = now + limits.headersPatience
        outbox.append(.send(.getBlockHeaders(requestID: id, request), to: current.master))
    }

    /// Asks for the next batch if there is room for it.
    mutating func requestHeaders(_ now: Instant) {
        guard let current = session, case .fetching = current.phase, !current.isExhausted, !current.isAwaitingHeaders
        else { return }
        let (blocks, bytes) = held
        guard blocks + limits.headersPerRequest <= limits.maxQueuedBlocks, bytes < limits.maxQueuedBytes,
            current.frontier.number < .max
        else { return }
        ask(
            HeadersRequest(from: .number(current.frontier.number + 1), limit: UInt64(limits.headersPerRequest)), now)
    }

    mutating func headersDecoded(
        _ headers: [Header], _ hashes: [Hash32], known: Int?, request: HeadersRequest, _ now: Instant
    ) {
        guard let current = session, current.isAwaitingHeaders else { return }
        session?.isAwaitingHeaders = false
        session?.patience = nil
        switch current.phase {
        case .checking: break
        case .searching(var search):
            guard search.accepts(headers, hashes: hashes) else {
                blameMaster(.invalidResponse, now)
                return
            }
            switch search.narrow(headers, hashes: hashes, known: known) {
            case .ask(let probe):
                session?.phase = .searching(search)
                ask(probe.request, now)
            case .found(let ancestor, let followers):
                session?.phase = .fetching
                session?.frontier = ancestor
                take(followers, hashes.suffix(followers.count))
                session?.isExhausted = headers.count < Int(clamping: request.limit)
            }
        case .fetching:
            guard isContinuation(headers, hashes, of: current.frontier) else {
                // A first header on another branch means that the peer's head has moved there; that is no offence.
                let hasMoved = headers.first.map { $0.number == current.frontier.number + 1 } ?? false
                if hasMoved, isContinuation(headers.dropFirst(), hashes.dropFirst(), of: reference(headers, hashes)) {
                    session?.isExhausted = true
                } else {
                    blameMaster(.invalidResponse, now)
                }
                return
            }
            take(headers, hashes[...])
            session?.isExhausted = headers.count < Int(clamping: request.limit)
        }
    }

    private func reference(_ headers: [Header], _ hashes: [Hash32]) -> BlockReference {
        BlockReference(number: headers.first?.number ?? 0, hash: hashes.first ?? .zero)
    }

    /// Whether headers follow a block and each other.
    private func isContinuation(
        _ headers: some Sequence<Header>, _ hashes: some Sequence<Hash32>, of block: BlockReference
    ) -> Bool {
        var last = block
        for (header, hash) in zip(headers, hashes) {
            guard header.parentHash == last.hash, last.number < .max, header.number == last.number + 1 else {
                return false
            }
            last = BlockReference(number: header.number, hash: hash)
        }
        return true
    }

    private mutating func take(_ headers: [Header], _ hashes: ArraySlice<Hash32>) {
        guard let last = headers.last, let lastHash = hashes.last else { return }
        for (header, hash) in zip(headers, hashes) { queue.append(header, hash: hash) }
        let master = (session?.master).flatMap { peers[$0.connection] }
        if let announced = master?.head.hash, hashes.contains(announced) { session?.headShown = announced }
        session?.frontier = BlockReference(number: last.number, hash: lastHash)
        let target = max(session?.target ?? 0, last.number)
        session?.target = target
        session?.hasQueuedBlocks = true
    }
}

extension AncestorSearch.Probe {
    var request: HeadersRequest { HeadersRequest(from: .number(start), limit: UInt64(limit), skip: step - 1) }
}
