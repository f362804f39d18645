import Chain
import DevP2P
import EthCrypto
import EthWire
import Gossip
import Primitives
import SansIO
import Testing

extension Instant {
    static let start = Instant(unixSeconds: 1_700_000_000)
}

let ether: UInt256 = 1_000_000_000_000_000_000
let gwei: UInt256 = 1_000_000_000

/// An account that sends transactions.
struct Wallet: Sendable {
    static let chainID: UInt64 = 1337

    let key: PrivateKey
    let address: Address

    init(_ number: UInt64) {
        var random = NodeRandom(seed: number, stream: 99)
        key = PrivateKey.generate(using: &random)
        address = Address(lastBytesOf: Keccak256.hash(key.publicKey))
    }

    func transfer(
        _ nonce: UInt64, tip: UInt256 = gwei, maxFee: UInt256 = 10 * gwei, value: UInt256 = 1, gas: UInt64 = 21_000,
        data: [UInt8] = [], chainID: UInt64 = Self.chainID
    ) -> Transaction {
        DynamicFeeTransaction(
            chainID: chainID, nonce: nonce, maxPriorityFeePerGas: tip, maxFeePerGas: maxFee, gasLimit: gas,
            to: Address(), value: value, data: data
        ).signed(by: key)
    }

    func candidate(_ transaction: Transaction, nonce: UInt64 = 0, balance: UInt256 = ether) -> PoolCandidate {
        PoolCandidate(
            transaction: transaction, sender: address, account: PoolAccount(nonce: nonce, balance: balance))
    }
}

extension UInt256 {
    static func * (left: UInt256, right: UInt256) -> UInt256 { left &* right }
    static func + (left: UInt256, right: UInt256) -> UInt256 { left &+ right }
}

extension PoolHead {
    static let standard = PoolHead(fork: .prague, chainID: Wallet.chainID, baseFee: gwei, gasLimit: 30_000_000)
}

extension TransactionPool {
    static func standard(_ change: (inout PoolLimits) -> Void = { _ in }) -> TransactionPool {
        var limits = PoolLimits()
        change(&limits)
        return TransactionPool(head: .standard, limits: limits)
    }

    /// The outcome of an addition: nil, or why not.
    mutating func attempt(
        _ wallet: Wallet, _ transaction: Transaction, nonce: UInt64 = 0, balance: UInt256 = ether,
        at now: Instant = .start
    ) -> PoolError? {
        do throws(PoolError) {
            _ = try add(wallet.candidate(transaction, nonce: nonce, balance: balance), now: now)
            return nil
        } catch {
            return error
        }
    }
}

/// Peer number `n`.
func makePeer(_ number: UInt64, connection: UInt64? = nil) -> Peer {
    var random = NodeRandom(seed: number, stream: 55)
    let key = PrivateKey.generate(using: &random).publicKey
    return Peer(
        connection: ConnectionID(rawValue: connection ?? number), id: key.nodeID, publicKey: key, isInbound: false,
        clientID: "test", endpoint: Endpoint(ip: .loopback, port: UInt16(number)))
}

/// A block with a number and contents that make its hash its own.
func makeBlock(_ number: UInt64, _ transactions: [Transaction] = [], extra: UInt8 = 0) -> Block {
    var header = Header()
    header.number = number
    header.difficulty = 2
    header.extraData = [extra]
    return Block(header: header, body: BlockBody(transactions: transactions))
}
