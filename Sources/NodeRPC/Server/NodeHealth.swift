import Chain
import SansIO
import Storage

/// Whether the node has peers and a fresh head, for `GET /health`.
struct NodeHealth: Sendable {
    /// What counts as healthy.
    struct Thresholds: Sendable, Equatable {
        var minPeers: Int
        var maxHeadAge: Duration

        /// A node that seals may be the only one. A head may be ten block periods old (Clique), and at least a minute; with
        /// period 0 there are blocks only where there are transactions, so its age says nothing.
        init(_ profile: NodeProfile) {
            minPeers = profile.isSealing ? 0 : 1
            let period = profile.config.clique?.period ?? 12
            maxHeadAge = period == 0 ? .seconds(1_000_000_000) : .seconds(max(60, 10 * Int64(min(period, 1 << 26))))
        }
    }

    /// A query that isn't understood: a sentence about it.
    struct InvalidQuery: Error {
        let text: String
    }

    let thresholds: Thresholds
    let peers: Int
    let isSyncing: Bool
    let head: ChainHead?
    let now: Instant

    /// How old the head is; nil where there is none.
    var headAge: Duration? { head.map { max(.zero, now - Instant(unixSeconds: $0.timestamp)) } }

    /// What is wrong, a sentence each; nothing in a healthy node.
    var reasons: [String] {
        var reasons: [String] = []
        if peers < thresholds.minPeers {
            reasons.append("\(peers) \(peers == 1 ? "peer" : "peers"), at least \(thresholds.minPeers) wanted")
        }
        if let age = headAge {
            let most = thresholds.maxHeadAge.inSeconds
            if age > thresholds.maxHeadAge {
                let limit = Int(exactly: most).map { "\($0)" } ?? "\(most)"
                reasons.append("the head is \(Int64(age.inSeconds)) s old, at most \(limit) s wanted")
            }
        } else {
            reasons.append("the chain can't be read")
        }
        return reasons
    }

    var json: JSON {
        var members = [
            JSON.Member("healthy", .bool(reasons.isEmpty)), JSON.Member("reasons", .array(reasons.map { .string($0) })),
            JSON.Member("peers", .number("\(peers)")), JSON.Member("minPeers", .number("\(thresholds.minPeers)")),
        ]
        if let head, let age = headAge {
            members.append(JSON.Member("headNumber", .number("\(head.number)")))
            members.append(JSON.Member("headAgeSeconds", .double(age.inSeconds)))
        }
        members.append(JSON.Member("maxHeadAgeSeconds", .double(thresholds.maxHeadAge.inSeconds)))
        members.append(JSON.Member("syncing", .bool(isSyncing)))
        return .object(members)
    }
}

extension NodeHealth.Thresholds {
    /// Changes what `min_peers` and `max_head_age` of a query name, a number and seconds.
    mutating func apply(_ parameters: [(name: String, value: String)]) throws(NodeHealth.InvalidQuery) {
        for (name, value) in parameters {
            switch name {
            case "min_peers":
                guard let count = Int(value), count >= 0 else {
                    throw NodeHealth.InvalidQuery(text: "min_peers must be a whole number from 0 on")
                }
                minPeers = count
            case "max_head_age":
                guard let seconds = Double(value), (0...1e9).contains(seconds) else {
                    throw NodeHealth.InvalidQuery(text: "max_head_age must be a number of seconds")
                }
                maxHeadAge = .nanoseconds(Int64(seconds * 1e9))
            default:
                throw NodeHealth.InvalidQuery(text: "the parameters are min_peers and max_head_age")
            }
        }
    }
}
