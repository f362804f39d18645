import Primitives
import SansIO

/// Limits what strangers can make this node do: key recoveries, before a datagram is opened, and answers, once it is known
/// who has signed it.
///
/// The source of a datagram can be forged, so what comes with an address must not use up what the node at that address
/// needs. Answers that are awaited don't come here at all. Before a datagram is opened, each address has a share of the
/// recoveries, and beyond it what others leave: so junk with one address costs that address nothing as long as there is
/// room. Afterwards a sender whose endpoint is proved has a bucket of its own, which only its own signature can fill.
struct IngressLimiter: Sendable {
    /// Who pays for a packet that is answered.
    enum Payer: Hashable, Sendable {
        case proved(PeerAddress)
        /// All strangers of an address together: our answers go there.
        case stranger(Endpoint)
    }

    /// A peer in the middle of a lookup sends a few datagrams a second.
    static let perPayer = (burst: 100.0, perSecond: 20.0)
    /// Recoveries for datagrams within the share of their address, and as many for others: 2,000 a second keep one core busy
    /// to less than a tenth.
    static let recoveries = (burst: 2000.0, perSecond: 1000.0)
    /// The addresses and senders remembered: at least this many of the last ones, at most twice as many.
    static let capacity = 4096

    private struct Source: Hashable, Sendable {
        let high: UInt64
        /// 0 where the address stands for all its ports.
        let port: UInt16
        let isV4: Bool

        init(_ endpoint: Endpoint) {
            switch endpoint.ip {
            case .v4(let value): (high, isV4) = (UInt64(value), true)
            // One host commands all addresses of its /64.
            case .v6(let value, _): (high, isV4) = (value, false)
            }
            port = endpoint.ip.isLAN ? endpoint.port : 0
        }
    }

    private enum Account: Hashable, Sendable {
        case proved(PeerAddress)
        case strangers(Source)
    }

    private var shares = BoundedMap<Source, TokenBucket>(capacity: capacity)
    private var accounts = BoundedMap<Account, TokenBucket>(capacity: capacity)
    private var shared: TokenBucket
    private var spare: TokenBucket

    init(now: Instant) {
        shared = TokenBucket(burst: Self.recoveries.burst, perSecond: Self.recoveries.perSecond, now: now)
        spare = shared
    }

    /// Whether a datagram from an address is worth a key recovery now.
    mutating func mayOpen(from endpoint: Endpoint, now: Instant) -> Bool {
        let source = Source(endpoint)
        var share = shares[source] ?? Self.fullBucket(now)
        let isWithinShare = share.take(now: now)
        shares[source] = share
        return isWithinShare && shared.take(now: now) || spare.take(now: now)
    }

    /// Whether a packet that is no awaited answer is taken, now that it is known who has sent it.
    mutating func mayAsk(_ payer: Payer, now: Instant) -> Bool {
        let account: Account =
            switch payer {
            case .proved(let sender): .proved(sender)
            case .stranger(let endpoint): .strangers(Source(endpoint))
            }
        var bucket = accounts[account] ?? Self.fullBucket(now)
        let isTaken = bucket.take(now: now)
        accounts[account] = bucket
        return isTaken
    }

    private static func fullBucket(_ now: Instant) -> TokenBucket {
        TokenBucket(burst: perPayer.burst, perSecond: perPayer.perSecond, now: now)
    }
}
