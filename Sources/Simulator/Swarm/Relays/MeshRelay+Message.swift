import Gossip
import SansIO

extension MeshRelay {
    /// The messages of `gossip/1` (`GossipMessage`), with blocks by their numbers and transactions by their places.
    enum Message: RelayMessage {
        case subscribe
        case graft
        case prune(Duration, contacts: Int)
        /// NewBlockHashes: blocks are announced by their whole hashes.
        case have([Int])
        case want([Int])
        case dontWant(Int)
        case compact(Int, prefilled: [UInt16], repair: RepairSize?)
        case getTransactions(Int, Int)
        case transactions(Int, Int)

        func byteCount(_ load: BlockLoad) -> Int {
            switch self {
            case .subscribe: WireSizes.rlpx(20)
            case .graft: WireSizes.rlpx(2)
            case .prune(_, let contacts): WireSizes.rlpx(5 + contacts * WireSizes.neighbor)
            case .have(let blocks): WireSizes.newBlockHashes(blocks.count)
            case .want(let blocks): WireSizes.rlpx(2 + blocks.count * WireSizes.topicMessageID)
            case .dontWant: WireSizes.rlpx(1 + WireSizes.topicMessageID)
            case .compact(_, let prefilled, let repair):
                WireSizes.compactBlock(load, prefilled: prefilled.count, repair: repair)
            case .getTransactions(_, let count):
                WireSizes.rlpx(2 + WireSizes.requestID + WireSizes.hash + 3 + 2 * count)
            case .transactions(_, let count):
                WireSizes.rlpx(2 * WireSizes.listHead + WireSizes.requestID + count * load.transactionBytes)
            }
        }

        var kind: RelayMessageKind {
            switch self {
            case .compact(let block, _, _): .block(block)
            case .transactions: .part
            case .have: .announcement
            case .want, .getTransactions: .request
            case .subscribe, .graft, .prune, .dontWant: .control
            }
        }

        static func announcement(of block: Int) -> Self { .have([block]) }
    }
}
