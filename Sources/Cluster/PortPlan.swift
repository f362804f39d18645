/// The ports on which each node of a cluster listens, for peers and for JSON-RPC.
struct PortPlan: Codable, Equatable {
    /// The TCP port of each node, which is also its UDP port for discovery.
    var p2p: [UInt16]
    /// The JSON-RPC port of each node.
    var rpc: [UInt16]

    enum Side: String {
        case p2p = "p2p"
        case rpc = "JSON-RPC"

        var option: String { self == .p2p ? "--port" : "--http.port" }
    }

    /// Plans the ports of a cluster and checks that each of them can be opened.
    ///
    /// - Parameters:
    ///   - base: the first node's port; nil or 0 for any.
    ///   - kept: the ports that the cluster had the last time.
    ///   - probe: returns why a port can't be opened; nil if it can.
    init(
        nodes: Int, base: Int?, rpcBase: Int?, kept: PortPlan?, range: Range<Int> = FreePorts.range,
        random: inout some RandomNumberGenerator, probe: (UInt16) -> FreePorts.Refusal?
    ) throws(ClusterError) {
        var asked: [Side: [UInt16]] = [:]
        asked[.p2p] = try Self.sequence(nodes, from: base, .p2p)
        asked[.rpc] = try Self.sequence(nodes, from: rpcBase, .rpc)
        if let p2p = asked[.p2p], let rpc = asked[.rpc], let both = p2p.first(where: rpc.contains) {
            throw .ports(
                "--port and --http.port: port \(both) would be a node's p2p port and a node's JSON-RPC port; "
                    + "put them \(nodes) or more apart")
        }
        // Ports in the options take precedence over kept ones.
        for (side, ports, other) in [(Side.p2p, kept?.p2p, Side.rpc), (.rpc, kept?.rpc, .p2p)] where asked[side] == nil
        {
            if let ports, ports.count == nodes, !ports.contains(where: (asked[other] ?? []).contains) {
                asked[side] = ports
            }
        }
        for side in [Side.p2p, .rpc] {
            for (node, port) in (asked[side] ?? []).enumerated() {
                if let refusal = probe(port) { throw .portRefused(refusal, port, node: "node\(node + 1)", side) }
            }
        }
        var taken = Set((asked[.p2p] ?? []) + (asked[.rpc] ?? []))
        func free() throws(ClusterError) -> [UInt16] {
            let found = try Self.free(nodes, in: range, without: taken, &random, probe)
            taken.formUnion(found)
            return found
        }
        p2p = if let ports = asked[.p2p] { ports } else { try free() }
        rpc = if let ports = asked[.rpc] { ports } else { try free() }
    }

    /// The consecutive ports from a base; nil if no base is given.
    private static func sequence(_ nodes: Int, from base: Int?, _ side: Side) throws(ClusterError) -> [UInt16]? {
        guard let base, base != 0 else { return nil }
        let last = base + nodes - 1
        guard base > 0, last <= Int(UInt16.max) else {
            throw .ports(
                "\(side.option) \(base): \(nodes) nodes need the ports \(base) to \(last), and there are none above "
                    + "65535; use \(side.option) \(65536 - nodes) or less, or 0 for free ports")
        }
        return (base...last).map { UInt16($0) }
    }

    /// Consecutive free ports, which are easier to remember, from a random one, so that clusters that start at the same
    /// time are unlikely to conflict.
    private static func free(
        _ count: Int, in range: Range<Int>, without taken: Set<UInt16>, _ random: inout some RandomNumberGenerator,
        _ probe: (UInt16) -> FreePorts.Refusal?
    ) throws(ClusterError) -> [UInt16] {
        guard range.count > count else { throw .noPorts(count) }
        for _ in 0..<256 {
            let first = Int.random(in: range.lowerBound...range.upperBound - count, using: &random)
            let ports = (first..<first + count).map { UInt16($0) }
            if ports.allSatisfy({ !taken.contains($0) && probe($0) == nil }) { return ports }
        }
        throw .noPorts(count)
    }
}
