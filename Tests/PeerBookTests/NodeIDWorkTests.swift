import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

@Suite("What an identity costs")
struct NodeIDWorkTests {
    @Test func workIsTheZeroBitsOfTheIdsHash() throws {
        let id = try #require(NodeID(hex: String(repeating: "00", count: 32)))
        // Keccak-256 of 32 zero bytes is 290decd9…: two leading zero bits.
        #expect(id.work == 2)
        let works = (1...300).map { Node($0).id.work }
        #expect((120...180).contains(works.count { $0 == 0 }), "half of all ids have none")
        #expect((55...95).contains(works.count { $0 >= 2 }), "a quarter has two or more")
    }

    @Test func aCheapIdentityIsRefused() throws {
        var limits = PeerLimits()
        limits.minNodeIDWork = 3
        var rounds = Rounds(limits)
        let nodes = (1...200).map { Node($0) }
        let cheap = try #require(nodes.first { $0.id.work == 2 })
        let costly = try #require(nodes.first { $0.id.work == 3 })
        #expect(rounds.accept(cheap).reason == .uselessPeer)
        let isTold = rounds.events.contains(.refused(cheap.id, .insufficientWork))
        #expect(isTold)
        #expect(rounds.accept(costly).reason == nil)
        #expect(rounds.book.addCandidate(cheap.contact, now: rounds.now) == .insufficientWork)
        // The operator's word is worth more.
        rounds.now = rounds.now + .seconds(31)
        rounds.book.addTrusted(cheap.id, now: rounds.now)
        #expect(rounds.accept(cheap).reason == nil)
        let other = try #require(nodes.last { $0.id.work == 0 })
        #expect(rounds.book.addStatic(other.contact, now: rounds.now) == nil)
        #expect(rounds.dials().map(\.id) == [other.id])
    }
}
