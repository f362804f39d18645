import DevP2P
import RLP
import SansIO

/// Which version of the toy protocol a `Vault` speaks.
protocol VaultVersion: Sendable {
    static var number: UInt64 { get }
}

enum Vault1: VaultVersion { static let number: UInt64 = 1 }
enum Vault2: VaultVersion { static let number: UInt64 = 2 }

/// Values that peers ask each other for, once both have named the same realm: a capability with a handshake of its own,
/// requests, and measured answers.
struct Vault<Version: VaultVersion>: Capability {
    enum Message: CapabilityMessage {
        case realm(UInt64)
        case ask(id: UInt64)
        case value(id: UInt64, [UInt8])

        static var reservedIDs: UInt8 { 3 }

        var id: UInt8 {
            switch self {
            case .realm: 0
            case .ask: 1
            case .value: 2
            }
        }

        func encode(into writer: inout RLPWriter) {
            writer.list { list in
                switch self {
                case .realm(let number), .ask(let number): list.write(number)
                case .value(let id, let bytes):
                    list.write(id)
                    list.write(bytes)
                }
            }
        }

        init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
            self = try WireError.decodeList(payload) { (list) throws(RLPError) in
                let number = try list.read(UInt64.self)
                return switch id {
                case 0: .realm(number)
                case 1: .ask(id: number)
                default: .value(id: number, Array(try list.readBytes(limit: 1000)))
                }
            }
        }
    }

    enum Event: Sendable {
        case ready(Peer)
        case refused(Peer)
        case left(Peer)
        case answered(Peer, ResponseRecord)
        case timedOut(Peer, ResponseRecord)
    }

    /// How many times to ask every peer that is ready.
    typealias Command = Int

    private enum Stage {
        case awaitingRealm
        case ready
    }

    static var name: CapabilityName { CapabilityName("vault", version: Version.number) }

    let realm: UInt64
    /// Of every how many requests the answer is left out; 0 for none.
    var skips = 0
    private var stages: [ConnectionID: Stage] = [:]
    private var requests = RequestTracker<Peer>(maxPerPeer: 16, maxCount: 64)
    private var asked = 0

    init(realm: UInt64, skips: Int = 0) {
        self.realm = realm
        self.skips = skips
    }

    mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        stages[peer.connection] = .awaitingRealm
        node.send(.realm(realm), to: peer)
    }

    mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        switch (stages[peer.connection], message) {
        case (.awaitingRealm, .realm(realm)):
            stages[peer.connection] = .ready
            node.emit(.ready(peer))
        case (.awaitingRealm, .realm):
            node.emit(.refused(peer))
            node.disconnect(peer, .subprotocolError)
        case (.ready, .ask(let id)):
            asked += 1
            if skips == 0 || asked % skips != 0 {
                node.send(.value(id: id, [UInt8](repeating: 7, count: 100)), to: peer)
            }
        case (.ready, .value(let id, let bytes)):
            guard case .expected = requests.answer(id, from: peer, bytes: bytes.count, now: node.now) else { return }
            if let record = requests.record(of: peer) { node.emit(.answered(peer, record)) }
            node.deadline = requests.deadline
        default: node.report(.protocolBreach, by: peer)
        }
    }

    mutating func peerLeft(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        stages[peer.connection] = nil
        _ = requests.peerLeft(peer)
        node.deadline = requests.deadline
        node.emit(.left(peer))
    }

    mutating func commandReceived(_ count: Int, _ node: inout CapabilityContext<Self>) {
        for peer in node.peers where stages[peer.connection] == .ready {
            for _ in 0..<count {
                let id = requests.ask(peer, of: peer, timeout: .seconds(2), now: node.now)
                if let id { node.send(.ask(id: id), to: peer) }
            }
        }
        node.deadline = requests.deadline
    }

    mutating func deadlineReached(_ node: inout CapabilityContext<Self>) {
        while let failed = requests.popTimedOut(now: node.now) {
            let peer = failed.pending.pending
            if let record = requests.record(of: peer) { node.emit(.timedOut(peer, record)) }
        }
        node.deadline = requests.deadline
    }
}
