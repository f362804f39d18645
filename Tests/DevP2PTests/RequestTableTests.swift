import EthCrypto
import Primitives
import SansIO
import Testing

@testable import DevP2P

@Suite("RequestTable")
struct RequestTableTests {
    private let alice = TestPeer.make(1)
    private let bob = TestPeer.make(2)
    private let now = Fixture.start
    private var table = RequestTable<String>(maxPerPeer: 2, maxCount: 3)

    @Test("a response takes its request, once")
    func answer() throws {
        var table = table
        let madeid = table.add("headers", to: alice, timeout: .seconds(5), now: now)
        let id = try #require(madeid)
        #expect(table.deadline == now + .seconds(5))
        #expect(table.answer(id, from: alice).pending == "headers")
        #expect(table.deadline == nil)
        #expect(table.isEmpty)
        #expect(table.answer(id, from: alice).isUnsolicited)
    }

    @Test("only the peer that was asked can answer")
    func otherPeer() throws {
        var table = table
        let madeid = table.add("headers", to: alice, timeout: .seconds(5), now: now)
        let id = try #require(madeid)
        #expect(table.answer(id, from: bob).isUnsolicited)
        #expect(table.answer(id &+ 1, from: alice).isUnsolicited)
        #expect(table.answer(id, from: alice).pending == "headers")
    }

    @Test("a response after the deadline is late, not unsolicited; from another peer it still is")
    func late() throws {
        var table = table
        let madeid = table.add("headers", to: alice, timeout: .seconds(5), now: now)
        let id = try #require(madeid)
        #expect(table.popTimedOut(now: now + .seconds(4)) == nil)
        let madefailed = table.popTimedOut(now: now + .seconds(5))
        let failed = try #require(madefailed)
        #expect(failed.id == id)
        #expect(failed.pending == "headers")
        #expect(failed.connection == alice.connection)
        #expect(table.popTimedOut(now: now + .seconds(5)) == nil)
        #expect(table.answer(id, from: alice).isLate)
        #expect(table.answer(id, from: bob).isUnsolicited)
        #expect(table.count(of: alice) == 0)
    }

    @Test("a peer's share, then the table's room, is bounded")
    func bounds() {
        var table = table
        #expect(table.add("1", to: alice, timeout: .seconds(1), now: now) != nil)
        #expect(table.add("2", to: alice, timeout: .seconds(1), now: now) != nil)
        #expect(table.add("3", to: alice, timeout: .seconds(1), now: now) == nil)
        #expect(table.add("3", to: bob, timeout: .seconds(1), now: now) != nil)
        #expect(table.add("4", to: bob, timeout: .seconds(1), now: now) == nil)
        #expect(table.count == 3)
    }

    @Test("requests time out in the order of their deadlines")
    func order() {
        var table = table
        _ = table.add("slow", to: alice, timeout: .seconds(3), now: now)
        _ = table.add("fast", to: bob, timeout: .seconds(1), now: now)
        _ = table.add("middle", to: alice, timeout: .seconds(2), now: now)
        #expect(table.deadline == now + .seconds(1))
        var order: [String] = []
        while let failed = table.popTimedOut(now: now + .seconds(9)) { order.append(failed.pending) }
        #expect(order == ["fast", "middle", "slow"])
        #expect(table.deadline == nil)
    }

    @Test("a peer that leaves takes its requests along, in the order in which they were sent")
    func left() {
        var table = RequestTable<Int>(maxPerPeer: 50, maxCount: 100)
        for number in 0..<40 {
            _ = table.add(number, to: number % 2 == 0 ? alice : bob, timeout: .seconds(1), now: now)
        }
        #expect(table.removeAll(of: alice).map(\.pending) == Array(stride(from: 0, to: 40, by: 2)))
        #expect(table.removeAll(of: alice).isEmpty)
        #expect(table.count == 20)
        #expect(table.count(of: bob) == 20)
    }
}

extension RequestTable.Answer {
    fileprivate var pending: Pending? { if case .expected(let pending) = self { pending } else { nil } }
    fileprivate var isLate: Bool { if case .late = self { true } else { false } }
    fileprivate var isUnsolicited: Bool { if case .unsolicited = self { true } else { false } }
}
