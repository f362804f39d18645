import Chain
import DevP2P
import EthWire
import KeyValue
import Primitives
import RLP
import SansIO
import Storage

@testable import Sync

/// What is wrong with a peer.
enum Vice: Hashable, Sendable {
    case none
    /// Every so many requests, one isn't answered.
    case forgetful(Int)
    case silent
    /// Has headers and not one body.
    case bodiless
    /// Announces a head that it can't show.
    case boaster
    /// Bodies of other blocks.
    case falseBodies
    /// Headers that don't follow each other.
    case brokenLinks
    /// Bytes that are no bodies.
    case garbage
    /// More items than asked for.
    case excess
    /// Few headers at a time.
    case stingy
}

/// A peer of the node under test: a chain of its own, served by the real server.
struct TestPeer: Sendable {
    let peer: Peer
    var chain: TestChain
    let store: ChainStore
    var vice: Vice
    var latency: Duration
    var answered = 0
    var bodiesServed = 0

    init(_ id: UInt64, chain: TestChain, vice: Vice = .none, latency: Duration = .milliseconds(50)) throws {
        peer = Peer.numbered(id)
        self.chain = chain
        self.vice = vice
        self.latency = latency
        store = ChainStore(MemoryStore())
        try chain.store(upTo: chain.blocks.count - 1, in: store)
    }

    /// As eth/68 announces it.
    var head: PeerHead {
        if vice == .boaster { return PeerHead(hash: Hash32(filledWith: 0xee), totalDifficulty: .max) }
        return PeerHead(hash: chain.tip.hash, totalDifficulty: chain.totalDifficulty(chain.blocks.count - 1))
    }

    /// As eth/69 announces it.
    var rangeHead: PeerHead { PeerHead(hash: chain.tip.hash, number: chain.tip.number) }

    mutating func extend(to chain: TestChain) throws {
        self.chain = chain
        try chain.store(upTo: chain.blocks.count - 1, in: store)
    }

    /// The answer to a request; nil for none at all.
    mutating func answer(_ message: EthMessage) -> EthMessage? {
        answered += 1
        if vice == .silent { return nil }
        if case .forgetful(let every) = vice, answered.isMultiple(of: every) { return nil }
        let honest = ChainServer(store).answer(to: message, receipts: .withoutBloom)
        switch honest {
        case .blockBodies(let id, let bodies):
            let answer = spoiled(bodies)
            bodiesServed += answer.count
            return .blockBodies(requestID: id, answer)
        case .blockHeaders(let id, let headers): return .blockHeaders(requestID: id, spoiled(headers))
        default: return honest
        }
    }

    private func spoiled(_ bodies: EncodedList<BlockBody>) -> EncodedList<BlockBody> {
        switch vice {
        case .bodiless: EncodedList(encoded: [[UInt8]]())
        case .falseBodies: EncodedList(encoded: bodies.items().map { _ in TestChain.genesis.body.rlp })
        case .garbage: EncodedList(encoded: [[0x83, 1, 2, 3]])
        case .excess: EncodedList(encoded: bodies.items() + [TestChain.genesis.body.rlp[...]])
        case .none, .forgetful, .silent, .boaster, .brokenLinks, .stingy: bodies
        }
    }

    private func spoiled(_ headers: EncodedList<Header>) -> EncodedList<Header> {
        if vice == .stingy { return EncodedList(encoded: headers.items().prefix(33)) }
        guard vice == .brokenLinks, var changed = try? headers.decoded(), changed.count > 40 else { return headers }
        changed[changed.count - 2].extraData = [99]
        return EncodedList(changed)
    }
}

extension Peer {
    static func numbered(_ id: UInt64) -> Peer {
        Peer(
            connection: ConnectionID(rawValue: id), id: NodeID(Hash32(filledWith: UInt8(truncatingIfNeeded: id))),
            publicKey: PublicKey(), isInbound: false, clientID: "test/\(id)",
            endpoint: Endpoint(ip: .loopback, port: 30303))
    }
}

extension Hash32 {
    init(filledWith byte: UInt8) {
        self.init { for index in $0.indices { $0[index] = byte } }
    }
}
