/// The numbers of topic meshes, each with its reason. `v1.0`, `v1.1` and `v1.2` are those of gossipsub (gossip.md,
/// section 4).
public struct TopicLimits: Hashable, Sendable {
    // MARK: Degrees

    /// Neighbours that a node grafts in a topic's mesh. v1.0 has 6. Each one more is another copy of everything, and saves
    /// little time since the first hop goes to all peers of the publisher: with a thousand nodes of 50 peers, 10 to 150 ms
    /// apart, 95 % have a message of 9 KB after 323 ms with 6, 302 with 7, 294 with 8, 273 with 10; 254 if all is flooded.
    public var degree = 8
    /// Fewer are filled up at the next heartbeat; v1.0 has two below the degree.
    public var minDegree = 6
    /// More are cut back, and a graft beyond is only taken from a node that this one has dialed. v1.0 has twice the
    /// degree; less means fewer copies, more means fewer prunes while a network starts.
    public var maxDegree = 12
    /// Of them those that this node has chosen to dial: an attacker can fill the inbound slots, not these (v1.1).
    public var outboundDegree = 2
    /// When cutting back, this many of the best stay; the rest is drawn, so that a good score alone can't buy a mesh (v1.1).
    public var scoredDegree = 4
    /// Peers outside the mesh that are told at each heartbeat what there is: at least this many, and at least this share.
    /// They are what heals a mesh that has been taken over: where three of four nodes pass nothing on, 97 % of the others
    /// have a block within 4 s with 0.6, and 73 % with v1.1's 0.25 (docs/FIGURES.md). Ids are small.
    public var lazyDegree = 6
    public var lazyShare = 0.6

    // MARK: Time

    /// v1.0. A mesh that has lost neighbours is whole after one of them.
    public var heartbeat = Duration.seconds(1)
    /// After a prune neither side grafts the other for this long (v1.1): or a full mesh would be asked again each second.
    public var pruneBackoff = Duration.seconds(60)
    /// After a node has left a topic by itself (v1.1).
    public var leaveBackoff = Duration.seconds(10)
    /// The longest back-off that a peer may impose.
    public var maxBackoff = Duration.seconds(600)
    /// A graft so soon after the prune may have crossed it on the way: refused, but no offence. One so soon before the end
    /// of the back-off is taken: the other side has counted from another moment.
    public var graftGrace = Duration.seconds(3)
    /// How long an announced message may still come by itself before it is asked for: a hop and its checks.
    public var wantDelay = Duration.milliseconds(150)
    /// After this time without the message others are asked too. More would give those who announce and never deliver more
    /// of everybody's time.
    public var wantInterval = Duration.milliseconds(500)
    /// How long a response may take before the announcement was a broken promise: two intervals, enough for the largest
    /// message on a line of 10 Mbit/s.
    public var wantTimeout: Duration { wantInterval + wantInterval }
    /// Announcers asked first, and at most at a time; four times as many at each interval. Each is a copy that may be one
    /// too many, of a message that the mesh didn't bring, which is rare; with one at a time, fewer false announcers than
    /// honest nodes keep a block away for 4 s (docs/FIGURES.md).
    public var firstAsked = 2
    public var maxAsked = 32

    // MARK: Messages

    /// Heartbeats for which a message is kept for those who ask. v1.0 has 5; a validation that takes longer than this
    /// comes to nothing, so it is more.
    public var cachedBeats: UInt32 = 12
    /// Heartbeats for which it is announced to peers outside the mesh (v1.0).
    public var announcedBeats: UInt32 = 3
    /// Messages and bytes kept at most; the oldest go first.
    public var maxCached = 4_096
    public var maxCachedBytes = 32 << 20
    /// Ids remembered, so that no message is looked at twice, and for how long (v1.0: 120 s). 16,384 in 120 s are 136
    /// messages a second; they take about a megabyte.
    public var maxSeen = 16_384
    public var seenLifetime = Duration.seconds(120)
    /// The largest message.
    public var maxMessageBytes = 1 << 20
    /// A message of this size or more is refused at the mesh neighbours as soon as it is there (v1.2): below, the refusals
    /// cost as much as the copies that they save.
    public var dontWantBytes = 1_024

    // MARK: What one peer may do

    /// Ids in its announcements between two heartbeats, and announcements. v1.1 has 5,000 and 10.
    public var maxHaveIDs = 2_048
    public var maxHaves = 64
    /// Ids that it may ask for, and refuse, between two heartbeats.
    public var maxWantIDs = 1_024
    public var maxDontWantIDs = 1_024
    /// Bytes of messages that it gets by want, between two heartbeats; the rest of its requests is ignored. 32 Mbit/s to one
    /// peer: who needs more has no mesh.
    public var maxServedBytes = 4 << 20
    /// Announced messages that are asked for at a time: of one peer, and in all.
    public var maxWantedPerPeer = 128
    public var maxWanted = 1_024
    /// Refused messages that haven't come yet, in each of two generations.
    public var maxRefusals = 1_024
    /// Bytes of messages that it may publish, at once and per second; each message counts 256 more.
    public var publishBurst = 16.0 * 1_048_576
    public var publishPerSecond = 4.0 * 1_048_576
    /// Prunes that name nodes, at once and per second: one for each topic (`Topic.maxCount`), since the meshes of a network
    /// that starts are cut together, and then one a minute for each, the back-off.
    public var referralBurst = 64.0
    public var referralsPerSecond = 2.0

    // MARK: What one message may hold

    /// Contacts in a prune; v1.1 has 16.
    public static let maxContacts = 8
    /// Ids in one have, want or dontWant.
    public static let maxIDs = 1_024

    // MARK: Scores

    /// A first delivery earns a point, up to this many in a topic: they decay within minutes.
    public var maxFirstDeliveries = 20.0
    /// What all topics together can earn: no amount of good messages pays for anything.
    public var maxTopicScore = 40.0
    /// Weights of the squares of what is above the tolerance. One message that came from outside the mesh means nothing; a
    /// second one soon after removes a neighbour that has brought nothing lately from the mesh, five of them one that has.
    public var meshFailureWeight = -2.0
    public var meshFailureTolerance = 1.5
    /// Two invalid messages outweigh everything.
    public var invalidWeight = -20.0
    /// Broken promises and breaches of the back-off: the first one is forgotten after a minute, three outweigh a topic's
    /// first deliveries.
    public var penaltyWeight = -5.0
    public var penaltyTolerance = 0.5
    /// Added to the penalty by what is done on purpose: outweighs everything.
    public var floodPenalty = 10.0
    /// What remains of the numbers after a heartbeat: half-lives of 69 s, 23 s, 138 s and 69 s.
    public var firstDeliveryDecay = 0.99
    public var meshFailureDecay = 0.97
    public var invalidDecay = 0.995
    public var penaltyDecay = 0.99
    /// Below zero nobody stays in a mesh. Below this nothing is announced to a peer, nor taken from its announcements.
    public var gossipScore = -20.0
    /// Below this a peer's messages are not looked at.
    public var graylistScore = -80.0
    /// From here on the contacts in a peer's prunes are taken: it has delivered.
    public var contactScore = 5.0
    /// Interval in heartbeats: if half the mesh scores less than `opportunisticScore`, `opportunisticCount` better peers are
    /// grafted (v1.1).
    public var opportunisticBeats: UInt32 = 30
    public var opportunisticScore = 1.0
    public var opportunisticCount = 2
    /// How many nodes that have left are remembered, and for how long: coming back doesn't clear a bad score.
    public var maxRetained = 1_024
    public var retainedLifetime = Duration.seconds(600)

    public init() {}
}
