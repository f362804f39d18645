/// The ids of the messages of `gossip/1`, relative to the capability's offset.
public enum GossipMessageID: UInt8, CaseIterable, Sendable {
    case subscribe = 0
    case unsubscribe = 1
    case graft = 2
    case prune = 3
    case have = 4
    case want = 5
    case dontWant = 6
    case publish = 7
    case newBlockHashes = 8
    case compactBlock = 9
    case getBlockTransactions = 10
    case blockTransactions = 11
    case getBlocks = 12
    case blocks = 13
}
