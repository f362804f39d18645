import Chain
import DevP2P
public import EthCrypto
import EthWire
import NodeCore
public import Primitives
public import SansIO

/// Fills the pools of its peers and never pays (DETER, Li et al., CCS 2021): a few accounts with much money, the first
/// transaction of each at a price that no block takes, and behind it as many as a pool takes of one sender, at a price
/// above everybody's. It sends what is missing again and again.
public struct PoolSquatter: Behaviour {
    public var period: Duration? { .milliseconds(500) }

    /// Transactions to each peer at a time.
    private static let perBatch = 64
    private static let lowestPrice = UInt256(1)
    /// Ten times what honest senders pay.
    private static let highestPrice = UInt256(10_000_000_000_000)
    /// What an account needs at least.
    public static let balance = UInt256(1_000_000_000_000_000_000) &* 1_000_000

    private let transactions: [Transaction]
    private var next = 0

    /// - Parameters:
    ///   - accounts: have `balance` each.
    ///   - each: transactions of each.
    public init(accounts: [PrivateKey], each: Int, chainID: UInt64) {
        transactions = accounts.flatMap { key in
            (0..<max(1, each)).map { nonce in
                let price = nonce == 0 ? Self.lowestPrice : Self.highestPrice
                return DynamicFeeTransaction(
                    chainID: chainID, nonce: UInt64(nonce), maxPriorityFeePerGas: price, maxFeePerGas: price,
                    gasLimit: 21_000, to: key.publicKey.address, value: 1
                ).signed(by: key)
            }
        }
    }

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        guard !transactions.isEmpty else { return [] }
        let batch = (0..<min(Self.perBatch, transactions.count)).map { transactions[(next + $0) % transactions.count] }
        next = (next + batch.count) % transactions.count
        return node.peers(sharing: "eth").map { $0.deed(.transactions(EncodedList(batch))) }
    }
}
