import Links
import SansIO

/// What the blocks of a workload are made of, and which of their transactions a node has in its pool beforehand.
struct BlockLoad: Sendable {
    /// A block on the wire: the header and all transactions.
    let blockBytes: Int
    let transactionBytes: Int
    /// The share of a block's transactions that a node has.
    let poolShare: Double
    /// The share of the lacking ones that nobody but the publisher has, which it therefore sends along.
    let freshShare: Double
    let seed: UInt64

    /// A header of the Prague rules: 21 fields, of which the logs' bloom takes 259 bytes and nine hashes 297.
    static let headerBytes = 640

    var transactionCount: Int { max(1, (blockBytes - Self.headerBytes) / max(1, transactionBytes)) }

    /// The parts of 64 bytes that a transaction has in a `BlockRepair`.
    var partsPerTransaction: Int { (transactionBytes + 63) / 64 }

    /// So many transactions at the beginning of each block are the publisher's own.
    var freshCount: Int {
        Int((Double(transactionCount) * (1 - poolShare) * freshShare).rounded())
    }

    /// The places of a block's transactions that a node lacks, ascending: the fresh ones, and of the others each with the
    /// same chance. The same for every policy.
    func missing(_ block: Int, at node: Int) -> [UInt16] {
        let fresh = freshCount
        var places = (0..<fresh).map { UInt16(truncatingIfNeeded: $0) }
        let rest = transactionCount - fresh
        let lacking = Double(transactionCount) * (1 - poolShare) - Double(fresh)
        guard rest > 0, lacking > 0 else { return places }
        let chance = UInt64(min(1, lacking / Double(rest)) * 0x1p32)
        var state = mix(seed ^ mix(UInt64(block) << 32 | UInt64(node)))
        for place in fresh..<transactionCount {
            state = mix(state)
            if state >> 32 < chance { places.append(UInt16(truncatingIfNeeded: place)) }
        }
        return places
    }
}
