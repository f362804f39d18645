import Primitives
import SansIO

/// Limits the datagrams that are looked at, before any of them costs a key recovery.
///
/// Each address has a bucket of its own; on the local network, where many nodes share one address, each endpoint has.
/// A second bucket bounds the work of all together. While that one runs low, only what was asked for gets through.
struct IngressLimiter: Sendable {
    enum Verdict: Hashable, Sendable {
        case admitted
        /// To be dropped, unless an answer from the address is awaited.
        case onlyIfAwaited
        case refused
    }

    /// A peer in the middle of a lookup sends a few datagrams a second.
    static let perAddress = (burst: 100.0, perSecond: 20.0)
    /// 2,000 recoveries a second keep one core busy to less than a tenth.
    static let inAll = (burst: 4000.0, perSecond: 2000.0)
    /// The addresses remembered: at least this many of the last ones, at most twice as many.
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

    private var sources = BoundedMap<Source, TokenBucket>(capacity: capacity)
    private var all: TokenBucket

    init(now: Instant) {
        all = TokenBucket(burst: Self.inAll.burst, perSecond: Self.inAll.perSecond, now: now)
    }

    mutating func judge(_ endpoint: Endpoint, now: Instant) -> Verdict {
        let source = Source(endpoint)
        var bucket =
            sources[source]
            ?? TokenBucket(burst: Self.perAddress.burst, perSecond: Self.perAddress.perSecond, now: now)
        let hasOwn = bucket.take(now: now)
        sources[source] = bucket
        guard hasOwn else { return .refused }
        return all.take(now: now) ? .admitted : .onlyIfAwaited
    }
}
