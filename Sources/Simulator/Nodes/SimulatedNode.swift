import DevP2P
import Discovery
public import EthNode
public import KeyValue
public import NodeCore
public import Primitives
import SansIO

/// A whole node in the simulator: the same `NodeCore` and connections that run on sockets.
public final class SimulatedNode {
    public let index: Int
    public let configuration: NodeConfiguration
    public let store: any KeyValueStore
    public let endpoint: Endpoint
    public internal(set) var core: NodeCore
    public internal(set) var isRunning = false
    /// The node's own clock. What the node tells and stores has its times, not those of the simulation.
    public internal(set) var clock: NodeClock
    /// What the node told, with the newest last; at least the last `eventLimit`, and not many more.
    public internal(set) var events: [NodeEvent] = []
    /// How many events to keep; 0 for none, where an observer takes them as they come.
    public var eventLimit = 10_000
    public internal(set) var traffic = Traffic()
    /// Nil for an honest node.
    public internal(set) var behaviour: (any Behaviour)?

    let seal: any PacketSealV4
    let hosts: [any HostConfiguration]
    var life: Int32 = 0
    var behaviourCount = 0
    var random: NodeRandom
    var connections: [ConnectionID: VirtualConnection] = [:]
    var acceptedCount: UInt64 = 0
    /// By the simulation's clock.
    var scheduledDeadline: Instant?

    init(
        index: Int, configuration: NodeConfiguration, hosts: [any HostConfiguration], store: any KeyValueStore,
        seal: any PacketSealV4, core: NodeCore, random: NodeRandom, clock: NodeClock
    ) {
        self.index = index
        self.configuration = configuration
        self.hosts = hosts
        self.store = store
        self.seal = seal
        self.core = core
        self.random = random
        self.clock = clock
        endpoint = Endpoint(ip: configuration.advertisedIP, port: configuration.tcpPort)
    }

    /// The node's chain. Only of nodes that have one.
    public var chain: EthNode {
        guard let chain = core.host(EthNode.self) else { preconditionFailure("the node has no chain") }
        return chain
    }

    func keep(_ event: NodeEvent) {
        guard eventLimit > 0 else { return }
        events.append(event)
        if events.count >= 2 * eventLimit { events.removeFirst(events.count - eventLimit) }
    }
}
