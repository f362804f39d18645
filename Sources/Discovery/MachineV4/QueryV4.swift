import NodeRecord
import Primitives
import SansIO

/// A query to a peer, from the ping that may be needed first to the last datagram of the response.
///
///     bonding --pong--> awaitingPing --ping or 500 ms--> awaitingReply --response or 500 ms--> (ended)
///        |                                                ^         |
///        +--no pong--> (ended)      proved already -------+         +--200 ms without response--> sent again once
struct QueryV4: Sendable {
    enum Kind: Hashable, Sendable {
        case nodes(target: PublicKey)
        case record
    }

    enum Phase: Hashable, Sendable {
        /// Our ping is pending; its result continues or ends the query.
        case bonding
        /// Waiting for the peer to ping us and to get our pong: before that it would ignore the request.
        case awaitingPing
        /// The request has been sent.
        case awaitingReply
    }

    let contact: NodeContact
    let kind: Kind
    var phase: Phase = .bonding
    var deadline: Instant = .distantFuture
    /// The hashes of the request, one for each time it was sent.
    var hashes: [Hash32] = []
    /// The number of datagrams of the response, and of nodes in them.
    var replies = 0
    var nodes = 0
    /// The number of admitted datagrams that may be responses.
    var opened = 0

    /// The maximum number of datagrams admitted per query: anyone who forges the peer's address can send packets that
    /// look like `Neighbors`. Enough for the true ones to be among them, and few enough to be cheap for all queries
    /// together.
    static let maxOpened = 64

    var peer: PeerAddress { PeerAddress(contact) }

    var isForNodes: Bool { kind != .record }

    /// Whether a packet from this address, which claims to be the response `answer`, may belong to this query.
    func isAnswered(by answer: SealedV4.Answer, from ip: IPAddress) -> Bool {
        guard contact.ip == ip, phase == .awaitingReply, opened < Self.maxOpened else { return false }
        switch answer {
        case .ping: return false
        case .recordRequest(let hash): return !isForNodes && hashes.contains(hash)
        case .findNode: return isForNodes
        }
    }

    /// Whether the request may be sent again: it may have been lost, or have overtaken the pong that the peer needs
    /// first.
    var maySendAgain: Bool { replies == 0 && hashes.count < 2 }
}
