import SansIO

/// Blocks as `eth` has them travel before the merge (devp2p/caps/eth.md, block propagation): whole to the square root of
/// the peers once the header is checked, by hash to the rest once the block is executed; who hears of a hash and doesn't
/// get the block asks for header and body.
struct EthRelay: Relay {
    enum Message: SpreadMessage {
        case newBlock(Int)
        case newBlockHashes(Int)
        case getBlockHeaders(Int)
        case blockHeaders(Int)
        case getBlockBodies(Int)
        case blockBodies(Int)

        func byteCount(carrying blockBytes: Int) -> Int {
            switch self {
            case .newBlock: WireSizes.newBlock(blockBytes)
            case .newBlockHashes: WireSizes.newBlockHashes(1)
            case .getBlockHeaders: WireSizes.getBlockHeaders
            case .blockHeaders: WireSizes.blockHeaders
            case .getBlockBodies: WireSizes.getBlockBodies
            case .blockBodies: WireSizes.blockBodies(blockBytes)
            }
        }

        var kind: RelayMessageKind {
            switch self {
            case .newBlock(let block), .blockBodies(let block): .block(block)
            case .newBlockHashes: .announcement
            case .getBlockHeaders, .getBlockBodies: .request
            case .blockHeaders: .part
            }
        }

        static func announcement(of block: Int) -> Self { .newBlockHashes(block) }
    }

    /// How long an announced block may come by itself (go-ethereum's block fetcher: arriveTimeout), and an answer may take
    /// (fetchTimeout).
    static let announceWait = Duration.milliseconds(500)
    static let fetchTimeout = Duration.seconds(5)

    private struct State {
        var isHere = false
        /// Executed: it can be asked for.
        var isServed = false
        /// Peers that have it, as far as this node knows.
        var holders = PeerMask()
        /// Who announced it and wasn't asked.
        var announcers = PeerMask()
        var asked: Int?
        var due: Instant?
    }

    private let peers: PeerMask
    private var states: [Int: State] = [:]
    private var due: DeadlineHeap<Int> = DeadlineHeap()

    init(_ seat: RelaySeat, random: inout NodeRandom) { peers = PeerMask(all: seat.peers.count) }

    mutating func publish(_ block: Int, _ context: inout RelayContext<Message>) {
        states[block] = State(isHere: true)
        push(block, &context)
        executed(block, &context)
    }

    mutating func arriving(_ block: Int, from peer: Int, _ context: inout RelayContext<Message>) {
        states[block, default: State()].holders.insert(peer)
        due.set(block, to: nil)
    }

    mutating func received(_ message: Message, from peer: Int, _ context: inout RelayContext<Message>) {
        switch message {
        case .newBlock(let block), .blockBodies(let block):
            states[block, default: State()].holders.insert(peer)
            guard states[block]?.isHere == false else { return }
            states[block]?.isHere = true
            due.set(block, to: nil)
            context.complete(block)
        case .newBlockHashes(let block):
            states[block, default: State()].holders.insert(peer)
            guard states[block]?.isHere == false else { return }
            states[block]?.announcers.insert(peer)
            if due[block] == nil { due.set(block, to: context.now + Self.announceWait) }
        case .getBlockHeaders(let block):
            if states[block]?.isServed == true { context.send(.blockHeaders(block), to: peer) }
        case .blockHeaders(let block):
            guard let state = states[block], !state.isHere, state.asked == peer else { return }
            context.send(.getBlockBodies(block), to: peer)
        case .getBlockBodies(let block):
            if states[block]?.isServed == true { context.send(.blockBodies(block), to: peer) }
        }
    }

    /// The square root of the peers that don't have it, rounded down (go-ethereum, BroadcastBlock).
    mutating func validated(_ block: Int, _ context: inout RelayContext<Message>) { push(block, &context) }

    private mutating func push(_ block: Int, _ context: inout RelayContext<Message>) {
        let others = peers.subtracting(states[block]?.holders ?? PeerMask())
        let chosen = others.draw(Int(Double(others.count).squareRoot()), &context.random)
        for peer in chosen { states[block]?.holders.insert(peer) }
        context.send(.newBlock(block), to: chosen)
    }

    mutating func executed(_ block: Int, _ context: inout RelayContext<Message>) {
        states[block]?.isServed = true
        let others = peers.subtracting(states[block]?.holders ?? PeerMask())
        for peer in others { states[block]?.holders.insert(peer) }
        context.send(.newBlockHashes(block), to: others)
    }

    var deadline: Instant? { mutating get { due.next } }

    mutating func deadlineReached(_ context: inout RelayContext<Message>) {
        while let block = due.popDue(context.now) {
            guard let peer = states[block]?.announcers.randomElement(using: &context.random) else { continue }
            states[block]?.announcers.remove(peer)
            states[block]?.asked = peer
            context.send(.getBlockHeaders(block), to: peer)
            due.set(block, to: context.now + Self.fetchTimeout)
        }
    }
}

extension PeerMask {
    /// A member, drawn; nil where there is none.
    func randomElement(using random: inout NodeRandom) -> Int? {
        guard !isEmpty else { return nil }
        var left = Int.random(in: 0..<count, using: &random)
        for place in self {
            if left == 0 { return place }
            left -= 1
        }
        return nil
    }
}
