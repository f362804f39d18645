import DevP2P
import Primitives
import SansIO

/// One call of a capability, as a value, so that it can be made to hosts of any type.
enum HostCall {
    case started
    /// A peer shares the capability, in the version at this index of the node's list.
    case joined(Peer, index: Int)
    case received(ConnectionID, id: UInt8, payload: [UInt8])
    case left(ConnectionID)
    case deadlineReached
    case jobCompleted(any Sendable)
    case topicMessage(TopicMessage)
    case commandReceived(any Sendable)
}

extension CapabilityHosting {
    mutating func take(_ call: HostCall, now: Instant, random: inout NodeRandom, effects: inout [HostEffect]) {
        switch call {
        case .started: started(now: now, random: &random, effects: &effects)
        case .joined(let peer, let index): peerJoined(peer, index: index, now: now, random: &random, effects: &effects)
        case .received(let connection, let id, let payload):
            received(id: id, payload: payload, from: connection, now: now, random: &random, effects: &effects)
        case .left(let connection): peerLeft(connection, now: now, random: &random, effects: &effects)
        case .deadlineReached: deadlineReached(now: now, random: &random, effects: &effects)
        case .jobCompleted(let result): jobCompleted(result, now: now, random: &random, effects: &effects)
        case .topicMessage(let message): topicMessage(message, now: now, random: &random, effects: &effects)
        case .commandReceived(let command): commandReceived(command, now: now, random: &random, effects: &effects)
        }
    }
}
