import Discovery
import EthCrypto
import NodeRecord
import Primitives
import SansIO

/// Discovery nodes on one address, with latency, loss and a clock that jumps from event to event.
struct VirtualNetwork {
    private struct Datagram {
        let bytes: [UInt8]
        let from: Endpoint
        let to: Endpoint
    }

    private(set) var now = Sample.start
    var nodes: [DiscoveryV4] = []
    private(set) var contacts: [NodeContact] = []
    /// What each node has reported, the latest for each id, and how often it reported at all.
    private(set) var found: [[NodeID: NodeContact]] = []
    private(set) var reports: [Int] = []
    /// Nodes that neither send nor receive.
    var down: Set<Int> = []
    var loss = 0.0
    private(set) var datagramCount = 0
    /// How many datagrams of each packet type were sent.
    private(set) var typeCounts = [Int](repeating: 0, count: 7)
    /// A hash over every datagram, its endpoints and its time.
    private var trace = Keccak256()
    private var random: NodeRandom
    private var indices: [Endpoint: Int] = [:]
    private var inFlight: [UInt64: Datagram] = [:]
    private var arrivals = DeadlineHeap<UInt64>()
    private var deadlines = DeadlineHeap<Int>()

    init(seed: UInt64) { random = NodeRandom(seed: seed, stream: 1) }

    /// Adds a node at 127.0.0.1 with a port of its own.
    mutating func addNode(
        key: PrivateKey? = nil, bootnodes: [NodeContact], entries: [(key: String, value: [UInt8])] = []
    ) throws {
        let number = UInt16(nodes.count)
        let key = key ?? Sample.key(UInt64(number))
        let port = 30000 + number
        let node = try DiscoveryV4(
            key: key, ip: .loopback, udpPort: port, tcpPort: port, entries: entries, bootnodes: bootnodes,
            random: random.fork(), now: now)
        let contact = NodeContact(publicKey: key.publicKey, ip: .loopback, udpPort: port, tcpPort: port)
        indices[contact.udpEndpoint] = nodes.count
        deadlines.set(nodes.count, to: node.deadline)
        nodes.append(node)
        contacts.append(contact)
        found.append([:])
        reports.append(0)
    }

    /// Replaces a node by a fresh one with the same key and endpoint.
    mutating func restart(_ index: Int, bootnodes: [NodeContact]) throws {
        nodes[index] = try DiscoveryV4(
            key: Sample.key(UInt64(index)), ip: .loopback, udpPort: contacts[index].udpPort,
            tcpPort: contacts[index].tcpPort, bootnodes: bootnodes, random: random.fork(), now: now)
        found[index] = [:]
        reports[index] = 0
        deadlines.set(index, to: now)
    }

    /// The same at another port.
    mutating func move(_ index: Int, toPort port: UInt16) throws {
        indices[contacts[index].udpEndpoint] = nil
        (contacts[index].udpPort, contacts[index].tcpPort) = (port, port)
        indices[contacts[index].udpEndpoint] = index
        try restart(index, bootnodes: [])
    }

    mutating func run(for duration: Duration) {
        let end = now + duration
        for index in nodes.indices { deadlines.set(index, to: nodes[index].deadline) }
        while let next = [arrivals.next, deadlines.next].compactMap(\.self).min(), next <= end {
            now = max(now, next)
            if let serial = arrivals.popDue(now) {
                deliver(serial)
            } else if let index = deadlines.popDue(now), !down.contains(index) {
                nodes[index].deadlineReached(now: now)
                collect(index)
            }
        }
        now = end
    }

    private mutating func deliver(_ serial: UInt64) {
        guard let datagram = inFlight.removeValue(forKey: serial), let index = indices[datagram.to],
            !down.contains(index)
        else { return }
        nodes[index].receive(datagram.bytes[...], from: datagram.from, now: now)
        collect(index)
    }

    private mutating func collect(_ index: Int) {
        for effect in nodes[index].takeEffects() {
            switch effect {
            case .send(let bytes, let endpoint):
                let datagram = Datagram(bytes: bytes, from: contacts[index].udpEndpoint, to: endpoint)
                trace.update("\(now.nanoseconds) \(datagram.from) \(datagram.to) ".utf8)
                trace.update(bytes)
                datagramCount += 1
                typeCounts[Int(bytes[97])] += 1
                let delay = Duration.milliseconds(1) + random.duration(below: .milliseconds(30))
                guard Double.random(in: 0..<1, using: &random) >= loss else { continue }
                inFlight[UInt64(datagramCount)] = datagram
                arrivals.set(UInt64(datagramCount), to: now + delay)
            case .found(let contact):
                found[index][contact.id] = contact
                reports[index] += 1
            }
        }
        deadlines.set(index, to: nodes[index].deadline)
    }

    var traceHash: Hash32 { trace.digest() }
}
