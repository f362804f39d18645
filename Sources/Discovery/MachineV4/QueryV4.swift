import NodeRecord
import Primitives
import SansIO

/// A question to a peer, from the ping that may have to come first to the last datagram of the answer.
///
///     bonding --pong--> awaitingPing --ping or 500 ms--> awaitingReply --answer or 500 ms--> (ended)
///        |                                                ^         |
///        +--no pong--> (ended)      proved already -------+         +--200 ms of silence--> asked once more
struct QueryV4: Sendable {
    enum Kind: Hashable, Sendable {
        case nodes(target: PublicKey)
        case record
    }

    enum Phase: Hashable, Sendable {
        /// Our ping is under way; its end moves the query on.
        case bonding
        /// The peer is given time to ping us and to get our pong: before that it would drop the question.
        case awaitingPing
        /// The question is under way.
        case awaitingReply
    }

    let contact: NodeContact
    let kind: Kind
    var phase: Phase = .bonding
    var deadline: Instant = .distantFuture
    /// The hashes of the question, at most one for each time it was asked.
    var hashes: [Hash32] = []
    /// Datagrams of the answer, and nodes named in them.
    var replies = 0
    var nodes = 0
    /// Datagrams that could be answers and were opened.
    var opened = 0

    /// Anyone who forges the peer's address can send what looks like `Neighbors` while they are awaited: enough are opened
    /// for the true ones to be among them, and few enough for all queries together to cost little.
    static let maxOpened = 64

    var peer: PeerAddress { PeerAddress(contact) }

    var isForNodes: Bool { kind != .record }

    /// Whether what a packet from this address says it answers is this question.
    func isAnswered(by answer: SealedV4.Answer, from ip: IPAddress) -> Bool {
        guard contact.ip == ip, phase == .awaitingReply, opened < Self.maxOpened else { return false }
        switch answer {
        case .ping: return false
        case .recordRequest(let hash): return !isForNodes && hashes.contains(hash)
        case .findNode: return isForNodes
        }
    }

    /// The question may have been lost, or have overtaken the pong that makes the peer answer.
    var mayAskAgain: Bool { replies == 0 && hashes.count < 2 }
}
