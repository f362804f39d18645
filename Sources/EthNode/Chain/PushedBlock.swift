import Chain
import DevP2P
import EthWire
import Primitives

/// From whom a block has come, and how. It goes with the block to wherever that is judged: thanks and blame go this way
/// and no other.
struct BlockSource: Sendable {
    enum Path: Sendable {
        /// NewBlock: one peer has sent header and body.
        case eth
        /// A block of the mesh: `BlockGossip` knows who sent which part of it.
        case gossip
    }

    let peer: Peer
    let path: Path
}

/// A block that a peer has pushed, as it came. Nothing of it is checked.
struct PushedBlock: Sendable {
    enum Content: Sendable {
        case encoded(EncodedBlock)
        /// Put together from a compact block.
        case block(Block)
    }

    let content: Content
    let source: BlockSource

    var header: Header {
        switch content {
        case .encoded(let block): block.header
        case .block(let block): block.header
        }
    }

    var hash: Hash32 {
        switch content {
        case .encoded(let block): block.hash
        case .block(let block): block.hash
        }
    }

    var byteCount: Int {
        switch content {
        case .encoded(let block): block.byteCount
        case .block(let block): block.heldBytes
        }
    }
}

/// A block whose body is the one that its header names, and whose header was checked as far as that is possible now.
struct CheckedBlock: Sendable {
    let block: Block
    /// Who has made it.
    let author: Address
    /// Whether it would become the head: then it can't be one of many that only take up space.
    let isBetter: Bool
    let source: BlockSource
}

extension Block {
    /// What it holds in memory, roughly.
    var heldBytes: Int { transactions.reduce(1024) { $0 + 200 + $1.size } }
}
