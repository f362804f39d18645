import Discovery
import NodeRecord
import Primitives
import SansIO

/// The discv4 machine: datagrams of peers that behave and of others, and time.
///
/// The first byte says whether the node knows its own address, and whom it knows at the start.
public func fuzzDiscovery(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    guard var program = DiscoveryProgram(&input) else { throw BrokenProperty("a node without discovery") }
    while !input.isAtEnd { try program.step(&input) }
}

private struct DiscoveryProgram {
    private var machine: DiscoveryV4
    private var peers = HostilePeers()
    private var now = Fixed.now

    init?(_ input: inout FuzzInput) {
        let start = input.byte()
        let bootnodes = (0..<3).filter { start >> (1 + $0) & 1 == 1 }.map { HostilePeers.contact($0) }
        guard
            let machine = try? DiscoveryV4(
                key: Fixed.nodeKey, ip: start & 1 == 1 ? .v4(0x0a00_0001) : nil, udpPort: 30303, tcpPort: 30303,
                bootnodes: bootnodes, random: NodeRandom(seed: 4), now: now)
        else { return nil }
        self.machine = machine
    }

    mutating func step(_ input: inout FuzzInput) throws(BrokenProperty) {
        switch input.choice(16) {
        case 0...10:
            let (bytes, peer) = peers.datagram(&input, now: now)
            let isProved = peers.proved.contains(peer)
            // Sometimes from an address that isn't the peer's.
            let source = input.choice(8) == 0 ? Fixed.endpoints[input.choice(8)] : Fixed.endpoints[peer]
            machine.receive(bytes[...], from: source, now: now)
            let answered = try takeEffects(to: source)
            try require(
                isProved || answered <= 600, "\(bytes.count) bytes of a stranger are answered with \(answered)")
        case 11, 12:
            now = max(now, machine.deadline ?? now)
            try reachDeadline()
        case 13:
            now = now + .milliseconds(1 << Int64(input.choice(24)))
            try reachDeadline()
        case 14: machine.requestNodes(now: now)
        default: machine.seed([HostilePeers.contact(input.choice(8))])
        }
        try checkMachine()
    }

    private mutating func reachDeadline() throws(BrokenProperty) {
        for _ in 0..<8 {
            guard let deadline = machine.deadline, deadline <= now else { return }
            machine.deadlineReached(now: now)
            _ = try takeEffects(to: nil)
        }
        try require((machine.deadline ?? .distantFuture) > now, "the deadline never moves: a driver would spin")
    }

    /// The bytes sent to an endpoint.
    private mutating func takeEffects(to endpoint: Endpoint?) throws(BrokenProperty) -> Int {
        let effects = machine.takeEffects()
        try require(effects.count <= 512, "one input leads to \(effects.count) effects")
        var bytes = 0
        for case .send(let datagram, let to) in effects {
            try require(datagram.count <= EnvelopeV4.maxByteCount, "a datagram of \(datagram.count) bytes")
            try require(to.port != 0, "a datagram to port 0")
            if to == endpoint { bytes += datagram.count }
            peers.observe(datagram, to: to)
        }
        return bytes
    }

    private func checkMachine() throws(BrokenProperty) {
        try require(machine.deadline != nil, "discovery has come to rest for ever")
        try require(machine.table.count <= 8 + 17 * 16, "the table has \(machine.table.count) entries")
        try require(!machine.liveContacts.contains { $0.id == machine.id }, "the node has met itself")
        try require(machine.localRecord.encoded.count <= NodeRecord.maxByteCount, "the node's record is too large")
    }
}
