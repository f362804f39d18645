import SansIO

/// Plain flooding: whoever gets a block for the first time sends all of it to all its peers but the one it came from.
struct FloodRelay: Relay {
    enum Message: SpreadMessage {
        case block(Int)

        func byteCount(carrying blockBytes: Int) -> Int { WireSizes.newBlock(blockBytes) }

        var kind: RelayMessageKind {
            switch self {
            case .block(let block): .block(block)
            }
        }

        static func announcement(of block: Int) -> Self { .block(block) }
    }

    private let peers: PeerMask
    /// Whom each block came from first; -1 where it is the node's own.
    private var sources: [Int: Int] = [:]

    init(_ seat: RelaySeat, random: inout NodeRandom) { peers = PeerMask(all: seat.peers.count) }

    mutating func publish(_ block: Int, _ context: inout RelayContext<Message>) {
        sources[block] = -1
        context.send(.block(block), to: peers)
    }

    mutating func received(_ message: Message, from peer: Int, _ context: inout RelayContext<Message>) {
        guard case .block(let block) = message, sources[block] == nil else { return }
        sources[block] = peer
        context.complete(block)
    }

    mutating func validated(_ block: Int, _ context: inout RelayContext<Message>) {
        context.send(.block(block), to: peers.filter { $0 != sources[block] })
    }

    mutating func executed(_ block: Int, _ context: inout RelayContext<Message>) {}

    var deadline: Instant? { nil }

    mutating func deadlineReached(_ context: inout RelayContext<Message>) {}
}
