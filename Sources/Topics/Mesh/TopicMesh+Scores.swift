import DequeModule
public import DevP2P
import SansIO

// What peers are worth.
extension TopicMesh {
    /// The score of a peer, 0 for one that is unknown: what its first deliveries have earned, less what it has done wrong.
    public func score(of peer: ConnectionID) -> Double { slots[peer].map { score($0) } ?? 0 }

    func score(_ slot: Int) -> Double {
        var earned = 0.0
        var owed = limits.penaltyWeight * peers[slot].penalty.squaredAbove(limits.penaltyTolerance)
        for topic in topics.indices {
            guard let standings = topics[topic]?.standings, standings.indices.contains(slot) else { continue }
            let standing = standings[slot]
            earned += min(standing.firstDeliveries, limits.maxFirstDeliveries)
            owed += limits.meshFailureWeight * standing.meshFailures.squaredAbove(limits.meshFailureTolerance)
            owed += limits.invalidWeight * standing.invalid.squaredAbove(0)
        }
        return min(earned, limits.maxTopicScore) + owed
    }

    /// What is remembered of a peer that leaves.
    func past(of slot: Int, now: Instant) -> RetainedPeers.Past {
        var past = RetainedPeers.Past(penalty: peers[slot].penalty)
        for topic in topics {
            guard let standing = topic?.standing(slot) else { continue }
            past.invalid = max(past.invalid, standing.invalid)
            if let until = standing.backoffUntil, until > now {
                past.backoffUntil = max(past.backoffUntil ?? until, until)
            }
        }
        return past
    }

    /// Peers of a set, the best first; equals in random order.
    func ranked(_ set: PeerSet, random: inout NodeRandom) -> [Int] {
        set.map { ($0, score($0)) }.shuffled(using: &random).sorted { $0.1 > $1.1 }.map(\.0)
    }

    /// A mesh that had to be told of a message from outside has failed: so has each neighbour that was in it and doesn't
    /// have the message by now.
    mutating func judgeMesh() {
        for id in cache.ids {
            guard let message = cache[id], message.isPulled, message.isAccepted, message.beat &+ 2 == beat,
                let mesh = topics[message.topic]?.mesh
            else { continue }
            for slot in mesh.subtracting(message.holders) {
                topics[message.topic]?.change(slot) { standing in
                    guard let since = standing.graftedAt, since < message.arrived else { return }
                    standing.meshFailures += 1
                }
            }
        }
    }
}

extension Double {
    /// The square of what is above a tolerance.
    fileprivate func squaredAbove(_ tolerance: Double) -> Double {
        let excess = max(0, self - tolerance)
        return excess * excess
    }
}
