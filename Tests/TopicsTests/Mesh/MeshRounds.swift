import DevP2P
import SansIO
import Topics

/// One node's mesh with a clock, its peers being numbers. Topic 0 is open.
struct MeshRounds {
    var mesh: TopicMesh
    var random: NodeRandom
    var now = Instant.start

    /// Degrees of 6, 8 and 12, whatever the defaults are.
    init(seed: UInt64 = 1, _ change: (inout TopicLimits) -> Void = { _ in }) {
        var limits = TopicLimits()
        (limits.minDegree, limits.degree, limits.maxDegree) = (6, 8, 12)
        change(&limits)
        self.init(seed: seed, limits: limits)
    }

    init(seed: UInt64, limits: TopicLimits) {
        mesh = TopicMesh(limits: limits)
        mesh.join(0)
        random = NodeRandom(seed: seed, stream: 31)
    }

    static func peer(_ number: Int) -> ConnectionID { ConnectionID(rawValue: UInt64(number)) }

    static func id(_ number: Int) -> TopicMessageID { TopicMessageID(7, UInt64(number)) }

    /// A peer that has the topic.
    mutating func join(_ number: Int, isOutbound: Bool = false, subscribes: Bool = true) {
        mesh.peerJoined(
            Self.peer(number), identity: UInt64(number), isOutbound: isOutbound, now: now, random: &random)
        if subscribes { mesh.peerSubscribed(Self.peer(number), to: 0, now: now) }
    }

    mutating func leave(_ number: Int) { mesh.peerLeft(Self.peer(number), now: now) }

    mutating func graft(from number: Int) {
        mesh.receivedGraft(0, from: Self.peer(number), now: now, random: &random)
    }

    @discardableResult
    mutating func prune(from number: Int, seconds: Int64 = 60) -> Bool {
        mesh.receivedPrune(0, backoff: .seconds(seconds), from: Self.peer(number), now: now)
    }

    mutating func have(_ ids: [Int], from number: Int) {
        mesh.receivedHave(ids.map(Self.id), topic: 0, from: Self.peer(number), now: now)
    }

    /// A message comes, and is judged at once.
    @discardableResult
    mutating func message(
        _ id: Int, from number: Int, bytes: Int = 100, _ verdict: TopicVerdict = .accept
    ) -> TopicMesh.Reception {
        let reception = mesh.received(Self.id(id), bytes: bytes, topic: 0, from: Self.peer(number), now: now)
        if reception == .new { mesh.validated(Self.id(id), verdict) }
        return reception
    }

    /// A peer earns something by messages that nobody else has brought.
    mutating func earn(_ count: Int, by number: Int) {
        for _ in 0..<count { message(Int(random.next() >> 8), from: number) }
        _ = mesh.takeActions()
    }

    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let deadline = mesh.deadline, deadline <= end {
            now = max(now, deadline)
            mesh.deadlineReached(now: now, random: &random)
        }
        now = end
    }

    mutating func take() -> [TopicAction] { mesh.takeActions() }

    /// The actions as words, for instance `graft 3`.
    mutating func words() -> [String] {
        func numbers(_ connections: [ConnectionID]) -> String { "\(connections.map(\.rawValue).sorted())" }
        return take().map { action in
            switch action {
            case .graft(let topic, let peer): "graft \(peer.rawValue)" + (topic == 0 ? "" : " of \(topic)")
            case .prune(_, let peer, let backoff, let others):
                "prune \(peer.rawValue) for \(Int(backoff.inSeconds))"
                    + (others.isEmpty ? "" : " instead \(others.count)")
            case .have(_, let ids, let peer): "have \(ids.count) \(peer.rawValue)"
            case .want(let ids, let peer): "want \(ids.count) \(peer.rawValue)"
            case .dontWant(_, let peers): "dontWant \(numbers(peers))"
            case .send(_, let peers): "send \(numbers(peers))"
            case .forget: "forget"
            case .offence(let offence, let peer): "\(peer.rawValue)! \(offence)"
            }
        }
    }

    var neighbours: [Int] { mesh.neighbours(in: 0).map { Int($0.rawValue) }.sorted() }
}
