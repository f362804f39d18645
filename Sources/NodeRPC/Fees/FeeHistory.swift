import Chain
import Foundation
import Primitives
import Storage

/// What eth_feeHistory answers, computed as go-ethereum does.
struct FeeHistory {
    /// The most blocks of one answer.
    static let maxBlocks: UInt64 = 1024
    static let maxPercentiles = 100

    private let chain: ChainReader
    private let percentiles: [Double]

    /// - Throws: for percentiles that aren't 0 … 100, ascending.
    init(_ chain: ChainReader, percentiles: [Double]) throws(RPCError) {
        guard percentiles.count <= Self.maxPercentiles else {
            throw .failed("over the query limit \(Self.maxPercentiles)")
        }
        for (index, percentile) in percentiles.enumerated() {
            guard (0...100).contains(percentile) else {
                throw .failed("invalid reward percentile: \(String(format: "%f", percentile))")
            }
            guard index == 0 || percentiles[index - 1] < percentile else {
                let (before, here) = (String(format: "%f", percentiles[index - 1]), String(format: "%f", percentile))
                throw .failed("invalid reward percentile: #\(index - 1):\(before) >= #\(index):\(here)")
            }
        }
        self.chain = chain
        self.percentiles = percentiles
    }

    func read(count: UInt64, newest selector: BlockSelector) throws(RPCError) -> JSON {
        guard count > 0 else { return ["oldestBlock": "0x0", "gasUsedRatio": nil] }
        let head = try chain.head().number
        if case .number(let number) = selector, number > head {
            throw .failed("request beyond head block: requested \(number), head \(head)")
        }
        let newest = try chain.header(selector).number
        let count = min(count, Self.maxBlocks, newest + 1)
        let oldest = newest - (count - 1)
        var answer = Answer()
        for number in oldest...newest { try add(number, to: &answer, isLast: number == newest) }
        return json(oldest: oldest, answer)
    }

    private struct Answer {
        var rewards: [JSON] = []
        var baseFees: [JSON] = []
        var ratios: [JSON] = []
        var hasBlobs = false
    }

    private func add(_ number: UInt64, to answer: inout Answer, isLast: Bool) throws(RPCError) {
        guard let hash = try chain.hash(.number(number)) else { throw .failed("header not found") }
        let header = try chain.header(.hash(hash, mustBeCanonical: false))
        answer.baseFees.append(.quantity(header.baseFeePerGas ?? .zero))
        answer.ratios.append(
            .double(header.gasLimit == 0 ? 0 : Double(header.gasUsed) / Double(header.gasLimit)))
        answer.hasBlobs = answer.hasBlobs || header.excessBlobGas != nil
        if !percentiles.isEmpty { answer.rewards.append(.array(try rewards(hash))) }
        guard isLast else { return }
        let next = chain.config.isLondon(number &+ 1) ? GasRules.nextBaseFee(parent: header, config: chain.config) : nil
        answer.baseFees.append(.quantity(next ?? .zero))
    }

    /// The tip that the transaction at each percentile of the block's gas paid.
    private func rewards(_ hash: Hash32) throws(RPCError) -> [JSON] {
        guard let block = try chain.block(.hash(hash, mustBeCanonical: false)) else {
            throw .failed("block \(hash) not found")
        }
        let receipts = try chain.receipts(of: block)
        guard !receipts.isEmpty else { return percentiles.map { _ in .quantity(0) } }
        var before: UInt64 = 0
        var paid: [(tip: UInt256, gas: UInt64, index: Int)] = []
        for (index, receipt) in receipts.enumerated() {
            let tip = block.transactions[index].effectiveTip(baseFee: block.header.baseFeePerGas) ?? .zero
            paid.append((tip, receipt.cumulativeGasUsed &- before, index))
            before = receipt.cumulativeGasUsed
        }
        paid.sort { ($0.tip, $0.index) < ($1.tip, $1.index) }
        var place = 0
        var gas = paid[0].gas
        return percentiles.map { percentile in
            // A percentile is at most 100, so the share fits.
            let threshold = UInt64(Double(block.header.gasUsed) * percentile / 100)
            while gas < threshold, place < paid.count - 1 {
                place += 1
                gas &+= paid[place].gas
            }
            return .quantity(paid[place].tip)
        }
    }

    private func json(oldest: UInt64, _ answer: Answer) -> JSON {
        var members = [JSON.Member("oldestBlock", .quantity(oldest))]
        if !percentiles.isEmpty { members.append("reward", .array(answer.rewards)) }
        members.append("baseFeePerGas", .array(answer.baseFees))
        members.append("gasUsedRatio", .array(answer.ratios))
        // Zero before Cancun, as in go-ethereum. Of chains with blobs the node can't tell the next fee, so it says nothing.
        if !answer.hasBlobs {
            members.append("baseFeePerBlobGas", .array(answer.baseFees.map { _ in .quantity(0) }))
            members.append("blobGasUsedRatio", .array(answer.ratios.map { _ in .double(0) }))
        }
        return .object(members)
    }
}
