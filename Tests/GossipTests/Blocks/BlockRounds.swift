import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import SansIO
import Testing
import Topics

@testable import DevP2P
@testable import Gossip

extension BlocksMessage {
    var payload: [UInt8] {
        var writer = RLPWriter()
        encode(into: &writer)
        return writer.bytes
    }
}

extension OutboundMessage {
    var uncompressed: [UInt8]? { payload.withUnsafeBytes { try? Snappy.decompress($0, limit: 10 << 20) } }

    var blocks: BlocksMessage? {
        guard let payload = uncompressed else { return nil }
        return try? BlocksMessage(id: id, payload: payload[...])
    }
}

/// One node's gossip with its host, a pool and a clock. Compact blocks are put together at once, as by a node.
struct BlockRounds {
    var host: CapabilityHost<BlockGossip>
    var pool = TransactionPool.standard()
    private var node: HostContext<BlockGossip.Event>

    var now: Instant {
        get { node.now }
        set { node.now = newValue }
    }

    init(limits: BlockGossipLimits = BlockGossipLimits(), seed: UInt64 = 1) {
        host = CapabilityHost(BlockGossip(limits: limits), index: 0)
        node = HostContext(now: .start, random: NodeRandom(seed: seed))
        host.take(.started, &node)
    }

    mutating func join(_ peer: Peer) {
        host.take(.joined(peer, index: 0), &node)
    }

    mutating func leave(_ peer: Peer) { host.take(.left(peer.connection, index: 0), &node) }

    mutating func receive(_ message: BlocksMessage, from peer: Peer) {
        receive(id: message.id, message.payload, from: peer)
    }

    mutating func receive(_ outbound: OutboundMessage, from peer: Peer) {
        guard let payload = outbound.uncompressed else {
            Issue.record("not snappy")
            return
        }
        receive(id: outbound.id, payload, from: peer)
    }

    mutating func receive(id: UInt8, _ payload: [UInt8], from peer: Peer) {
        host.take(.received(peer.connection, index: 0, id: id, payload: payload), &node)
        assemble()
    }

    mutating func call(_ body: (inout BlockGossip, inout CapabilityContext<BlockGossip>) -> Void) {
        host.withContext(&node) { body(&$0, &$1) }
        assemble()
    }

    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let deadline = host.deadline, deadline <= end {
            now = max(now, deadline)
            host.take(.deadlineReached, &node)
        }
        now = end
    }

    mutating func take() -> [HostEffect<BlockGossip.Event>] {
        defer { node.effects = [] }
        return node.effects
    }

    private mutating func assemble() {
        var rest: [HostEffect<BlockGossip.Event>] = []
        var hashes: [Hash32] = []
        for effect in take() {
            if case .event(.assemble(let hash)) = effect {
                hashes.append(hash)
            } else {
                rest.append(effect)
            }
        }
        node.effects = rest
        let pool = pool
        for hash in hashes {
            host.withContext(&node) { $0.assemble(hash, from: pool, &$1) }
        }
    }

    /// The effects as words, for instance `3: compact 7`.
    ///
    /// - Parameter all: whether grafts and peers that want blocks are among them.
    mutating func words(all: Bool = false) -> [String] {
        take().map { effect in
            switch effect {
            case .send(let connection, let outbound): "\(connection.rawValue): \(Self.describe(outbound))"
            case .offence(let connection, let offence): "\(connection.rawValue)! \(offence)"
            case .disconnect(let connection, _): "\(connection.rawValue)! disconnect"
            case .event(let event): Self.describe(event)
            case .credit(let connection, let merit, let bytes, let latency):
                "\(connection.rawValue)+ \(merit), \(bytes) bytes after \(latency.map { $0.inSeconds } ?? 0) s"
            default: "?"
            }
        }.filter { all || !$0.hasSuffix(": graft") && !$0.hasSuffix(": blocks wanted") }
    }

    private static func describe(_ event: BlockGossip.Event) -> String {
        switch event {
        case .assemble: "assemble"
        case .block(let block, let totalDifficulty, let peer):
            "block \(block.number) td \(totalDifficulty) from \(peer.connection.rawValue)"
        case .announced(_, let number, let peer): "announced \(number) from \(peer.connection.rawValue)"
        case .blocksWanted(let peer): "\(peer.connection.rawValue): blocks wanted"
        case .contacts(let contacts, _): "contacts \(contacts.count)"
        }
    }

    private static func describe(_ outbound: OutboundMessage) -> String {
        guard let message = outbound.blocks else { return "undecodable" }
        return switch message {
        case .graft: "graft"
        case .prune(let prune): "prune for \(prune.seconds)"
        case .want(let ids): "want \(ids.count)"
        case .dontWant(let ids): "dontWant \(ids.count)"
        case .newBlockHashes(let blocks): "hashes \(blocks.map(\.number))"
        case .compactBlock(let block):
            "compact \(block.header.number) of \(block.transactionCount), \(block.prefilled.count) given"
        case .getBlockTransactions(let id, _, let indices): "get #\(id) indices \(indices.indices)"
        case .blockTransactions(let id, let list): "transactions #\(id) \(list.count)"
        case .getBlocks(let id, let hashes): "get #\(id) whole \(hashes.count)"
        case .blocks(let id, let list): "blocks #\(id) \((try? list.decoded().map(\.block.number)) ?? [])"
        }
    }
}
