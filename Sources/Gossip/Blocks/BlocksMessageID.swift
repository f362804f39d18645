/// The ids of the messages of `blocks/1`, relative to the capability's offset.
public enum BlocksMessageID: UInt8, CaseIterable, Sendable {
    case graft = 0
    case prune = 1
    case want = 2
    case dontWant = 3
    case newBlockHashes = 4
    case compactBlock = 5
    case getBlockTransactions = 6
    case blockTransactions = 7
    case getBlocks = 8
    case blocks = 9
}
