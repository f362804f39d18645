package import DevP2P
package import Primitives
package import SansIO

/// Puts blocks together from the compact forms that peers have sent: what is missing is asked for, each form of its own
/// sender, and where a form has misled the whole block is.
///
///     a form comes         -> add                  -> matched by `match`
///     it is complete       -> .complete            -> checked by the owner: right, or `resume` with the form refuted
///     something is missing -> .getTransactions     -> receivedTransactions, or the time-out
///     all forms misled     -> .getBlock            -> takeResponse, then blockCame or blockFailed
///
/// It knows nothing of what a form holds, so a simulation of indices runs the same code as a node. Everything is bounded
/// by `BlockGossipLimits`, with a share for each peer.
package struct BlockAssembly<Form: AssemblyForm>: Sendable {
    package enum Action: Sendable {
        case getTransactions(requestID: UInt64, Hash32, TransactionIndices, of: Peer)
        case getBlock(requestID: UInt64, Hash32, of: Peer)
        /// A form is complete, at this index. The block is no longer here.
        case complete(PartialBlock<Form>, form: Int)
        case report(Offence, Peer)
        /// A response was of use.
        case credit(Peer, bytes: Int, latency: Duration)
    }

    private let limits: BlockGossipLimits
    private(set) var partials = PartialBlocks<Form>()
    /// A peer's share times the peers that take part.
    private var requests: RequestTracker<BlockRequest>
    private var actions: [Action] = []

    /// - Parameter maxPeers: the peers that may owe responses at a time.
    package init(limits: BlockGossipLimits, maxPeers: Int) {
        self.limits = limits
        requests = RequestTracker(maxPerPeer: limits.maxRequestsPerPeer, maxCount: limits.maxRequestsPerPeer * maxPeers)
    }

    /// What is to be done since the last call, in order.
    package mutating func takeActions() -> [Action] {
        defer { actions = [] }
        return actions
    }

    /// When `deadlineReached` is wanted next.
    package var deadline: Instant? {
        guard let request = requests.deadline, let next = partials.deadline else {
            return requests.deadline ?? partials.deadline
        }
        return min(request, next)
    }

    // MARK: Forms

    /// Whether a form of this size is kept: each peer has a share of what is here.
    package func takes(bytes: Int, of hash: Hash32, from peer: Peer) -> Bool {
        partials.count(of: peer) < limits.maxPartialPerPeer && bytes <= limits.maxPartialBytes
            && partials[hash]?.takes(from: peer) ?? true
    }

    /// Keeps a form, for which `match` is wanted.
    package mutating func add(_ form: Form, of hash: Hash32, number: UInt64) {
        var partial = partials.take(hash) ?? PartialBlock(hash: hash, number: number)
        partial.add(form, limit: limits.maxForms)
        partials.insert(partial, limit: limits.maxPartialBytes)
    }

    /// Fills the new forms of a block, and asks for what they lack.
    package mutating func match(_ hash: Hash32, _ source: Form.Source, now: Instant) {
        guard var partial = partials.take(hash) else { return }
        partial.match(source)
        proceed(partial, now: now)
    }

    /// The number of a block that is here.
    func number(of hash: Hash32) -> UInt64? { partials[hash]?.number }

    /// Takes a block out: it is here by another way.
    package mutating func take(_ hash: Hash32) -> PartialBlock<Form>? { partials.take(hash) }

    /// Goes on with a block whose complete form turned out to be false.
    mutating func resume(_ partial: PartialBlock<Form>, now: Instant) { proceed(partial, now: now) }

    /// Forgets blocks that the chain has left behind.
    mutating func removeAll(below number: UInt64) { partials.removeAll(below: number) }

    mutating func peerLeft(_ peer: Peer, now: Instant) {
        for partial in partials.takeAll(of: peer) { proceed(partial, now: now) }
        for request in requests.peerLeft(peer) {
            failed(request.pending.pending, request.id, isAnswered: false, now: now)
        }
    }

    package mutating func deadlineReached(now: Instant) {
        while let late = requests.popTimedOut(now: now) {
            actions.append(.report(.requestTimeout, late.pending.pending.peer))
            failed(late.pending.pending, late.id, now: now)
        }
        while let partial = partials.takeDue(now) { proceed(partial, now: now) }
    }
}

// Asking.
extension BlockAssembly {
    /// The block is complete, or somebody is asked for what is missing.
    private mutating func proceed(_ partial: PartialBlock<Form>, now: Instant) {
        if let index = partial.complete { return actions.append(.complete(partial, form: index)) }
        var partial = partial
        ask(&partial, now: now)
        if !partial.isUnderway, partial.hasRefuted { askWhole(&partial, now: now) }
        // Where nobody is left it may come again from somebody else; whoever has misled is known by it then.
        if !partial.isUnderway { partial.removeSpent() }
        if partial.isUnderway || partial.hasRefuted { partials.insert(partial, limit: limits.maxPartialBytes) }
    }

