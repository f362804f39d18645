import DevP2P
public import NodeCore
public import Primitives
import SansIO
public import Storage

/// A whole node in the simulator: the same `NodeCore` and connections that run on sockets.
public final class SimulatedNode {
    public let index: Int
    public let configuration: NodeConfiguration
    public let store: any KeyValueStore
    public let endpoint: Endpoint
    public internal(set) var core: NodeCore
    public internal(set) var isRunning = false
    /// What the node told, with the newest last; at most `eventLimit`.
    public internal(set) var events: [NodeEvent] = []

    let register: (inout NodeCore) -> Void
    var life = 0
    var random: NodeRandom
    var connections: [ConnectionID: VirtualConnection] = [:]
    var acceptedCount: UInt64 = 0
    var scheduledDeadline: Instant?
    /// When the node's outgoing link is free again.
    var linkFree: Instant

    static let eventLimit = 10_000

    init(
        index: Int, configuration: NodeConfiguration, store: any KeyValueStore, core: NodeCore, random: NodeRandom,
        now: Instant, register: @escaping (inout NodeCore) -> Void
    ) {
        self.index = index
        self.configuration = configuration
        self.store = store
        self.core = core
        self.random = random
        self.register = register
        endpoint = Endpoint(ip: configuration.advertisedIP, port: configuration.tcpPort)
        linkFree = now
    }
}
