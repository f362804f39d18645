import DevP2P
import Files
import Logging
import NIOCore
import NIOPosix
import NodeCore
import Primitives
import SansIO

/// Runs a `NodeCore` on the real world: sockets, the clock, worker threads.
///
/// Everything that happens becomes one `NodeInput` on the home loop; what the node wants done is carried out once per
/// turn of that loop, so that what several inputs cause goes out together.
///
/// It is `@unchecked Sendable`: but for the constants, everything is touched on `home` only.
final class NodeDriver: NIOScheduledCallbackHandler, @unchecked Sendable {
    let home: any EventLoop
    /// They live until the last answer to a lookup of a name has come.
    let loops: EventLoops
    let setup: ConnectionSetup
    let events: EventFeed
    let jobs: NIOThreadPool

    var core: NodeCore
    var links: [ConnectionID: Link] = [:]
    var socket: DatagramSocket?
    var traffic = Traffic()
    var names = NodeNames()
    let resolver: HostResolver
    var runningJobs = 0
    /// Who gets the events of a capability in place of the readers of `events`.
    var relays: [CapabilityName: (any Sendable) -> Void] = [:]
    private(set) var isStopping = false
    /// Kept once nothing is left to wait for.
    private var idle: EventLoopPromise<Void>?

    private var timer = DeadlineTimer()
    private var clockTimer: RepeatedTask?
    /// As the node was told last.
    private var wallOffset = Duration.zero
    private var nextShortageNotice = Instant(nanoseconds: .min)
    private var outgoing = OutgoingBatches()
    private var isFlushScheduled = false

    private static let shortageInterval = Duration.seconds(60)

    /// A connection as the home loop knows it.
    struct Link {
        let handler: ConnectionHandler
        /// This end of the socket, once it is open.
        var localEndpoint: Endpoint?
        /// The node has been told of its end.
        var hasEnded = false
    }

    init(
        core: consuming NodeCore, home: any EventLoop, loops: EventLoops, setup: ConnectionSetup,
        jobs: NIOThreadPool, resolver: HostResolver, events: EventFeed
    ) {
        self.core = core
        self.home = home
        self.loops = loops
        self.setup = setup
        self.jobs = jobs
        self.resolver = resolver
        self.events = events
    }

    var now: Instant { setup.clock.now(on: home) }

    // MARK: Inputs

    /// Tells the node what has happened. What it wants done follows at the end of this turn of the loop.
    func handle(_ input: NodeInput) {
        core.handle(input, now: now)
        scheduleFlush()
    }

