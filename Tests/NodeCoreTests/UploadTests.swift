import EthCrypto
import Primitives
import SansIO
import Testing

@testable import DevP2P
@testable import NodeCore

@Suite("What goes, what waits and what is refused under an upload limit")
struct UploadTests {
    private let start = Instant(unixSeconds: 1_760_000_000)
    private let rate = 100_000

    private func upload() throws -> Upload {
        Upload([try #require(UploadLimit(bytesPerSecond: Int64(rate)))], now: start)
    }

    /// A message whose frame is `bytes` on the wire, a multiple of 16.
    private func message(_ bytes: Int, _ kind: UploadClass) -> OutboundMessage {
        let message = OutboundMessage(
            capability: 0, id: 0, payload: [UInt8](repeating: 0, count: bytes - 49), uploadClass: kind)
        #expect(message.frameBytes == bytes)
        return message
    }

    private func request(_ bytes: Int, of peer: UInt64, at since: Instant) -> ServingQueue.Entry {
        let job = ServingJob(
            name: "serve", ticket: 1, connection: ConnectionID(rawValue: peer), bytes: bytes, since: since
        ) { _ in }
        return ServingQueue.Entry(job: job, host: 1)
    }

    private let peer = ConnectionID(rawValue: 1)

    @Test("relaying may have all of the budget, also what serving has taken; then it waits, in order")
    func relay() throws {
        var upload = try upload()
        guard case .serve(_, bytes: 100_000)? = upload.take(request(rate, of: 1, at: start), now: start) else {
            Issue.record("a full budget has room for an answer")
            return
        }
        #expect(upload.take(message(60_000, .relay), to: peer, now: start) == true)
        #expect(upload.take(message(40_000, .relay), to: peer, now: start) == true)
        #expect(upload.take(message(20_000, .relay), to: peer, now: start) == false)
        #expect(upload.take(message(16_000, .relay), to: peer, now: start) == false)
        #expect(upload.take(message(160, .control), to: peer, now: start) == true)
        #expect(upload.relayRoom(now: start) == 0)
        // What control took is paid by relaying.
        #expect(upload.deadline == start + .nanoseconds(201_600_000))
        #expect(upload.release(now: start + .nanoseconds(201_599_999)) == nil)
        guard case .send(peer, let first)? = upload.release(now: start + .nanoseconds(201_600_000)) else {
            Issue.record("the first should go")
            return
        }
        #expect(first.frameBytes == 20_000)
        #expect(upload.release(now: start + .nanoseconds(201_600_000)) == nil)
        #expect(upload.status.heldBack.relayDelayed == 2 && upload.status.waitingMessages == 1)
    }

    @Test("serving gets what is left, peers in turn, and pays for what relaying has taken")
    func serving() throws {
        var upload = try upload()
        #expect(upload.take(message(100_000, .relay), to: peer, now: start) == true)
        for id in [1, 1, 2] as [UInt64] {
            #expect(upload.take(request(10_000, of: id, at: start), now: start) == nil)
        }
        #expect(upload.deadline == start + .milliseconds(100))
        var served: [UInt64] = []
        for tenth in 1...3 {
            let now = start + .milliseconds(100 * tenth)
            while case .serve(let entry, let bytes)? = upload.release(now: now) {
                #expect(bytes == 10_000)
                served.append(entry.job.connection.rawValue)
            }
        }
        #expect(served == [1, 2, 1])
        #expect(upload.status.heldBack.requestsDelayed == 3)
    }

    @Test("what an answer doesn't need is given back, what it needs beyond is paid later")
    func settled() throws {
        var upload = try upload()
        _ = upload.take(request(1 << 21, of: 1, at: start), now: start)
        #expect(upload.status.heldBack.answersLimited == 1)
        upload.settle(granted: rate, now: start)
        #expect(upload.take(message(30_000, .serving), to: peer, now: start) == true)
        guard case .serve(_, bytes: 70_000)? = upload.take(request(70_000, of: 1, at: start), now: start) else {
            Issue.record("70,000 bytes are left")
            return
        }
        upload.settle(granted: 70_000, now: start)
        #expect(upload.take(message(170_000, .serving), to: peer, now: start) == true)
        #expect(upload.take(request(10, of: 1, at: start), now: start) == nil)
        #expect(upload.deadline == start + .nanoseconds(1_000_100_000))
        // None of this is relaying's business.
        #expect(upload.relayRoom(now: start) == rate)
    }

    @Test("a request that has waited too long, or is one of too many, is answered with nothing")
    func emptied() throws {
        var upload = try upload()
        #expect(upload.take(message(99_984, .relay), to: peer, now: start) == true)
        for _ in 0..<ServingQueue.maxPerPeer {
            #expect(upload.take(request(rate, of: 1, at: start), now: start) == nil)
        }
        guard case .serve(_, bytes: 0)? = upload.take(request(rate, of: 1, at: start), now: start) else {
            Issue.record("one too many is answered at once")
            return
        }
        var (answered, emptied) = (0, 0)
        for tick in 1...50 {
            let now = start + .milliseconds(100 * tick)
            while case .serve(_, let bytes)? = upload.release(now: now) {
                if bytes == 0 { emptied += 1 } else { answered += 1 }
            }
            if tick < 40 { #expect(emptied == 0) }
        }
        // One in each of the first seconds, the rest after four.
        #expect(answered == 4 && emptied == ServingQueue.maxPerPeer - 4)
        #expect(upload.status.heldBack.answersEmptied == UInt64(emptied) + 1)
        #expect(upload.status.waitingRequests == 0)
    }

    @Test("what waits is bounded, in all and for each peer, and forgotten with the connection")
    func bounds() throws {
        var upload = try upload()
        #expect(upload.take(message(100_000, .relay), to: peer, now: start) == true)
        for number in 0..<100 {
            let id = ConnectionID(rawValue: UInt64(number % 10))
            #expect(upload.take(message(10_000, .relay), to: id, now: start) == false)
        }
        // Four seconds' worth.
        #expect(upload.status.waitingBytes == 400_000)
        #expect(upload.status.heldBack.relayDropped == 60)
        for number in 0..<10 as Range<UInt64> { upload.remove(ConnectionID(rawValue: number)) }
        #expect(upload.status.waitingBytes == 0 && upload.status.waitingMessages == 0)
        #expect(upload.deadline == nil)
        #expect(upload.release(now: start + .seconds(10)) == nil)
    }

    @Test("what ends a stream takes with it what waits of it, for that peer and that capability only")
    func streams() throws {
        var upload = try upload()
        #expect(upload.take(message(100_000, .relay), to: peer, now: start) == true)
        func part(_ bytes: Int, of stream: UInt64?) -> OutboundMessage {
            var part = message(bytes, .relay)
            part.stream = stream
            return part
        }
        let other = ConnectionID(rawValue: 2)
        let sizes = [(peer, 160, UInt64?.some(1)), (peer, 176, 2), (peer, 192, nil), (other, 208, 1)]
        for (to, bytes, stream) in sizes { #expect(upload.take(part(bytes, of: stream), to: to, now: start) == false) }
        var foreign = OutboundMessage(capability: 5, id: 0, payload: [UInt8](repeating: 0, count: 224 - 49))
        foreign.stream = 1
        #expect(upload.take(foreign, to: peer, now: start) == false)
        var end = message(64, .control)
        end.endedStreams = [1, 9]
        #expect(upload.take(end, to: peer, now: start) == true)
        #expect(upload.status.waitingMessages == 4 && upload.status.heldBack.relayDropped == 1)
        #expect(upload.status.waitingBytes == 176 + 192 + 208 + 224)
        var left: [Int] = []
        while case .send(_, let message)? = upload.release(now: start + .seconds(9)) { left.append(message.frameBytes) }
        #expect(left == [176, 192, 208, 224])
    }

    @Test("a limit for a day is spread over the day, and holds beside one for a second")
    func day() throws {
        let perDay: Int64 = 86_400 * 10_000
        var upload = Upload(
            [try #require(UploadLimit(bytesPerSecond: 500_000)), try #require(UploadLimit(bytesPerDay: perDay))],
            now: start)
        var sent = 0
        // A day in steps of twenty seconds, with somebody who always wants 64,000 bytes more.
        for tick in 0..<4320 {
            let now = start + .seconds(20 * tick)
            for _ in 0..<10 {
                guard case .serve(_, let bytes)? = upload.take(request(64_000, of: 1, at: now), now: now) else { break }
                upload.settle(granted: bytes, now: now)
                guard bytes > 0 else { continue }
                _ = upload.take(message(64_000, .serving), to: peer, now: now)
                sent += 64_000
            }
            upload.remove(peer)
        }
        #expect(Double(sent) < 1.05 * Double(perDay))
        #expect(Double(sent) > 0.95 * Double(perDay))
    }

    @Test("limits that make no sense are none")
    func limits() {
        #expect(UploadLimit(bytesPerSecond: 0) == nil)
        #expect(UploadLimit(bytesPerSecond: -1) == nil)
        #expect(UploadLimit(bytesPerSecond: .max) == nil)
        #expect(UploadLimit(bytesPerDay: 1_000_000) == nil)
        #expect(UploadLimit(bytesPerDay: .max) == nil)
    }
}

extension Upload.Release: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.send(let a, let b), .send(let c, let d)): a == c && b.frameBytes == d.frameBytes
        case (.serve(let a, let b), .serve(let c, let d)): a.job.connection == c.job.connection && b == d
        default: false
        }
    }
}
