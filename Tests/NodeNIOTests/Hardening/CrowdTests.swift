import Chain
import DevP2P
import NIOCore
import NIOPosix
import NodeCore
import NodeRecord
import PeerBook
import Primitives
import Synchronization
import Testing

@testable import NodeNIO

/// 500 connections that want nothing but room, over real sockets. In go-ethereum 50 of them lock every peer out for as
/// long as its time-outs are; 2 s is less than any time-out here, so it is admission that lets the good peer in.
@Suite("Hardening: 500 connections from one range of addresses", .serialized, .timeLimit(.minutes(1)))
struct CrowdTests {
    enum Behaviour: String, CaseIterable, Sendable {
        /// Says nothing.
        case idle
        /// The size of its auth, and no more.
        case halfOpen
        /// A byte of its auth every 100 ms.
        case slow
        /// Comes back as soon as it is closed.
        case persistent
    }

    @Test(
        "500 idle, slow, half-open or persistent connections: a good peer is in within 2 s",
        arguments: Behaviour.allCases)
    func goodPeer(_ behaviour: Behaviour) async throws {
        let service = try TestNode.service(0)
        try await service.start()
        let contact = try await TestNode.contact(service)
        let crowd = Crowd(behaviour, port: contact.tcpPort)
        await crowd.connect(500)
        #expect(crowd.connected >= 500)

        let good = try TestNode.service(1)
        let events = service.events()
        try await good.start()
        let start = ContinuousClock.now
        try await good.addPeer(contact)
        let peer = try await events.first { event -> Peer? in
            if case .peerConnected(let peer, _) = event { peer } else { nil }
        }
        let taken = ContinuousClock.now - start
        #expect(peer.clientID == "test/1")
        #expect(taken < .seconds(2), "\(behaviour): \(taken)")
        // The crowd holds no more than its share, and why it was thinned can be read.
        let (pending, evictions) = try await service.read { core in
            (core.pendingInboundCount, core.journal.count(of: .evicted) + core.journal.count(of: .inboundRefused))
        }
        #expect(pending <= 50)
        #expect(evictions > 0)
        #expect(try await service.peers.count == 1)
        await crowd.leave()
        await good.stop()
        await service.stop()
    }
}

/// Clients on the addresses 127.9.x.y, all of one range.
private final class Crowd: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var connected = 0
        var isLeaving = false
    }

    private let behaviour: CrowdTests.Behaviour
    private let port: UInt16
    private let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state = Mutex(State())

    init(_ behaviour: CrowdTests.Behaviour, port: UInt16) {
        self.behaviour = behaviour
        self.port = port
    }

    var connected: Int { state.withLock { $0.connected } }

    /// Opens connections; waits until each has been open once.
    func connect(_ count: Int) async {
        await withTaskGroup { group in
            for index in 0..<count { group.addTask { await self.open(index) } }
        }
    }

    private func open(_ index: Int) async {
        let from = try? SocketAddress(ipAddress: "127.9.\(1 + index / 250).\(1 + index % 250)", port: 0)
        guard let from else { return }
        let channel = try? await ClientBootstrap(group: loop).bind(to: from)
            .connect(host: "127.0.0.1", port: Int(port)).get()
        guard let channel else { return }
        let isLeaving = state.withLock { state in
            state.connected += 1
            state.channels.append(channel)
            return state.isLeaving
        }
        guard !isLeaving else { return channel.close(promise: nil) }
        start(channel, index)
    }

    private func start(_ channel: any Channel, _ index: Int) {
        switch behaviour {
        case .idle: break
        case .halfOpen: channel.writeAndFlush(ByteBuffer(bytes: [0x01, 0xb0]), promise: nil)
        case .slow:
            channel.writeAndFlush(ByteBuffer(bytes: [0x01, 0xb0]), promise: nil)
            let drip = channel.eventLoop.scheduleRepeatedTask(
                initialDelay: .milliseconds(100), delay: .milliseconds(100)
            ) { _ in channel.writeAndFlush(ByteBuffer(bytes: [0x5a]), promise: nil) }
            channel.closeFuture.whenComplete { _ in drip.cancel() }
        case .persistent:
            channel.closeFuture.whenComplete { _ in
                let isLeaving = self.state.withLock { state in
                    state.channels.removeAll { $0 === channel }
                    return state.isLeaving
                }
                if !isLeaving { Task { await self.open(index) } }
            }
        }
    }

    func leave() async {
        let channels = state.withLock { state in
            state.isLeaving = true
            return state.channels
        }
        for channel in channels { try? await channel.close().get() }
        try? await loop.shutdownGracefully()
    }
}
