import Chain
import DevP2P
public import EthCrypto
import EthWire
import NodeCore
public import Primitives
public import SansIO

/// Floods its peers with transactions that are signed as they should be and can never, or hardly, be in a block (DETER,
/// Li et al., CCS 2021; MPFuzz, arXiv 2312.02642). None of them costs anything:
///
/// - of accounts that have no money,
/// - at a price that nobody else bids, and with a nonce that is far too high,
/// - next in their order, but so cheap that no block takes them: these are passed on by honest nodes,
/// - the same again and again with the same nonce, each a little dearer: these as well.
public struct TransactionSpam: Behaviour {
    public var period: Duration? { .milliseconds(500) }

    private let perBatch: Int
    /// With a little money.
    private let accounts: [PrivateKey]
    private let chainID: UInt64
    private var count = 0
    private var gapped: UInt64 = 0
    private var cheap: UInt64 = 0
    private var replaced = 0
    private var price = Self.lowestPrice

    private static let lowestPrice = UInt256(1_000)
    /// More than any honest sender pays, and a transaction at it costs less than an account has.
    private static let highestPrice = UInt256(10_000_000_000_000)
    /// Below what a block asks for, unless the network has been idle for long.
    private static let replacementLimit = UInt256(100_000)
    /// What an account needs at least.
    public static let balance = UInt256(1_000_000_000_000_000_000)
    /// Transactions of one sender that a pool keeps though they can't be executed (go-ethereum's `AccountQueue`).
    private static let gappedPerAccount: UInt64 = 64

    /// - Parameters:
    ///   - perSecond: transactions a second, to each peer.
    ///   - accounts: have `balance` each.
    public init(perSecond: Int = 20, accounts: [PrivateKey], chainID: UInt64) {
        perBatch = max(1, perSecond / 2)
        self.accounts = accounts
        self.chainID = chainID
    }

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        guard !accounts.isEmpty else { return [] }
        let batch = (0..<perBatch).map { _ in transaction(&random) }
        return node.peers(sharing: "eth").map { $0.deed(EthMessage.transactions(EncodedList(batch))) }
    }

    private mutating func transaction(_ random: inout NodeRandom) -> Transaction {
        count += 1
        // The first half of the accounts sends ahead of its nonce, one sends what is cheap, the rest replaces.
        let ahead = max(1, accounts.count / 2)
        switch count % 4 {
        case 0: return sign(0, Self.highestPrice, by: PrivateKey.generate(using: &random))
        case 1:
            gapped += 1
            let account = Int(gapped / Self.gappedPerAccount % UInt64(ahead))
            return sign(1_000_000 + gapped, Self.highestPrice, by: accounts[account])
        case 2:
            cheap += 1
            return sign(cheap - 1, Self.lowestPrice, by: accounts[accounts.count - 1])
        default: return replacement(of: accounts[ahead..<max(ahead + 1, accounts.count - 1)])
        }
    }

    private mutating func replacement(of accounts: ArraySlice<PrivateKey>) -> Transaction {
        price = price &+ (price.dividedBy(8)?.quotient ?? .zero)
        if price > Self.replacementLimit {
            price = Self.lowestPrice
            replaced += 1
        }
        return sign(0, price, by: accounts[accounts.startIndex + replaced % accounts.count])
    }

    private func sign(_ nonce: UInt64, _ price: UInt256, by key: PrivateKey) -> Transaction {
        DynamicFeeTransaction(
            chainID: chainID, nonce: nonce, maxPriorityFeePerGas: price, maxFeePerGas: price, gasLimit: 21_000,
            to: key.publicKey.address, value: 1
        ).signed(by: key)
    }
}