    func start(socket: DatagramSocket?) {
        self.socket = socket
        jobs.start()
        socket?.open { [weak self] datagrams in
            guard let self else { return }
            for datagram in datagrams { self.handle(.datagram(datagram.bytes, from: datagram.from)) }
        }
        handle(.start)
        clockTimer = home.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            self.checkClock()
            self.lookUpNames()
        }
    }

    /// Tells the node of a system clock that has moved against the monotonic one. Less than a millisecond is the noise of
    /// reading two clocks.
    private func checkClock() {
        let offset = setup.clock.wallOffset
        let change = offset - wallOffset
        guard change >= .milliseconds(1) || change <= .milliseconds(-1) else { return }
        wallOffset = offset
        handle(.clockSet(offset: offset))
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        timer.fired()
        if let deadline = core.deadline, deadline <= now { core.handle(.deadlineReached, now: now) }
        flush()
    }

    // MARK: Effects

    func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        home.execute { self.flush() }
    }

    /// Carries out what the node wants done.
    func flush() {
        isFlushScheduled = false
        let control = setup.bytes.takeControl()
        if control > 0 { core.handle(.controlSent(control), now: now) }
        for effect in core.takeEffects() { carryOut(effect) }
        outgoing.handOver()
        socket?.flush()
        guard !isStopping else { return checkIdle() }
        timer.set(core.deadline, on: home, clock: setup.clock, calling: self)
    }

    private func carryOut(_ effect: NodeEffect) {
        switch effect {
        case .sendDatagram(let bytes, let endpoint): socket?.send(bytes, to: endpoint)
        case .dial(let id, let endpoint, let key): dial(id, endpoint, key)
        case .send(let id, let messages):
            if let link = links[id] { outgoing.send(messages, to: link.handler) }
        case .disconnect(let id, let reason):
            if let link = links[id] { outgoing.disconnect(link.handler, reason) }
        case .pause(let id): pause(id, true)
        case .resume(let id): pause(id, false)
        case .run(let id, let job): run(id, job)
        case .reply(let reply): reply()
        case .event(.capability(let name, let event)):
            if let relay = relays[name] { relay(event) } else { events.emit(.capability(name, event)) }
        case .event(let event): events.emit(event)
        }
    }

    private func dial(_ id: ConnectionID, _ endpoint: Endpoint, _ key: PublicKey) {
        guard !isStopping else { return handle(.dialFailed(id)) }
        guard FileDescriptors.areSpare else { return postpone(id) }
        lookUpName(of: key)
        traffic.connectionsDialed += 1
        setup.logger.trace("dialing", metadata: ["connection": "\(id)", "endpoint": "\(endpoint)"])
        let handler = ConnectionHandler(
            id: id, role: .initiator(to: key), on: loops.group.next(), setup: setup, owner: self)
        links[id] = Link(handler: handler)
        Dialer.dial(endpoint, for: handler)
    }

    /// A dial that this machine couldn't make says nothing about the node that it was for.
    func postpone(_ id: ConnectionID) {
        lackedDescriptors()
        handle(.dialPostponed(id))
    }

    /// From any thread.
    func lackedDescriptors() {
        home.execute {
            guard self.now >= self.nextShortageNotice else { return }
            self.nextShortageNotice = self.now + Self.shortageInterval
            self.events.emit(.descriptorsLacking(limit: FileDescriptors.limit))
        }
    }

    private func run(_ id: JobID, _ job: Job) {
        runningJobs += 1
        jobs.submit { state in
            // Cancelled ones are those that still waited when the node stopped.
            let isDone = state == .active || job.outlivesStop
            if isDone { job.work() }
            self.home.execute {
                self.runningJobs -= 1
                guard isDone else { return self.checkIdle() }
                self.traffic.jobsCompleted += 1
                self.handle(.jobCompleted(id))
            }
        }
    }

    // MARK: The end

    /// Says goodbye to all peers. The future is kept when all connections are closed and all jobs are done, or when
    /// `patience` is over.
    func stop(within patience: TimeAmount) -> EventLoopFuture<Void> {
        let idle = home.makePromise(of: Void.self)
        self.idle = idle
        isStopping = true
        timer.cancel()
        clockTimer?.cancel()
        core.handle(.stop, now: now)
        flush()
        for link in links.values { outgoing.disconnect(link.handler, .quitting) }
        outgoing.handOver()
        // Running jobs end, waiting ones are cancelled.
        jobs.shutdownGracefully { _ in }
        let alarm = home.scheduleTask(in: patience) {
            for link in self.links.values { link.handler.eventLoop.execute { link.handler.abort() } }
            self.becomeIdle()
        }
        idle.futureResult.whenComplete { _ in alarm.cancel() }
        checkIdle()
        return idle.futureResult
    }

    func checkIdle() {
        if isStopping, links.isEmpty, runningJobs == 0 { becomeIdle() }
    }

    private func becomeIdle() {
        idle?.succeed()
        idle = nil
    }

    var measuredTraffic: Traffic {
        var traffic = traffic
        traffic.bytesReceived = setup.bytes.receivedBytes
        traffic.bytesSent = setup.bytes.sentBytes
        traffic.datagramsReceived = socket?.received ?? 0
        traffic.datagramsSent = socket?.sent ?? 0
        traffic.datagramsDropped = socket?.dropped ?? 0
        return traffic
    }
}