    /// Asks senders of forms for what these lack. A form's indices mean something to its own sender only, so nobody is
    /// asked by the form of somebody else.
    private mutating func ask(_ partial: inout PartialBlock<Form>, now: Instant) {
        while let index = partial.next(now: now) {
            let form = partial.forms[index]
            let request = BlockRequest(
                kind: .transactions(of: partial.hash, count: form.missingCount), peer: form.sender)
            guard let id = requests.ask(request, of: form.sender, timeout: limits.transactionsTimeout, now: now) else {
                partial.spend(index)
                continue
            }
            let indices = partial.asked(index, id, next: now + limits.nextAskDelay)
            actions.append(.getTransactions(requestID: id, partial.hash, indices, of: form.sender))
        }
    }

    /// Asks the next one who may have it for a block of which a form has misled.
    private mutating func askWhole(_ partial: inout PartialBlock<Form>, now: Instant) {
        while let peer = partial.nextForWhole(limit: limits.maxWholeRequests) {
            let request = BlockRequest(kind: .whole(partial.hash), peer: peer)
            let id = requests.ask(request, of: peer, timeout: limits.requestTimeout, now: now)
            partial.askedWhole(peer, id)
            guard let id else { continue }
            return actions.append(.getBlock(requestID: id, partial.hash, of: peer))
        }
    }

    /// A request has come to nothing.
    ///
    /// - Parameter isAnswered: false where its peer has left, with all its forms.
    private mutating func failed(_ request: BlockRequest, _ id: UInt64, isAnswered: Bool = true, now: Instant) {
        switch request.kind {
        case .whole(let hash):
            guard var partial = partials.take(hash) else { return }
            partial.wholeEnded(id)
            proceed(partial, now: now)
        case .transactions(let hash, _):
            guard var partial = partials.take(hash) else { return }
            if isAnswered, let index = partial.form(askedFor: id, of: request.peer) { partial.spend(index) }
            proceed(partial, now: now)
        }
    }
}

// Responses.
extension BlockAssembly {
    /// A response with transactions. It is judged by what this peer was asked for, whatever has come from others since.
    ///
    /// - Parameters:
    ///   - count: the transactions in it.
    ///   - bytes: its size.
    ///   - decode: its content, read only where it is of use.
    package mutating func receivedTransactions(
        _ id: UInt64, count: Int, bytes: Int, from peer: Peer, now: Instant,
        decode: () throws(WireError) -> Form.Transactions
    ) {
        switch requests.answer(id, from: peer, bytes: bytes, now: now) {
        case .unsolicited: actions.append(.report(.unsolicitedResponse, peer))
        case .late:
            // It still helps, where nothing else has.
            if let partial = partials.take(askedFor: id, of: peer) {
                fill(partial, by: id, count, from: peer, nil, now: now, decode)
            }
        case .expected(let request):
            guard case .transactions(let hash, let wanted) = request.pending.kind else {
                actions.append(.report(.protocolBreach, peer))
                return failed(request.pending, id, now: now)
            }
            if count > 0, count != wanted { actions.append(.report(.protocolBreach, peer)) }
            if count == 0 { actions.append(.report(.uselessResponse, peer)) }
            // It may be complete by now in another way.
            guard let partial = partials.take(hash) else { return }
            let credit = Action.credit(peer, bytes: bytes, latency: now - request.sentAt)
            fill(partial, by: id, count, from: peer, credit, now: now, decode)
        }
    }

    /// Fills the form that a response is for, if it is still here, and what fits of others.
    private mutating func fill(
        _ partial: PartialBlock<Form>, by id: UInt64, _ count: Int, from peer: Peer, _ credit: Action?, now: Instant,
        _ decode: () throws(WireError) -> Form.Transactions
    ) {
        var partial = partial
        if let index = partial.form(askedFor: id, of: peer) {
            do throws(WireError) {
                if count != partial.forms[index].request?.indices.count {
                    partial.spend(index)
                } else if !partial.answered(index, try decode()) {
                    // Its own transactions don't have the ids that it gave: what it said is worth nothing.
                    actions.append(.report(.invalidResponse, peer))
                    partial.refute(index)
                } else if let credit {
                    actions.append(credit)
                }
            } catch {
                actions.append(.report(error.offence, peer))
                partial.spend(index)
            }
        }
        proceed(partial, now: now)
    }

    /// A response with whole blocks has come.
    ///
    /// - Returns: the block that was asked for, and when; nil for a response that nobody waits for. `blockCame` or
    ///   `blockFailed` follows.
    mutating func takeResponse(
        _ id: UInt64, bytes: Int, from peer: Peer, now: Instant
    ) -> (hash: Hash32, sentAt: Instant)? {
        switch requests.answer(id, from: peer, bytes: bytes, now: now) {
        case .unsolicited: actions.append(.report(.unsolicitedResponse, peer))
        case .late: break
        case .expected(let request):
            if case .whole(let hash) = request.pending.kind { return (hash, request.sentAt) }
            actions.append(.report(.protocolBreach, peer))
            failed(request.pending, id, now: now)
        }
        return nil
    }

    /// The whole block has come: its forms, if there are any, are to be judged by it.
    mutating func blockCame(_ hash: Hash32, by id: UInt64) -> PartialBlock<Form>? {
        var partial = partials.take(hash)
        partial?.wholeEnded(id)
        return partial
    }

    /// The peer that was asked hasn't given the block.
    mutating func blockFailed(_ hash: Hash32, by id: UInt64, of peer: Peer, now: Instant) {
        failed(BlockRequest(kind: .whole(hash), peer: peer), id, now: now)
    }
}
