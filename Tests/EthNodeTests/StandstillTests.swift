import Chain
import EthCrypto
import EthNode
import NodeCore
import Primitives
import SansIO
import Testing

@Suite("Standing still is told of")
struct StandstillTests {
    private let start = Instant(unixSeconds: 1_000)
    private static let signers = (0..<4).map { DevAccounts.signerKey($0).publicKey.address }

    /// A node that follows a chain of four signers and is well.
    private func well() -> Standstill.Facts {
        var facts = Standstill.Facts()
        facts.peerCount = 2
        facts.givenNodes = 1
        facts.headNumber = 9
        facts.headTimestamp = 5_000
        facts.unixTime = 5_000
        facts.period = 2
        facts.signers = Standstill.Signers(count: 4, includesSealer: false, next: [Self.signers[3]])
        facts.advertised = .loopback
        facts.addresses = [.loopback]
        return facts
    }

    /// What is said at each of these seconds while the facts stay as they are, but for a head that moves where wanted.
    private func said(
        _ facts: Standstill.Facts, until end: Int64, step: Int64 = 10, moving: Bool = true
    ) -> [(second: Int64, text: String)] {
        var judge = Standstill()
        var said: [(Int64, String)] = []
        for second in stride(from: 0, through: end, by: Int(step)) {
            var now = facts
            if moving { now.headNumber += UInt64(second) }
            for text in judge.warnings(now, now: start + .seconds(second)) { said.append((Int64(second), text)) }
        }
        return said
    }

    @Test func nothingWhileAllIsWell() {
        #expect(said(well(), until: 2_000).isEmpty)
        // A devnet's only signer needs nobody.
        var alone = well()
        (alone.peerCount, alone.givenNodes, alone.sealer) = (0, 0, Self.signers[0])
        alone.signers = Standstill.Signers(count: 1, includesSealer: true, next: [Self.signers[0]])
        #expect(said(alone, until: 2_000).isEmpty)
    }

    @Test func noPeersAfterAMinuteAndAgain() {
        var facts = well()
        facts.peerCount = 0
        facts.obstacles = [("unreachable", 3), ("of another genesis block", 1)]
        let lines = said(facts, until: 700)
        #expect(lines.map(\.second) == [60, 360, 660])
        #expect(lines.allSatisfy { $0.text.hasSuffix("3 were unreachable, 1 was of another genesis block") })
        facts.obstacles = []
        #expect(said(facts, until: 60).map(\.text).allSatisfy { $0.contains("is this clock right?") })
        facts.givenNodes = 0
        #expect(said(facts, until: 60).map(\.text).allSatisfy { $0.contains("--bootnodes") })
        // A cause that has ended begins anew.
        var judge = Standstill()
        _ = judge.warnings(facts, now: start)
        _ = judge.warnings(well(), now: start + .seconds(50))
        let early = judge.warnings(facts, now: start + .seconds(70))
        #expect(early.isEmpty)
    }

    @Test func aKeyThatMayNotSign() {
        var facts = well()
        let own = DevAccounts.address(0)
        facts.sealer = own
        let lines = said(facts, until: 310)
        #expect(lines.map(\.second) == [0, 300])
        #expect(lines.allSatisfy { $0.text.hasPrefix("\(own.checksummed) is none of the 4 signers") })
        facts.signers?.includesSealer = true
        #expect(said(facts, until: 310).isEmpty)
    }

    @Test func aHeadInTheFuture() {
        var facts = well()
        facts.headTimestamp = 5_015
        #expect(said(facts, until: 10).isEmpty)
        facts.headTimestamp = .max
        #expect(said(facts, until: 10).count == 1)
    }

    @Test func aChainThatStands() throws {
        var facts = well()
        facts.signers?.next = [Self.signers[2], Self.signers[3]]
        facts.sealer = Self.signers[2]
        facts.signers?.includesSealer = true
        let lines = said(facts, until: 370, moving: false)
        #expect(lines.map(\.second) == [60, 360])
        let text = try #require(lines.first?.text)
        #expect(text.hasPrefix("no block for 60 s after block 9: only "))
        #expect(
            text.contains(
                "\(Self.signers[2].checksummed) (this node), \(Self.signers[3].checksummed) can seal the next"))
        #expect(
            text.contains("of the chain's 4 signers 3 must be running and connected; this node has 2 peers and seals"))
        facts.signers?.next = (0..<10).map { DevAccounts.address($0) }
        #expect(said(facts, until: 60, moving: false).first?.text.contains(" or 2 others can seal") == true)
        // Ten periods where these are longer; nothing while it is in sync with others, or where blocks wait for transactions.
        facts.period = 30
        #expect(said(facts, until: 290, moving: false).isEmpty && !said(facts, until: 300, moving: false).isEmpty)
        facts.period = 0
        #expect(said(facts, until: 400, moving: false).isEmpty)
        (facts.period, facts.isSyncing) = (2, true)
        #expect(said(facts, until: 400, moving: false).isEmpty)
    }

    @Test func anAddressThatPeersCannotReach() {
        var facts = well()
        facts.addresses = [.v4(0x0a00_0001)]
        #expect(said(facts, until: 10).map(\.text).allSatisfy { $0.contains("--nat extip") })
        #expect(said(facts, until: 10).count == 1)
        facts.advertised = .v4(0x0a00_0002)
        #expect(said(facts, until: 10).isEmpty)
        facts.addresses = [.v4(0x0808_0808)]
        #expect(said(facts, until: 10).count == 1)
    }
}
