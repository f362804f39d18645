import Chain
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import RLP
import SansIO
import Testing

@Suite struct ForkFilterTests {
    /// A chain with one fork at block 10.
    let filter: ForkFilter = {
        var config = ChainConfig(chainID: 5)
        config.londonBlock = 10
        let schedule = ForkSchedule(config: config, genesisHash: Hash32(), genesisTime: 0)
        return ForkFilter(schedule: schedule, number: 20, time: 100)
    }()

    func record(_ eth: ForkID?) throws -> NodeRecord {
        var random = NodeRandom(seed: 9)
        var draft = NodeRecordDraft()
        draft.setAddress(IPAddress("34.1.2.3"))
        draft.set("tcp", integer: 30303)
        if let eth {
            var writer = RLPWriter()
            writer.list { $0.write(eth) }
            draft.set("eth", rlp: writer.bytes)
        }
        return try draft.signed(seq: 1, by: PrivateKey.generate(using: &random))
    }

    @Test func recordsOfOtherChainsAreRefused() throws {
        let ours = filter.schedule.forkID(number: 20, time: 100)
        #expect(filter.refusal(of: nil) == nil)
        #expect(filter.refusal(of: try record(ours)) == nil)
        #expect(filter.refusal(of: try record(ForkID(hash: 0x1234_5678, next: 0))) == .wrongFork)
        // Behind the fork without knowing of it.
        let stale = ForkID(hash: filter.schedule.forkID(number: 0, time: 0).hash, next: 0)
        #expect(filter.refusal(of: try record(stale)) == .wrongFork)
        #expect(filter.refusal(of: try record(nil)) == .notEthereum)
    }

    @Test func aRefusedRecordIsNoCandidate() throws {
        var rounds = Rounds()
        rounds.book.forkFilter = filter
        let other = try #require(NodeContact(try record(ForkID(hash: 1, next: 0))))
        #expect(rounds.book.addCandidate(other, now: rounds.now) == .wrongFork)
        let ours = try #require(NodeContact(try record(filter.schedule.forkID(number: 20, time: 100))))
        #expect(rounds.book.addCandidate(ours, now: rounds.now) == nil)
        // We pass a fork that the candidate doesn't know: it isn't dialed any more.
        rounds.book.forkFilter?.schedule = ForkSchedule(
            config: ChainConfig(chainID: 6), genesisHash: Hash32(hex: String(repeating: "11", count: 32)) ?? .zero,
            genesisTime: 0)
        #expect(rounds.dials().isEmpty)
        #expect(rounds.book.candidateCount == 0)
    }
}
