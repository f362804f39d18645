import Primitives
import Storage

/// Compares the chains of nodes with each other while they run, at every height below which no branch lives any more.
struct Agreement {
    /// Two nodes with different blocks at one height.
    struct Conflict: Hashable {
        let height: UInt64
        let node: Int
        let other: Int
        let at: Double
    }

    /// So many blocks on top of one make it final.
    private let depth: UInt64
    /// The final blocks by their height, and which node had each first.
    private var blocks: [(hash: Hash32, node: Int)] = []
    /// Up to which height each node has been compared, exclusive.
    private var compared: [Int]
    private(set) var conflict: Conflict?

    init(nodes: Int, depth: UInt64) {
        self.depth = depth
        compared = [Int](repeating: 0, count: nodes)
    }

    /// Compares what is new at a node.
    mutating func compare(_ node: Int, _ chain: ChainStore, head: UInt64, at second: Double) {
        guard head >= depth else { return }
        while compared[node] <= Int(head - depth) {
            let height = compared[node]
            // A disk that fails answers nothing; it is looked at again.
            guard let hash = (try? chain.canonicalHash(UInt64(height))) ?? nil else { return }
            if height == blocks.count { blocks.append((hash, node)) }
            if blocks[height].hash != hash {
                conflict =
                    conflict
                    ?? Conflict(height: UInt64(height), node: node, other: blocks[height].node, at: second)
            }
            compared[node] += 1
        }
    }

    /// A node has undone blocks, or starts anew on what its disk has kept.
    mutating func changed(_ node: Int) { compared[node] = 0 }

    /// How many of these nodes have been compared beyond the genesis block, and up to which height at most.
    func count(of nodes: [Int]) -> (nodes: Int, height: UInt64) {
        let counts = nodes.map { compared[$0] }.filter { $0 > 1 }
        return (counts.count, UInt64(max(0, (counts.max() ?? 0) - 1)))
    }
}

extension Agreement.Conflict: CustomStringConvertible {
    var description: String {
        "nodes \(other) and \(node) have different blocks \(height), seen at \(Text.short(at)) s"
    }
}
