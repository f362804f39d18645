import SansIO

/// How many peers a node wants and how fast it seeks them. The defaults are go-ethereum's (rlpx.md, section 6) where it
/// has such a limit.
public struct PeerLimits: Hashable, Sendable {
    /// Connected peers; trusted ones come on top.
    public var maxPeers = 50

    /// One in so many peers may be one that this node dialed, the rest are left for those who dial it; 0 for none.
    public var dialRatio = 3

    /// But at least so many, as far as they are no more than half of all: with three or four dialed peers one of many nodes
    /// has hostile ones only (gossip.md, section 5). 0 for go-ethereum's rule.
    public var minDialed = 0

    /// Dials under way at a time.
    public var maxActiveDials = 50

    /// Accepted connections whose handshake isn't done. Beyond that the oldest one of the most crowded range of
    /// addresses gives way. In go-ethereum newcomers wait for it instead: there, 50 idle connections keep everyone out.
    public var maxPendingInbound = 50

    /// Accepted connections with Hellos whose session isn't open, as with a peer on `eth` that hasn't sent its Status. They
    /// hold no peer's slot, and no place of a handshake; beyond that they give way in the same manner.
    public var maxPendingSessions = 50

    /// Of either, how many from one address.
    public var maxPendingInboundPerAddress = 38

    /// How long a handshake, or a session's, may take before a newcomer from the same range of addresses may push it out.
    public var handshakeGrace = Duration.milliseconds(500)

    /// How long an address that isn't local must wait between two connections to this node.
    public var inboundThrottle = Duration.seconds(30)

    /// Peers in one /24 (IPv4) or /64 (IPv6), local networks excepted. go-ethereum limits its table so, but not its
    /// peers: whoever rents one subnet can then take all slots (gossip.md, section 5).
    public var maxPeersPerSubnet = 10

    /// Of the peers that this node dials itself so many may be in a subnet, static ones aside: whoever rents two subnets
    /// could else fill a table with names from there and have all the dialed slots of a node that starts, which are the
    /// ones that others can't take. go-ethereum's table has two of a subnet in a bucket.
    public var maxDialedPerSubnet = 2

    /// How long until a node that was of use and that this node has dialed is dialed again when the connection is lost.
    public var restartWait = Duration.seconds(5)

    /// How long until a dial is tried again that this machine couldn't make.
    public var postponement = Duration.seconds(10)

    /// Idlers that this node remembers the subnets of, and for how long.
    public var maxIdledSubnets = 1024
    public var idledLifetime = Duration.seconds(600)

    /// Nodes remembered as worth a dial.
    public var maxCandidates = 2048

    /// Of those, how many may be known by one peer's word only. All peers' hearsay together has a quarter of the places.
    public var maxHearsayPerPeer = 64

    /// Nodes whose failures are remembered.
    public var maxDialRecords = 8192

    /// Nodes whose offences are remembered.
    public var maxStandings = 4096

    /// Ranges of addresses (/24, /64) whose nodes' offences are remembered.
    public var maxRanges = 2048

    /// Nodes remembered as good over a restart.
    public var maxKnownContacts = 512

    /// The leading zero bits that the hash of a node's id must have for the node to be let in (`NodeID.work`): what an
    /// identity costs. All nodes of a private network must want the same; 0 on public ones.
    public var minNodeIDWork = 0

    /// Between two duplicate connections to a node: which of them survives is decided by the ids as long as the older
    /// one has been ready for less than this, else the newer one is refused.
    public var duplicateGrace = Duration.seconds(5)

    /// A peer may be rotated out once it has been connected for this long (go-ethereum eth/dropper.go).
    public var rotationAge = Duration.seconds(600)

    /// A peer that has been connected for this long and has brought nothing gives way where all slots are taken: one that
    /// has dialed this node when another one wants its slot, and of those that were dialed some at a time. So nobody can
    /// take all slots by just being there (Wang et al. 2026, arXiv 2601.16560: over four fifths of the public nodes have
    /// no free slots). What it brought in an earlier session counts for as long.
    public var idleAge = Duration.seconds(30)

    /// Instead of `idleAge` as long as no peer brings anything: this may be a node all of whose peers are hostile. How many
    /// give way then has a budget, since it may be a network where nothing happens as well.
    public var quietIdleAge = Duration.seconds(10)

    /// Time between two looks at the dialed peers that have brought nothing.
    public var idlerInterval = Duration.seconds(15)
    /// The same as long as no peer brings anything or the chain is held up.
    public var quietIdlerInterval = Duration.seconds(5)

    /// Idlers that give way while no peer brings anything, at once, as a share of all slots, and then per second, apart for
    /// those that have dialed this node and those that it has dialed: in a network where little happens everybody brings
    /// nothing, and slots would go round in circles.
    public var idlerShare = 0.25
    public var idlersPerSecond = 1.0 / 180

    /// Idlers that give way to newcomers per second, and as many as there are slots at once, where some peer brings
    /// something: then those that bring nothing are worth less. An attacker has one newcomer for each of his subnets in
    /// ten minutes (`idledLifetime`), so this is enough for others besides a hundred of these.
    public var activeIdlersPerSecond = 0.2

    /// How long one of the newest peers that have brought nothing is safe, of those that have dialed this node. In that time
    /// it can fetch some blocks.
    public var guestAge = Duration.seconds(2)

    /// The same for one that this node has dialed, while no peer brings blocks or the chain is held up.
    public var trialAge = Duration.seconds(5)

    /// Time between two rotations, at random between these (go-ethereum eth/dropper.go).
    public var rotationInterval = Duration.seconds(180)...Duration.seconds(420)

    public init() {}

    /// The limits for this many peers, the rest as by default.
    public init(maxPeers: Int) { self.maxPeers = max(0, maxPeers) }

    /// Peers that this node dialed, static ones included; at least one where it dials at all.
    public var maxDialed: Int {
        dialRatio > 0 && maxPeers > 0 ? max(1, maxPeers / dialRatio, min(minDialed, maxPeers / 2)) : 0
    }

    /// Of these so many may be in a /16 (IPv4) or /32 (IPv6), those aside that have brought blocks here before, and static
    /// ones: whoever rents a /24 in each of a few ranges would else fill the dialed slots of a node that starts.
    public var maxYoungDialedPerRange: Int { max(2, maxDialed / 4) }

    /// Of these so many are for nodes that have brought blocks here before, as long as there are any to dial; the others are
    /// for whoever is drawn, so that nobody keeps all of them by what he once did.
    public var usefulDialed: Int { (maxDialed + 1) / 2 }

    /// Of these so many, the newest, are tried one after another while no peer brings blocks or the chain is held up.
    public var maxTrials: Int { maxDialed * 3 / 8 }

    /// Of those that dialed this node so many, the newest, give way soon if they have brought nothing.
    public var maxGuests: Int { maxInbound / 4 }

    /// Peers that dialed this node.
    public var maxInbound: Int { maxPeers - maxDialed }
}
