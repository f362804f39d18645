import Primitives
import SansIO
import Testing

@testable import NodeRPC

/// A crowd that `#expect` may change.
private final class Crowd {
    private(set) var value: ConnectionCrowd

    init(maxConnections: Int, maxHeldBytes: Int) {
        value = ConnectionCrowd(maxConnections: maxConnections, maxHeldBytes: maxHeldBytes)
    }

    func enter(_ id: UInt64, from address: IPAddress, now: Instant) -> UInt64? {
        value.enter(id, from: address, now: now)
    }

    func update(_ id: UInt64, _ progress: RequestProgress) -> UInt64? { value.update(id, progress) }

    func leave(_ id: UInt64) { value.leave(id) }
}

@Suite("Which connection gives way")
struct ConnectionCrowdTests {
    static let (here, there) = (IPAddress.v4(0x0a00_0001), IPAddress.v4(0x0a00_0002))

    static func at(_ seconds: Int) -> Instant { Instant(unixSeconds: 1000) + .seconds(seconds) }

    /// A connection of which so many bytes of a body are here, or whose request is whole.
    static func progress(_ second: Int, body: Int, isWhole: Bool = false) -> RequestProgress {
        var progress = RequestProgress(limits: .init(), now: at(second))
        progress.headArrived(now: at(second))
        progress.bodyArrived(body, now: at(second))
        if isWhole { progress.requestEnded(now: at(second)) }
        return progress
    }

