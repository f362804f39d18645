import Chain
import EthCrypto
import NodeRecord
import Primitives
import SansIO
import Testing

@testable import NodeNIO

/// The schedule of lookups, in virtual time.
@Suite("Nodes by host name")
struct NodeNamesTests {
    private static let url = EnodeURL(
        publicKey: DevAccounts.nodeKey(0).publicKey, host: .name("a.example"), tcpPort: 7, udpPort: 9)
    private static let id = url.publicKey.nodeID
    private static let other = EnodeURL(
        publicKey: DevAccounts.nodeKey(1).publicKey, host: .name("b.example"), tcpPort: 7)
    private let start = Instant(unixSeconds: 0)

    private func names(_ urls: [EnodeURL] = [url], _ use: NodeNames.Use = .staticPeer) -> NodeNames {
        var names = NodeNames()
        for url in urls { _ = names.add(url, use, now: start) }
        return names
    }

    private func due(_ names: inout NodeNames, _ second: Int64, missed: Bool = true) -> [NodeNames.Lookup] {
        names.due(now: start + .seconds(second)) { _, _ in missed }
    }

    private func moved(_ ip: IPAddress, _ use: NodeNames.Use = .staticPeer) -> NodeNames.Outcome {
        .moved(Self.url.contact(at: ip), use)
    }

    @Test func aNameWithoutAnAddressIsTriedEverMoreSeldom() throws {
        var names = names()
        var now = start
        var pauses: [Duration] = []
        for _ in 0..<9 {
            let lookups = names.due(now: now) { _, _ in false }
            let lookup = try #require(lookups.first)
            #expect(lookup.host == "a.example")
            guard case .failed(let error, let pause) = names.answered(lookup, [], now: now) else {
                Issue.record("the failure isn't told of")
                return
            }
            #expect("\(error)" == "no address found for the host name 'a.example'")
            pauses.append(pause)
            #expect(!names.isDue(now: now + (pause - .seconds(1))))
            now = now + pause
        }
        #expect(pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300].map { .seconds($0) })
    }

    @Test func aNodeThatIsNotConnectedIsLookedUpAgain() {
        var names = names()
        var outcome = names.answered(due(&names, 0)[0], [.loopback], now: start)
        #expect(outcome == moved(.loopback))
        #expect(due(&names, 29).isEmpty)
        outcome = names.answered(due(&names, 30)[0], [.loopback], now: start + .seconds(30))
        #expect(outcome == .nothing)
        // Not while it is there.
        for second: Int64 in [60, 90, 120] { #expect(due(&names, second, missed: false).isEmpty) }
        outcome = names.answered(due(&names, 150)[0], [.v4(1)], now: start + .seconds(150))
        #expect(outcome == moved(.v4(1)))
    }

    @Test func eachDialLooksTheNameUp() throws {
        var names = names()
        _ = names.answered(due(&names, 0)[0], [.loopback], now: start)
        // The first dial follows from the answer.
        let fresh = names.dialing(Self.id, now: start + .seconds(4))
        #expect(fresh == nil)
        for (second, ip) in [(5, IPAddress.v4(2)), (10, .v4(3))] {
            let now = start + .seconds(Int64(second))
            let dial = names.dialing(Self.id, now: now)
            let lookup = try #require(dial)
            // No second one meanwhile.
            let again = names.dialing(Self.id, now: now)
            #expect(again == nil)
            let outcome = names.answered(lookup, [ip], now: now)
            #expect(outcome == moved(ip))
        }
        let stranger = names.dialing(Self.other.publicKey.nodeID, now: start + .seconds(100))
        #expect(stranger == nil)
    }

    /// Several addresses: a dial keeps to its own, a node that wasn't reached there is tried at the next.
    @Test func severalAddressesHaveTheirTurn() throws {
        var names = names()
        let all: [IPAddress] = [.v4(1), .v4(2)]
        var outcome = names.answered(due(&names, 0)[0], all, now: start)
        #expect(outcome == moved(.v4(1)))
        let dial = names.dialing(Self.id, now: start + .seconds(10))
        outcome = names.answered(try #require(dial), all.reversed(), now: start + .seconds(10))
        #expect(outcome == .nothing)
        outcome = names.answered(due(&names, 40)[0], all, now: start + .seconds(40))
        #expect(outcome == moved(.v4(2)))
        outcome = names.answered(due(&names, 70)[0], all, now: start + .seconds(70))
        #expect(outcome == moved(.v4(1)))
    }

    @Test func aSlowNameDelaysNoOtherAndALateAnswerCounts() {
        var names = names([Self.url, Self.other])
        let lookups = due(&names, 0)
        #expect(lookups.map(\.host) == ["a.example", "b.example"])
        let fast = names.answered(lookups[1], [.v4(5)], now: start)
        #expect(fast == .moved(Self.other.contact(at: .v4(5)), .staticPeer))
        let early = names.overdue(now: start + .seconds(9))
        #expect(early.isEmpty)
        let late = names.overdue(now: start + NodeNames.timeout)
        #expect(late == [.failed(HostNotFound(host: "a.example", isTimeout: true), again: .seconds(5))])
        let twice = names.overdue(now: start + .seconds(100))
        #expect(twice.isEmpty)
        // Never two at once.
        #expect(due(&names, 100, missed: false).isEmpty)
        let answer = names.answered(lookups[0], [.v4(1)], now: start + .seconds(100))
        #expect(answer == moved(.v4(1)))
    }

    @Test func whatIsRemovedIsForgotten() {
        var names = names()
        let lookup = due(&names, 0)[0]
        names.removeStatic(Self.id)
        let outcome = names.answered(lookup, [.loopback], now: start)
        #expect(outcome == .nothing)
        #expect(due(&names, 1_000).isEmpty)
        // A bootnode stays one.
        var bootnodes = self.names([Self.url], .bootnode)
        bootnodes.removeStatic(Self.id)
        #expect(due(&bootnodes, 0).count == 1)
    }

    @Test func thereIsRoomForSoMany() {
        var names = NodeNames()
        for index in 0..<NodeNames.maxCount {
            let url = EnodeURL(publicKey: DevAccounts.nodeKey(index).publicKey, host: .name("x"), tcpPort: 1)
            let isTaken = names.add(url, .staticPeer, now: start)
            #expect(isTaken)
        }
        let last = DevAccounts.nodeKey(NodeNames.maxCount).publicKey
        let isTaken = names.add(EnodeURL(publicKey: last, host: .name("x"), tcpPort: 1), .staticPeer, now: start)
        #expect(!isTaken)
        // One that is there already takes no more.
        let again = names.add(Self.url, .staticPeer, now: start)
        #expect(again)
    }
}
