import RLP
import SansIO

@testable import DevP2P

/// A capability as a user would write it: a ball that goes to and fro, a greeting to all, some work for a job.
struct PingPong: Capability {
    enum Message: CapabilityMessage, Equatable {
        case ball(hits: UInt64)
        case greeting(String)

        static let reservedIDs: UInt8 = 4

        var id: UInt8 {
            switch self {
            case .ball: 0
            case .greeting: 1
            }
        }

        func encode(into writer: inout RLPWriter) {
            writer.list { list in
                switch self {
                case .ball(let hits): list.write(hits)
                case .greeting(let text): list.write(text.utf8)
                }
            }
        }

        init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
            switch id {
            case 0:
                let hits = try WireError.decodeList(payload) { (list) throws(RLPError) in try list.read(UInt64.self) }
                guard hits <= 1000 else { throw .limitExceeded(limit: 1000) }
                self = .ball(hits: hits)
            case 1:
                let text = try WireError.decodeList(payload) { (list) throws(RLPError) in try list.readBytes(limit: 100)
                }
                guard let text = String(validating: text, as: UTF8.self) else { throw .ruleBroken }
                self = .greeting(text)
            default: throw .unknownMessageID(id)
            }
        }
    }

    enum Event: Sendable, Equatable {
        case started
        case joined(ConnectionID)
        case received(Message)
        case left(ConnectionID)
        case woke(Instant)
        case worked(Int)
    }

    static let name = CapabilityName("ball", version: 1)
    static let limits = IngressLimits(maxMessageBytes: 200, maxBufferedBytes: 10_000, maxBufferedMessages: 10)

    /// The ball is dropped after this many hits.
    var rallyLength: UInt64 = 10

    mutating func started(_ node: inout CapabilityContext<Self>) {
        node.emit(.started)
        node.deadline = node.now + .seconds(60)
    }

    mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        node.emit(.joined(peer.connection))
        if !peer.isInbound { node.send(.ball(hits: 1), to: peer) }
    }

    mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        node.emit(.received(message))
        guard case .ball(let hits) = message, hits < rallyLength else { return }
        node.send(.ball(hits: hits + 1), to: peer)
    }

    mutating func peerLeft(_ peer: Peer, _ node: inout CapabilityContext<Self>) { node.emit(.left(peer.connection)) }

    mutating func deadlineReached(_ node: inout CapabilityContext<Self>) {
        node.emit(.woke(node.now))
        node.broadcast(.greeting("hello to all of you"))
        node.run("add") { 20 + 22 }
    }

    mutating func jobCompleted(_ result: Int, _ node: inout CapabilityContext<Self>) { node.emit(.worked(result)) }
}
