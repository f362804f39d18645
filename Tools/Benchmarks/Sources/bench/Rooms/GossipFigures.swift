import Chain
import EthCrypto
import Gossip
import Primitives
import SansIO

/// Blocks as they travel.
enum GossipFigures {
    static let group = "gossip"
    /// Of 150 KB, as in `starling compare propagation`.
    private static let transactionCount = 995

    static func all() throws -> [Figure] {
        var random = NodeRandom(seed: 41)
        let key = PrivateKey.generate(using: &random)
        let transactions = (0..<transactionCount).map { nonce in
            DynamicFeeTransaction(
                chainID: 1, nonce: UInt64(nonce), maxPriorityFeePerGas: 1_000_000_000, maxFeePerGas: 100_000_000_000,
                gasLimit: 50_000, to: DevAccounts.address(1), value: 1, data: random.bytes(35)
            ).signed(by: key)
        }
        let block = Block(header: Header(), body: BlockBody(transactions: transactions))
        var demand = RepairDemand(limits: BlockGossipLimits())
        demand.note(RepairSize(transactions: 20, parts: 60))
        let make = { (demand: RepairDemand?) in
            { (count: Int) in
                for nonce in 0..<count {
                    keep(CompactBlock(block, totalDifficulty: 1, nonce: UInt64(nonce), demand: demand).transactionCount)
                }
            }
        }
        let timings = race([make(nil), make(demand)])
        let name = "compact block of \(transactionCount) transactions"
        return [
            Figure(group, "\(name) made", timings[0], unit: "us"),
            Figure(
                group, "\(name) made with sums for 20 of them", timings[1], besides: "without", timings[0], unit: "us"),
        ]
    }
}
