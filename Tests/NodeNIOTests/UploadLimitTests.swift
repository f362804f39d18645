import DevP2P
import NodeCore
import Testing

@testable import NodeNIO

@Suite("Upload limit on sockets", .timeLimit(.minutes(1)))
struct UploadLimitTests {
    /// A lower bound of the time only: a slow machine may take longer.
    @Test("what a node is made to send takes the time that the limit asks for, and all of it is counted")
    func limited() async throws {
        // All of it may wait for one peer: 1 MiB.
        let (count, size, rate) = (8, 1 << 17, 500_000)
        let limit = try #require(UploadLimit(bytesPerSecond: Int64(rate)))
        let first = try TestNode.service(0) { $0.node.uploadLimits = [limit] }
        let second = try TestNode.service(1)
        // Each is answered with the next one: a few are on their way at a time.
        for service in [first, second] { try await service.register(Counting(count: count, size: size, window: 6)) }
        let events = second.events()
        try await first.start()
        try await second.start()
        let began = ContinuousClock.now
        try await second.addPeer(TestNode.contact(first))
        #expect(try await events.counted() == .complete(count))
        let took = ContinuousClock.now - began
        let least = Double(count * size - rate) / Double(rate)
        #expect(took > .seconds(0.9 * least), "\(took)")

        // The handshake, Hello and Status are in it too. Looking makes the node count what connections have sent.
        var status = try await first.read { $0.uploadStatus }
        while try await first.traffic.bytesSent != status.usedBytes {
            status = try await first.read { $0.uploadStatus }
        }
        #expect(status.used(.relay).bytes > UInt64(count * size))
        #expect(status.heldBack.relayDelayed > 0 && status.heldBack.relayDropped == 0)
        #expect(try await second.read { $0.uploadStatus.heldBack } == UploadStatus.HeldBack())
        await first.stop()
        await second.stop()
    }
}
