import DevP2P
import Primitives
import RLP
import SansIO

/// What the members say to one another.
enum RoundRobinMessage: CapabilityMessage {
    case proposal(height: UInt64, round: UInt64, value: UInt64)
    case vote(height: UInt64, round: UInt64, value: UInt64)

    static let reservedIDs: UInt8 = 2

    var id: UInt8 { if case .proposal = self { 0 } else { 1 } }

    func encode(into writer: inout RLPWriter) {
        switch self {
        case .proposal(let height, let round, let value), .vote(let height, let round, let value):
            writer.list { for number in [height, round, value] { $0.write(number) } }
        }
    }

    init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        let (height, round, value) = try WireError.decodeList(payload) { (list) throws(RLPError) in
            (try list.read(UInt64.self), try list.read(UInt64.self), try list.read(UInt64.self))
        }
        switch id {
        case 0: self = .proposal(height: height, round: round, value: value)
        case 1: self = .vote(height: height, round: round, value: value)
        default: throw .unknownMessageID(id)
        }
    }
}

/// A toy consensus: members take turns to propose a number, all vote, and more than two thirds decide.
///
/// A turn that ends without a decision passes to the next member, so a member may crash; one that was away goes on with the
/// others' height and has missed what they decided. It shows the API and is not safe: it takes no care of liars, and where
/// messages take longer than the pace, members can decide differently.
struct RoundRobin: Capability {
    typealias Message = RoundRobinMessage

    struct Decision: Sendable, Equatable {
        let height, value: UInt64
    }

    typealias Event = Decision

    static let name = CapabilityName("toy", version: 1)

    let me: NodeID
    let size: Int
    let pace: Duration
    var height: UInt64 = 1
    var round: UInt64 = 0
    var votes: [NodeID: UInt64] = [:]
    /// All that were met, connected or not: whose turn it is must be the same everywhere.
    var members: [NodeID] = []

    mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        guard members.count < size else { return }
        members = Set(members + [me, peer.id]).sorted()
        if members.count == size { wait(&node) }
    }

    mutating func deadlineReached(_ node: inout CapabilityContext<Self>) {
        if leader == me, votes.isEmpty {
            let value = UInt64.random(in: 0..<1_000_000, using: &node.random)
            node.broadcast(.proposal(height: height, round: round, value: value))
            vote(value, &node)
        } else {
            begin(height, round &+ 1, &node)
        }
    }

    /// The leader proposes after the pace; the others give it three times that before they move on.
    func wait(_ node: inout CapabilityContext<Self>) {
        node.deadline = node.now + pace * (leader == me ? 1 : 4)
    }

    mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        guard members.count == size, members.contains(peer.id) else { return }
        switch message {
        case .proposal(let height, let round, _), .vote(let height, let round, _):
            // The others have decided without this member.
            if height > self.height { begin(height, round, &node) }
        }
        switch message {
        case .proposal(height, let round, let value) where round >= self.round:
            if round > self.round { begin(height, round, &node) }
            guard leader == peer.id else { return node.report(.protocolBreach, by: peer) }
            vote(value, &node)
        case .vote(height, round, let value):
            count(value, of: peer.id, &node)
        default: break  // of a height or round that is over, or of one to come
        }
    }

    var leader: NodeID { members[Int((height &+ round) % UInt64(members.count))] }

    mutating func begin(_ height: UInt64, _ round: UInt64, _ node: inout CapabilityContext<Self>) {
        (self.height, self.round, votes) = (height, round, [:])
        wait(&node)
    }

    mutating func vote(_ value: UInt64, _ node: inout CapabilityContext<Self>) {
        node.broadcast(.vote(height: height, round: round, value: value))
        node.deadline = node.now + pace * 4
        count(value, of: me, &node)
    }

    mutating func count(_ value: UInt64, of member: NodeID, _ node: inout CapabilityContext<Self>) {
        votes[member] = value
        guard votes.values.count(where: { $0 == value }) * 3 > size * 2 else { return }
        node.emit(Decision(height: height, value: value))
        begin(height &+ 1, 0, &node)
    }
}
