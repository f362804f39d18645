import Primitives
import SansIO

/// Limits the work that others can cause: key recoveries, before the signer of a datagram is known, and responses, once
/// it is known.
///
/// The source of a datagram can be forged, so a flood with a forged address must not use up the limit of the node at
/// that address. Expected responses bypass this limiter. Before the key recovery, each address has a share of the
/// recoveries, and may exceed it by what others leave: so a flood with one address does no harm to it while there is
/// capacity. After the recovery, a sender with a proved endpoint has its own bucket, which only packets with its
/// signature are charged to.
struct IngressLimiter: Sendable {
    /// To whom a request is charged.
    enum Payer: Hashable, Sendable {
        case proved(PeerAddress)
        /// All senders without proof at one address together, since that is where our responses go.
        case stranger(Endpoint)
    }

    /// Datagrams per address, and requests per payer. A peer in a lookup sends a few datagrams per second.
    static let perPayer = (burst: 100.0, perSecond: 20.0)
    /// Key recoveries for datagrams within the share of their address, and as many for those beyond it. 2,000 per
    /// second take less than a tenth of one core.
    static let recoveries = (burst: 2000.0, perSecond: 1000.0)
    /// The number of addresses and senders remembered: at least this many of the latest, at most twice as many.
    static let capacity = 4096

    private struct Source: Hashable, Sendable {
        let high: UInt64
        /// 0 if all ports of the address share one limit; only local networks have limits per port.
        let port: UInt16
        let isV4: Bool

        init(_ endpoint: Endpoint) {
            switch endpoint.ip {
            case .v4(let value): (high, isV4) = (UInt64(value), true)
            // One host controls all addresses of its /64.
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

    /// Charges a key recovery for a datagram from this address; false if the limits are reached.
    mutating func admitDatagram(from endpoint: Endpoint, now: Instant) -> Bool {
        let source = Source(endpoint)
        var share = shares[source] ?? Self.fullBucket(now)
        let isWithinShare = share.take(now: now)
        shares[source] = share
        return isWithinShare && shared.take(now: now) || spare.take(now: now)
    }

    /// Charges a packet that is no expected response to its payer; false if the limit is reached.
    mutating func admitRequest(_ payer: Payer, now: Instant) -> Bool {
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
