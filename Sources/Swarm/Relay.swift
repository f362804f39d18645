import SansIO

/// How a node passes blocks on: one policy of the comparison, as one node runs it.
///
/// Sans-IO: a call says what has happened, and appends to the context what is to be done. Blocks and peers are small
/// numbers: the place in the workload, the place in the node's list of peers.
protocol Relay: Sendable {
    associatedtype Message: RelayMessage

    init(_ seat: RelaySeat, random: inout NodeRandom)

    /// The node has made a block.
    mutating func publish(_ block: Int, _ context: inout RelayContext<Message>)

    mutating func received(_ message: Message, from peer: Int, _ context: inout RelayContext<Message>)

    /// A block has come in a form that isn't complete yet: it needn't be asked for, and is `received` once it is complete.
    mutating func arriving(_ block: Int, from peer: Int, _ context: inout RelayContext<Message>)

    /// A block that was `complete` has been checked as far as is needed before it may be passed on.
    mutating func validated(_ block: Int, _ context: inout RelayContext<Message>)

    /// It has been executed and is part of the node's chain.
    mutating func executed(_ block: Int, _ context: inout RelayContext<Message>)

    /// When `deadlineReached` is wanted next.
    var deadline: Instant? { mutating get }

    mutating func deadlineReached(_ context: inout RelayContext<Message>)
}

extension Relay {
    mutating func arriving(_ block: Int, from peer: Int, _ context: inout RelayContext<Message>) {}
}

/// What a node knows at its start.
struct RelaySeat: Sendable {
    let index: Int
    /// In which form this policy sends blocks.
    let form: BlockForm
    let peers: [PeerGraph.Edge]
    let scenario: PropagationScenario
    let load: BlockLoad
    let now: Instant
}

/// What a call may use, and where it puts what is to be done.
struct RelayContext<Message: RelayMessage> {
    enum Action {
        case send(Message, to: Int)
        /// The node has all of a block now.
        case complete(Int)
    }

    var now: Instant
    var random: NodeRandom
    private(set) var actions: [Action] = []

    init(now: Instant, random: NodeRandom) {
        self.now = now
        self.random = random
    }

    mutating func send(_ message: Message, to peer: Int) { actions.append(.send(message, to: peer)) }

    mutating func send(_ message: Message, to peers: some Sequence<Int>) {
        for peer in peers { actions.append(.send(message, to: peer)) }
    }

    mutating func complete(_ block: Int) { actions.append(.complete(block)) }

    mutating func removeActions() { actions.removeAll(keepingCapacity: true) }
}

/// A message between two nodes: its size is modelled, its content isn't.
protocol RelayMessage: Sendable {
    /// Its size on a connection in bytes: with frames, without TCP and IP.
    func byteCount(_ load: BlockLoad) -> Int

    var kind: RelayMessageKind { get }

    /// Says that this block can be had.
    static func announcement(of block: Int) -> Self
}

/// A message of a policy that leaves open in which form blocks are sent.
protocol SpreadMessage: RelayMessage {
    /// - Parameter blockBytes: the size of the block in it, if there is one, in the form in which it is sent.
    func byteCount(carrying blockBytes: Int) -> Int
}

extension SpreadMessage {
    func byteCount(_ load: BlockLoad) -> Int { byteCount(carrying: load.blockBytes) }
}

enum RelayMessageKind: Hashable, Sendable {
    /// A block, whole or compact.
    case block(Int)
    /// What belongs to a block but is none: headers, single transactions.
    case part
    case announcement
    case request
    /// Of meshes.
    case control
}
