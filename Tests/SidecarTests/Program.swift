import DevP2P
import EthCrypto
import Primitives

@testable import Sidecar

/// The other end of a session, as a program would write it: bytes only.
enum Program {
    static let capability = CapabilityDescriptor(
        name: CapabilityName("chat", version: 1), messageCount: 4,
        limits: IngressLimits(maxMessageBytes: 1000, maxBufferedBytes: 10_000, maxBufferedMessages: 10))

    static func frame(_ type: UInt8, _ body: [UInt8] = []) -> [UInt8] {
        let length = body.count + 1
        return [0, UInt8(length >> 16), UInt8(length >> 8 & 0xff), UInt8(length & 0xff), type] + body
    }

    static func number(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) } }

    static let attach = frame(0x01, [1] + Array("chat/1".utf8))

    static func key(_ number: UInt8) throws -> PublicKey {
        try PrivateKey([UInt8](repeating: number, count: 32)).publicKey
    }

    static func peer(_ number: UInt8) throws -> Peer {
        let key = try key(number)
        return Peer(
            connection: ConnectionID(rawValue: UInt64(number)), id: key.nodeID, publicKey: key, isInbound: number == 1,
            clientID: "peer/\(number)", endpoint: Endpoint(ip: .loopback, port: 30000))
    }

    /// A session that is being served, with nothing to write.
    static func attached(_ session: inout SidecarSession, as number: UInt64, peers: [Peer] = []) {
        _ = session.receive(attach[...])
        _ = session.grant(number)
        session.relay(.attached(number, peers: peers))
        while session.hasBytes { _ = session.takeBytes() }
    }

    static func session(maxQueuedMessages: Int = 100) throws -> SidecarSession {
        SidecarSession(
            capability, own: try key(9), maxQueuedMessages: maxQueuedMessages, maxQueuedBytes: 10_000)
    }

    /// Cuts what a node writes into frames.
    static func frames(_ bytes: [UInt8]) -> [(type: UInt8, body: [UInt8])] {
        var frames: [(UInt8, [UInt8])] = []
        var rest = bytes[...]
        while rest.count > 4 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            let frame = rest.dropFirst(4).prefix(length)
            frames.append((frame[frame.startIndex], Array(frame.dropFirst())))
            rest = rest.dropFirst(4 + length)
        }
        return frames
    }
}

extension SidecarSession {
    mutating func drain() -> [(type: UInt8, body: [UInt8])] {
        var bytes: [UInt8] = []
        while hasBytes { bytes += takeBytes() }
        return Program.frames(bytes)
    }
}
