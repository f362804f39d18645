import DevP2P
import Primitives
import SansIO

/// The node's connections from the first byte to the last, and how many there are of each kind.
struct ConnectionTable: Sendable {
    struct Link: Sendable {
        enum Phase: Hashable, Sendable {
            /// TCP, key exchange.
            case opening
            /// The peer's key is known; Hello is not.
            case identified
            /// Hellos are exchanged; the session isn't open yet.
            case greeted
            case ready
        }

        /// What a connection that isn't a peer's waits for.
        enum Stage: Hashable, Sendable {
            /// Key exchange and Hello.
            case handshake
            /// The handshake of a capability, as `eth`'s Status.
            case session
        }

        let connection: ConnectionID
        let endpoint: Endpoint
        let isInbound: Bool
        /// Whom we dialed, or who turned out to be there.
        var node: NodeID?
        var phase = Phase.opening
        /// When the phase was entered.
        var since: Instant
        let opened: Instant
        var usefulness = Usefulness()

        init(connection: ConnectionID, endpoint: Endpoint, isInbound: Bool, node: NodeID? = nil, since: Instant) {
            self.connection = connection
            self.endpoint = endpoint
            self.isInbound = isInbound
            self.node = node
            self.since = since
            opened = since
        }

        /// Nil for a peer.
        var stage: Stage? {
            switch phase {
            case .opening, .identified: .handshake
            case .greeted: .session
            case .ready: nil
            }
        }

        func isReady(longerThan age: Duration, now: Instant) -> Bool { phase == .ready && now - since >= age }
    }

    private var links: [ConnectionID: Link] = [:]
    /// All links of a node, oldest first: two for the moment in which both sides dial.
    private var byNode: [NodeID: [ConnectionID]] = [:]
    private struct Crowd: Hashable {
        let stage: Link.Stage
        let ip: IPAddress
    }

    private var pendingByAddress: [Crowd: Int] = [:]
    private(set) var subnets = SubnetCounter()
    /// Of those that this node has dialed, or dials.
    private(set) var dialedSubnets = SubnetCounter()

    /// Peers, by who dialed.
    private(set) var inboundCount = 0
    private(set) var dialedCount = 0
    /// Connections that aren't peers yet, by who dialed.
    private var pendingByStage: [Link.Stage: Int] = [:]
    private(set) var dialingCount = 0

    var peerCount: Int { inboundCount + dialedCount }

    subscript(_ connection: ConnectionID) -> Link? { links[connection] }

    /// The links that are ready, by connection.
    var ready: [Link] { links.values.filter { $0.phase == .ready }.sorted { $0.connection < $1.connection } }

    /// Those that this node has dialed or dials, by connection.
    var dialed: [Link] { links.values.filter { !$0.isInbound }.sorted { $0.connection < $1.connection } }

    /// Accepted connections that aren't peers yet, the oldest first.
    ///
    /// - Complexity: O(connections).
    func pendingInbound(where matches: (Link) -> Bool = { _ in true }) -> [Link] {
        links.values.filter { $0.isInbound && $0.phase != .ready && matches($0) }
            .sorted { ($0.opened, $0.connection) < ($1.opened, $1.connection) }
    }

    /// Those of a stage in the range of addresses that has most of them; of these, those of the subnet, then of the
    /// address that has most. The oldest first.
    func mostCrowdedPendingInbound(in stage: Link.Stage) -> [Link] {
        var crowd = pendingInbound { $0.stage == stage }
        crowd = Self.largestGroup(of: crowd) { AddressRange($0.endpoint.ip) }
        crowd = Self.largestGroup(of: crowd) { Subnet($0.endpoint.ip) }
        return Self.largestGroup(of: crowd) { $0.endpoint.ip }
    }

    /// Of groups of the same size the one with the oldest member.
    private static func largestGroup<Key: Hashable>(of links: [Link], by key: (Link) -> Key) -> [Link] {
        let sizes = Dictionary(links.map { (key($0), 1) }, uniquingKeysWith: +)
        let largest = sizes.values.max()
        guard let first = links.first(where: { sizes[key($0)] == largest }) else { return [] }
        return links.filter { key($0) == key(first) }
    }

    func pendingInboundCount(in stage: Link.Stage) -> Int { pendingByStage[stage] ?? 0 }

    func pendingInboundCount(in stage: Link.Stage, from ip: IPAddress) -> Int {
        pendingByAddress[Crowd(stage: stage, ip: ip)] ?? 0
    }

    func links(of node: NodeID) -> [Link] { (byNode[node] ?? []).compactMap { links[$0] } }

    mutating func open(_ link: Link) {
        guard links.updateValue(link, forKey: link.connection) == nil else { return }
        if let node = link.node { byNode[node, default: []].append(link.connection) }
        subnets.add(link.endpoint.ip)
        if !link.isInbound { dialedSubnets.add(link.endpoint.ip) }
        count(link, 1)
    }

    mutating func identify(_ connection: ConnectionID, as node: NodeID, now: Instant) {
        guard var link = links[connection] else { return }
        if link.node == nil { byNode[node, default: []].append(connection) }
        link.node = node
        link.phase = .identified
        link.since = now
        links[connection] = link
    }

    mutating func greet(_ connection: ConnectionID, now: Instant) { enter(.greeted, connection, now: now) }

    mutating func makeReady(_ connection: ConnectionID, now: Instant) { enter(.ready, connection, now: now) }

    private mutating func enter(_ phase: Link.Phase, _ connection: ConnectionID, now: Instant) {
        guard var link = links[connection], link.phase != phase else { return }
        count(link, -1)
        link.phase = phase
        link.since = now
        links[connection] = link
        count(link, 1)
    }

    @discardableResult
    mutating func close(_ connection: ConnectionID) -> Link? {
        guard let link = links.removeValue(forKey: connection) else { return nil }
        count(link, -1)
        subnets.remove(link.endpoint.ip)
        if !link.isInbound { dialedSubnets.remove(link.endpoint.ip) }
        if let node = link.node {
            byNode[node]?.removeAll { $0 == connection }
            if byNode[node]?.isEmpty == true { byNode[node] = nil }
        }
        return link
    }

    mutating func update(_ connection: ConnectionID, _ change: (inout Usefulness) -> Void) {
        guard var link = links[connection] else { return }
        change(&link.usefulness)
        links[connection] = link
    }

    private mutating func count(_ link: Link, _ change: Int) {
        switch (link.stage, link.isInbound) {
        case (nil, true): inboundCount += change
        case (nil, false): dialedCount += change
        case (let stage?, true):
            pendingByStage[stage, default: 0] += change
            let crowd = Crowd(stage: stage, ip: link.endpoint.ip)
            let rest = (pendingByAddress[crowd] ?? 0) + change
            pendingByAddress[crowd] = rest > 0 ? rest : nil
        case (_?, false): dialingCount += change
        }
    }
}
