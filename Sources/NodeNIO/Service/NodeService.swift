public import DevP2P
public import KeyValue
import Logging
import NIOCore
import NIOPosix
public import NodeCore
import SansIO
public import Sidecar

/// A node on real sockets: the front door for a program that runs one.
///
///     let service = NodeService(configuration: NodeServiceConfiguration(node: node), store: store)
///     try await service.register(MyConsensus())
///     try await service.start()
///     …
///     await service.stop()
///
/// Its executor is the node's home loop, so its methods speak to the node without a hop. A service that was started must
/// be stopped; it can't be started again.
public actor NodeService {
    public nonisolated let configuration: NodeServiceConfiguration

    private nonisolated let home: any EventLoop
    private nonisolated let executor: any SerialExecutor
    private nonisolated let loops: EventLoops
    private nonisolated let feed = EventFeed()
    private let store: any KeyValueStore
    private var hosts: [any HostConfiguration]
    /// Of all capabilities.
    private(set) var names: Set<CapabilityName>
    private var attachments: [any RelayAttachment] = []
    private var state = State.idle

    private enum State {
        case idle
        case starting
        case running(Running)
        case stopping(EventLoopFuture<Void>)
        case stopped
    }

    private struct Running {
        let driver: NodeDriver
        let listener: Listener
        let socket: DatagramSocket?
        let acceptor: Acceptor
    }

    /// The driver from the start on, after the end too: what the node knew can still be read.
    var driver: NodeDriver?

    /// - Parameter store: where what is known of peers is kept, and what hosts keep. It is read at `start`, and closed when the
    ///   service stops.
    /// - Parameter hosts: what the node does, such as a chain (`EthConfiguration`), each with names of its own; more are added by
    ///   `register`.
    public init(
        configuration: NodeServiceConfiguration, store: any KeyValueStore, hosts: [any HostConfiguration] = []
    ) {
        self.configuration = configuration
        self.hosts = hosts
        names = Set(hosts.flatMap(\.capabilities)).union(NodeCore.builtIn)
        self.store = store
        loops = EventLoops(count: configuration.threads)
        home = loops.group.next()
        executor = home.executor
    }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Adds a capability of one's own, before `start`.
    public func register(_ capability: some Capability) throws(NodeServiceError) {
        try register(CapabilityConfiguration(capability))
    }

    /// Adds a host that keeps something in the node's store, as a chain, before `start`: it is opened then.
    public func register(_ host: some HostConfiguration) throws(NodeServiceError) {
        guard case .idle = state else { throw .alreadyStarted }
        if let taken = host.capabilities.first(where: names.contains) { throw .capabilityExists(taken) }
        names.formUnion(host.capabilities)
        hosts.append(host)
    }

    /// Adds a capability that is written with `for await`, before `start`.
    public func register<Message>(_ capability: AsyncCapability<Message>) throws(NodeServiceError) {
        try register(capability.relay)
        attachments.append(capability)
    }

    /// Adds a capability that a program outside the node serves, before `start`. Whether the program is there shows in
    /// the events, as `SidecarEvent`.
    public func register(_ reservation: SidecarReservation) throws(NodeServiceError) {
        try register(Relay<RawMessage>(reservation.descriptor))
        attachments.append(SidecarSocket(reservation, logger: configuration.logger))
    }

    /// Opens the ports and the chain, and goes looking for peers.
    ///
    /// - Throws: `bind` where a port can't be had, `node` where the store is of another chain; `alreadyStarted`.
    public func start() async throws(NodeServiceError) {
        guard case .idle = state else { throw .alreadyStarted }
        state = .starting
        do throws(NodeServiceError) {
            let acceptor = Acceptor(maxPeers: configuration.node.maxPeers)
            let (listener, socket) = try await bind(acceptor)
            do throws(NodeServiceError) {
                // `stop` may have been called in the meantime.
                guard case .starting = state else { throw .notRunning }
                let driver = try makeDriver(tcpPort: listener.port, udpPort: socket?.port)
                try await openAttachments(driver)
                guard case .starting = state else { throw .notRunning }
                run(Running(driver: driver, listener: listener, socket: socket, acceptor: acceptor))
            } catch {
                try? await listener.close().get()
                try? await socket?.close().get()
                throw error
            }
        } catch {
            state = .stopped
            await closeAttachments()
            await closeStore()
            feed.finish()
            throw error
        }
    }

    private func openAttachments(_ driver: NodeDriver) async throws(NodeServiceError) {
        do throws(BindError) {
            for attachment in attachments { try await attachment.open(on: driver) }
        } catch {
            throw .bind(error)
        }
    }

    private func closeAttachments() async {
        for attachment in attachments { await attachment.close() }
    }

    /// It waits for calls that others are making, so it is no work for an event loop.
    private func closeStore() async {
        let store = store
        try? await NIOThreadPool.singleton.runIfActive { store.close() }
    }

    private func bind(_ acceptor: Acceptor) async throws(NodeServiceError) -> (Listener, DatagramSocket?) {
        let host = configuration.bindHost
        do throws(BindError) {
            let listener = try await Listener.bind(
                host: host, port: configuration.tcpPort ?? configuration.node.tcpPort, on: home, children: loops.group,
                logger: configuration.logger, onPause: { acceptor.paused() }
            ) { acceptor.accept($0) }
            guard configuration.node.discoveryEnabled else { return (listener, nil) }
            do throws(BindError) {
                let socket = try await DatagramSocket.bind(
                    host: host, port: configuration.udpPort ?? configuration.node.udpPort, on: home,
                    logger: configuration.logger)
                return (listener, socket)
            } catch {
                try? await listener.close().get()
                throw error
            }
        } catch {
            throw .bind(error)
        }
    }

    private func makeDriver(tcpPort: UInt16, udpPort: UInt16?) throws(NodeServiceError) -> NodeDriver {
        var node = configuration.node
        if node.tcpPort == 0 { node.tcpPort = tcpPort }
        if node.udpPort == 0 { node.udpPort = udpPort ?? 0 }
        let clock = NodeClock()
        var core: NodeCore
        do {
            core = try NodeCore(configuration: node, store: store, random: .system(), now: clock.now)
            for host in hosts { try core.register(host, store: store) }
        } catch {
            throw .node(error)
        }
        var setup = ConnectionSetup(
            identity: node.key, hello: core.localHello, clock: clock, logger: configuration.logger)
        setup.limits = configuration.connectionLimits
        return NodeDriver(
            core: core, home: home, loops: loops, setup: setup,
            jobs: NIOThreadPool(numberOfThreads: max(1, configuration.jobThreads)),
            resolver: configuration.resolver, events: feed)
    }

    private func run(_ running: Running) {
        driver = running.driver
        running.driver.start(socket: running.socket)
        for url in configuration.namedBootnodes { _ = running.driver.follow(url, .bootnode) }
        for url in configuration.namedStaticPeers { _ = running.driver.follow(url, .staticPeer) }
        running.acceptor.hand(to: running.driver)
        running.listener.open()
        state = .running(running)
        configuration.logger.debug(
            "listening",
            metadata: [
                "host": "\(configuration.bindHost)", "tcp": "\(running.listener.port)",
                "udp": "\(running.socket?.port ?? 0)",
            ])
    }

    /// Says goodbye to the peers, writes what is still to be written, closes the sockets and waits for running jobs: for
    /// at most `stopTimeout`. Then it closes the store. Later calls wait for the same end.
    public func stop() async {
        switch state {
        case .idle, .starting:
            state = .stopped
            await closeAttachments()
            await closeStore()
            feed.finish()
        case .running(let running):
            let stopped = home.makePromise(of: Void.self)
            state = .stopping(stopped.futureResult)
            running.acceptor.hand(to: nil)
            try? await running.listener.close().get()
            try? await running.driver.stop(within: TimeAmount(configuration.stopTimeout)).get()
            try? await running.socket?.close().get()
            await closeAttachments()
            await closeStore()
            state = .stopped
            feed.finish()
            stopped.succeed()
        case .stopping(let stopped): try? await stopped.get()
        case .stopped: break
        }
    }

    /// What happens on the node from now on. A reader that falls behind by `count` events loses the oldest ones.
    public nonisolated func events(buffering count: Int = 1024) -> AsyncStream<NodeEvent> {
        feed.stream(buffering: count)
    }

    /// - Throws: `notRunning` before `start` and after `stop`.
    package func checkRunning() throws(NodeServiceError) { _ = try running() }

    /// The driver of the running node.
    func running() throws(NodeServiceError) -> NodeDriver {
        guard case .running(let running) = state else { throw .notRunning }
        return running.driver
    }
}
