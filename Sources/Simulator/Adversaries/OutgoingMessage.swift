import Chain
public import DevP2P
public import EthWire
public import Gossip
public import SansIO
public import Topics

/// A message that a misbehaving node is about to send.
public struct OutgoingMessage: Sendable {
    public let message: OutboundMessage
    public let capability: CapabilityName
    public let connection: ConnectionID
    public let now: Instant

    /// Which message of `eth` it is; nil for one of another capability.
    public var ethID: EthMessageID? { capability.name == "eth" ? EthMessageID(rawValue: message.id) : nil }

    /// Which message of `blocks/1` it is; nil for one of another capability.
    public var blocksID: BlocksMessageID? {
        capability == BlockGossip.name ? BlocksMessageID(rawValue: message.id) : nil
    }

    /// Which message of `topics/1` it is; nil for one of another capability.
    public var topicsID: TopicsMessageID? {
        capability == TopicsCapability.name ? TopicsMessageID(rawValue: message.id) : nil
    }

    /// Whether it brings things that others wait for, instead of telling of them.
    var isContent: Bool { ethID?.isContent ?? blocksID?.isContent ?? topicsID.map { $0 == .publish } ?? false }

    /// Whether it only tells of something.
    var isAnnouncement: Bool {
        ethID?.isAnnouncement ?? blocksID.map { $0 == .newBlockHashes } ?? topicsID.map { $0 == .have } ?? false
    }

    /// The message of `eth` decoded; nil for one of another capability.
    public var eth: EthMessage? {
        guard capability.name == "eth", let rlp = message.rlp else { return nil }
        return try? EthMessage(id: message.id, payload: rlp[...], version: capability.version)
    }

    /// The message of `blocks/1` decoded; nil for one of another capability.
    public var blocks: BlocksMessage? {
        guard capability == BlockGossip.name, let rlp = message.rlp else { return nil }
        return try? BlocksMessage(id: message.id, payload: rlp[...])
    }

    /// The message of `topics/1` decoded; nil for one of another capability.
    public var topics: TopicsMessage? {
        guard capability == TopicsCapability.name, let rlp = message.rlp else { return nil }
        return try? TopicsMessage(id: message.id, payload: rlp[...])
    }

    /// Another message of `eth` in its place.
    public func replaced(by eth: EthMessage) -> OutboundMessage {
        OutboundMessage(eth, version: capability.version, capability: message.capability)
    }

    /// Another message of the same capability in its place, of one that has one version.
    public func replaced(by other: some CapabilityMessage) -> OutboundMessage {
        OutboundMessage(other, capability: message.capability)
    }

    /// What tells that there is something, in the place of that thing itself; nil for a message that has nothing to
    /// announce in it.
    public var announcement: OutboundMessage? {
        switch (eth, blocks) {
        case (.transactions(let list), _):
            guard let transactions = try? list.decoded() else { return nil }
            return replaced(
                by: .newPooledTransactionHashes(
                    TransactionAnnouncements(transactions.map(TransactionAnnouncements.Entry.init))))
        case (_, .compactBlock(let block)):
            let block = BlockAnnouncement(hash: block.header.hash, number: block.header.number)
            return replaced(by: BlocksMessage.newBlockHashes([block]))
        default: return nil
        }
    }
}

/// A message that a misbehaving node has received.
public struct IncomingMessage: Sendable {
    public let capability: CapabilityName
    public let id: UInt8
    public let payload: [UInt8]
    public let connection: ConnectionID
    public let now: Instant

    /// As those of `OutgoingMessage`.
    public var ethID: EthMessageID? { capability.name == "eth" ? EthMessageID(rawValue: id) : nil }
    public var blocksID: BlocksMessageID? { capability == BlockGossip.name ? BlocksMessageID(rawValue: id) : nil }

    public var eth: EthMessage? {
        capability.name == "eth" ? try? EthMessage(id: id, payload: payload[...], version: capability.version) : nil
    }

    public var blocks: BlocksMessage? {
        capability == BlockGossip.name ? try? BlocksMessage(id: id, payload: payload[...]) : nil
    }
}

extension EthMessageID {
    /// Whether it brings things that others wait for, instead of telling of them.
    var isContent: Bool {
        switch self {
        case .transactions, .newBlock: true
        default: isAnswer
        }
    }

    /// Whether it answers a request.
    var isAnswer: Bool {
        switch self {
        case .blockHeaders, .blockBodies, .pooledTransactions, .receipts: true
        default: false
        }
    }

    /// Whether it only tells of something.
    var isAnnouncement: Bool {
        switch self {
        case .newBlockHashes, .newPooledTransactionHashes, .blockRangeUpdate: true
        default: false
        }
    }
}

extension BlocksMessageID {
    var isContent: Bool {
        switch self {
        case .compactBlock, .blockTransactions, .blocks: true
        case .graft, .prune, .want, .dontWant, .newBlockHashes, .getBlockTransactions, .getBlocks: false
        }
    }
}
