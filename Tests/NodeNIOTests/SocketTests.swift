import DevP2P
import Glibc
import Logging
import NIOCore
import NIOPosix
import Primitives
import SansIO
import Synchronization
import Testing

@testable import NodeNIO

@Suite("Addresses, clock, gauge")
struct SocketTests {
    @Test(arguments: ["127.0.0.1:30303", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:1", "[2001:db8::8:800]:30303"])
    func addressesThereAndBack(_ text: String) throws {
        let endpoint = try #require(Endpoint(text))
        let address = SocketAddress(endpoint)
        #expect(Endpoint(address) == endpoint)
        #expect(address.port == Int(endpoint.port))
        #expect(address.ipAddress.flatMap { IPAddress($0) } == endpoint.ip)
    }

    @Test func anIPv4AddressOnAnIPv6Socket() throws {
        let endpoint = try #require(Endpoint("192.0.2.7:30303"))
        let address = SocketAddress(forIPv6: endpoint)
        #expect(address.ipAddress == "::ffff:192.0.2.7")
        #expect(address.protocol == .inet6)
        #expect(Endpoint(address) == endpoint)
        let other = try #require(Endpoint("[2001:db8::1]:5"))
        #expect(SocketAddress(forIPv6: other) == SocketAddress(other))
    }

    @Test func theClockIsTheLoopsClock() {
        let clock = NodeClock()
        let deadline = NIODeadline.now() + .seconds(7)
        #expect(clock.deadline(clock.instant(deadline)) == deadline)
        #expect(clock.instant(deadline + .seconds(1)) - clock.instant(deadline) == .seconds(1))
        // 2020 ... 2100: the wall clock was read, and in nanoseconds.
        #expect((1_577_836_800...4_102_444_800).contains(clock.now.unixSeconds))
        #expect(clock.deadline(.distantFuture) > deadline)
        #expect(clock.deadline(Instant(nanoseconds: 0)) == .uptimeNanoseconds(0))
    }

    @Test("a system clock that is set moves the offset, and not the time that timers run by")
    func theClockAndTheTimeOfDay() {
        let wall = Atomic<Int64>(1_760_000_000_000_000_000)
        let began = NIODeadline.now()
        let clock = NodeClock { wall.load(ordering: .relaxed) + (NIODeadline.now() - began).nanoseconds }
        let before = clock.now
        #expect(clock.wallOffset < .seconds(60) && clock.wallOffset > .seconds(-60))
        wall.add(120_000_000_000, ordering: .relaxed)
        #expect(clock.wallOffset > .seconds(60) && clock.now - before < .seconds(60))
    }

    @Test func theGaugeWakesOnceAndOnlyWhoWaits() {
        let gauge = IngressGauge(limit: 100)
        #expect(gauge.hasRoom())
        gauge.add(90)
        #expect(gauge.hasRoom())
        #expect(!gauge.subtract(90))
        gauge.add(150)
        #expect(!gauge.hasRoom())
        gauge.add(10)
        #expect(!gauge.subtract(60))
        #expect(gauge.subtract(60))
        #expect(!gauge.subtract(40))
        #expect(gauge.hasRoom())
    }

    @Test func systemRandomnessDiffers() {
        var first = NodeRandom.system()
        var second = NodeRandom.system()
        #expect(first.bytes(32) != second.bytes(32))
    }

    @Test("an accepted connection sends at once, and has no option that only root may set")
    func optionsOfAcceptedConnections() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let home = group.any()
        let options = home.makePromise(of: [CInt].self)
        let listener = try await Listener.bind(
            host: "127.0.0.1", port: 0, on: home, children: group, logger: Logger(label: "test")
        ) { channel in
            let debug = channel.getOption(.socketOption(.init(rawValue: SO_DEBUG)))
            channel.getOption(.tcpOption(.tcp_nodelay)).and(debug).map { [CInt($0), CInt($1)] }.cascade(to: options)
            return nil
        }
        home.execute { listener.open() }
        let client = try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: Int(listener.port)).get()
        let found = try await options.futureResult.get()
        #expect(found[0] != 0 && found[1] == 0)
        try? await client.close().get()
        try await home.flatSubmit { listener.close() }.get()
    }
}
