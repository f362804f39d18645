import EthCrypto
import Foundation
import KeyValue
import NodeCore
import NodeNIO
import NodeRecord
import Primitives
import SansIO
import Simulator

/// Runs the toy consensus: in the simulator, or as one of several processes.
///
///     toy-consensus simulate 10
///     toy-consensus run 2 30401                       # prints its enode
///     toy-consensus run 2 30402 enode://…             # in another terminal
///     toy-consensus rumours 10                        # a topic's messages, along a line of nodes
@main
enum ToyConsensus {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "simulate": try simulate(members: arguments.dropFirst().first.flatMap { Int($0) } ?? 4)
        case "rumours":
            let nodes = max(2, arguments.dropFirst().first.flatMap { Int($0) } ?? 5)
            for (index, heard) in try Rumours.simulate(nodes: nodes).enumerated() { say("node \(index + 1): \(heard)") }
        case "run":
            let numbers = arguments.dropFirst().prefix(2).compactMap { UInt16($0) }
            guard numbers.count == 2 else { fallthrough }
            try await run(members: Int(numbers[0]), port: numbers[1], bootnode: arguments.dropFirst(3).first)
        default:
            say(
                "usage: toy-consensus simulate MEMBERS | toy-consensus run MEMBERS PORT [ENODE] | toy-consensus rumours NODES"
            )
        }
    }

    /// All members in one thread and in virtual time: the same seed decides the same values in every run.
    static func simulate(members: Int) throws {
        let simulation = Simulation(seed: 1)
        var random = NodeRandom(seed: 1)
        var first: NodeContact?
        for index in 0..<members {
            let key = PrivateKey.generate(using: &random)
            var node = NodeConfiguration(
                key: key, clientID: "toy/\(index)", advertisedIP: .v4(0x0a00_0001 + UInt32(index)), udpPort: 30303,
                tcpPort: 30303)
            node.bootnodes = first.map { [$0] } ?? []
            first =
                first ?? NodeContact(publicKey: key.publicKey, ip: node.advertisedIP, udpPort: 30303, tcpPort: 30303)
            let me = key.publicKey.nodeID
            let member = RoundRobin(me: me, size: members, pace: .milliseconds(200))
            try simulation.add(node, hosts: [CapabilityConfiguration(member)])
        }
        simulation.run(for: .seconds(20))
        let decisions = simulation.nodes.map { node in node.events.compactMap(\.decision) }
        for decision in decisions[0].prefix(5) { say("height \(decision.height): \(decision.value)") }
        // By height: a member that came late has missed the first ones.
        let values = Dictionary(grouping: decisions.joined(), by: \.height).mapValues { Set($0.map(\.value)) }
        let fewest = decisions.map(\.count).min() ?? 0
        let isSame = values.values.allSatisfy { $0.count == 1 }
        say("\(fewest) decisions or more at each member, \(isSame ? "the same" : "DIFFERENT") at each height")
    }

    /// One member on real sockets.
    static func run(members: Int, port: UInt16, bootnode: String?) async throws {
        var random = SystemRandomNumberGenerator()
        let key = PrivateKey.generate(using: &random)
        var node = NodeConfiguration(key: key, clientID: "toy", udpPort: port, tcpPort: port)
        node.bootnodes = try bootnode.flatMap { try EnodeURL($0).contact }.map { [$0] } ?? []
        var configuration = NodeServiceConfiguration(node: node)
        configuration.bindHost = "127.0.0.1"
        let service = NodeService(configuration: configuration, store: MemoryStore())
        try await service.register(RoundRobin(me: key.publicKey.nodeID, size: members, pace: .milliseconds(500)))
        let events = service.events()
        try await service.start()
        say(EnodeURL(publicKey: key.publicKey, host: .address(.loopback), tcpPort: port))
        for await decision in events.compactMap(\.decision) {
            say("height \(decision.height): \(decision.value)")
        }
    }
}

/// Prints a line at once, also into a pipe. A reader that has gone or a full disk ends nothing: the `write` that doesn't
/// throw would trap.
private func say(_ line: some CustomStringConvertible) {
    try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
}

extension NodeEvent {
    /// What the toy consensus has decided, if this is about it.
    var decision: RoundRobin.Decision? {
        if case .capability(_, let event) = self { event as? RoundRobin.Decision } else { nil }
    }
}