    @Test func theOldestThatWaitsForItsClient() {
        let crowd = Crowd(maxConnections: 3, maxHeldBytes: 1000)
        for id in 1...3 { #expect(crowd.enter(UInt64(id), from: Self.here, now: Self.at(id)) == nil) }
        // The first one is being answered, the second one has begun a body since.
        #expect(crowd.update(1, Self.progress(4, body: 1, isWhole: true)) == nil)
        #expect(crowd.update(2, Self.progress(5, body: 1)) == nil)
        #expect(crowd.enter(4, from: Self.here, now: Self.at(6)) == 3)
        #expect(crowd.enter(5, from: Self.here, now: Self.at(7)) == 2)
        #expect(crowd.enter(6, from: Self.here, now: Self.at(8)) == 4)
        #expect(crowd.value.count == 3)
    }

    @Test func aNewcomerFindsNoPlaceWhereAllAreAnswered() {
        let crowd = Crowd(maxConnections: 2, maxHeldBytes: 1000)
        for id in [UInt64(1), 2] {
            #expect(crowd.enter(id, from: Self.here, now: Self.at(1)) == nil)
            #expect(crowd.update(id, Self.progress(2, body: 1, isWhole: true)) == nil)
        }
        #expect(crowd.enter(3, from: Self.there, now: Self.at(3)) == 3)
        #expect(crowd.value.count == 2)
    }

    /// However many one address opens, it takes no place of another one.
    @Test func theAddressWithTheMostGivesWay() {
        let crowd = Crowd(maxConnections: 4, maxHeldBytes: 1000)
        #expect(crowd.enter(1, from: Self.there, now: Self.at(1)) == nil)
        for id in 2...4 { #expect(crowd.enter(UInt64(id), from: Self.here, now: Self.at(id)) == nil) }
        for id in 5...100 { #expect(crowd.enter(UInt64(id), from: Self.here, now: Self.at(id)) == UInt64(id - 3)) }
        // A third address gets in at the cost of the first one as well.
        #expect(crowd.enter(101, from: .v6(1, 2), now: Self.at(101)) == 98)
    }

    @Test func addressesOfOneNetworkAreOne() {
        let crowd = Crowd(maxConnections: 3, maxHeldBytes: 1000)
        #expect(crowd.enter(1, from: .v6(1, 1), now: Self.at(1)) == nil)
        #expect(crowd.enter(2, from: .v6(2, 1), now: Self.at(2)) == nil)
        #expect(crowd.enter(3, from: .v6(2, 2), now: Self.at(3)) == nil)
        #expect(crowd.enter(4, from: .v6(2, 3), now: Self.at(4)) == 2)
    }

    @Test func bytesAreBoundedOverAll() {
        let crowd = Crowd(maxConnections: 10, maxHeldBytes: 1000)
        for id in 1...4 {
            #expect(crowd.enter(UInt64(id), from: Self.here, now: Self.at(id)) == nil)
            #expect(crowd.update(UInt64(id), Self.progress(id, body: 100 * id, isWhole: id == 4)) == nil)
        }
        #expect(crowd.value.heldBytes == 1000)
        // The largest one is being answered, so the next one gives way.
        #expect(crowd.update(1, Self.progress(5, body: 101)) == 3)
        #expect(crowd.value.heldBytes == 701)
        crowd.leave(4)
        crowd.leave(4)
        #expect(crowd.value.heldBytes == 301)
        #expect(crowd.update(4, Self.progress(6, body: 5000)) == nil)
    }

    // MARK: One connection

    @Test func phasesOfARequest() {
        let limits = RequestProgress.Limits(
            idle: .seconds(100), head: .seconds(5), body: .seconds(10), writing: .seconds(20), bytesPerSecond: 1000)
        var progress = RequestProgress(limits: limits, now: Self.at(0))
        func expect(_ phase: RequestProgress.Phase, until second: Int?, held: Int, line: Int = #line) {
            let deadline = second.map { Self.at($0) } ?? .distantFuture
            #expect(progress.phase == phase && progress.deadline == deadline, "line \(line): \(progress)")
            #expect(progress.heldBytes == held, "line \(line)")
        }
        expect(.idle, until: 100, held: 0)
        progress.bytesArrived(now: Self.at(1))
        expect(.head, until: 6, held: 0)
        // A trickle puts nothing off.
        progress.bytesArrived(now: Self.at(4))
        expect(.head, until: 6, held: 0)
        progress.headArrived(now: Self.at(5))
        expect(.body, until: 15, held: 0)
        progress.bytesArrived(now: Self.at(14))
        progress.bodyArrived(7, now: Self.at(14))
        expect(.body, until: 15, held: 7)
        progress.requestEnded(now: Self.at(15))
        expect(.answering, until: nil, held: 7)
        progress.responseBytes(3000, now: Self.at(200))
        expect(.writing, until: 223, held: 3007)
        progress.responseEnded(now: Self.at(201))
        expect(.writing, until: 223, held: 3000)
        progress.responseTaken(now: Self.at(202))
        expect(.idle, until: 302, held: 0)
    }

    @Test func pipelinedRequests() {
        var progress = RequestProgress(limits: .init(), now: Self.at(0))
        for second in [1, 2] {
            progress.bytesArrived(now: Self.at(second))
            progress.headArrived(now: Self.at(second))
            progress.bodyArrived(10, now: Self.at(second))
            progress.requestEnded(now: Self.at(second))
        }
        progress.headArrived(now: Self.at(3))
        // The node owes answers; what the client sends meanwhile isn't late.
        #expect(progress.phase == .answering && progress.unansweredCount == 3 && progress.heldBytes == 20)
        for _ in 0..<2 {
            progress.responseEnded(now: Self.at(4))
            progress.responseTaken(now: Self.at(4))
        }
        #expect(progress.phase == .body && progress.since == Self.at(4) && progress.heldBytes == 0)
    }

    /// A body whose request was refused before it had come is dropped, but not for ever.
    @Test func anAnswerBeforeTheBody() {
        var progress = RequestProgress(limits: .init(), now: Self.at(0))
        progress.headArrived(now: Self.at(1))
        progress.responseEnded(now: Self.at(2))
        progress.responseTaken(now: Self.at(2))
        progress.bodyArrived(10, now: Self.at(3))
        #expect(progress.phase == .body && progress.since == Self.at(2) && progress.heldBytes == 0)
        progress.requestEnded(now: Self.at(4))
        #expect(progress.phase == .idle)
    }
}
