import DevP2P
import EthCrypto
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

@Suite struct CandidateFilterTests {
    /// Lets through whose record has an entry of this name.
    struct EntryFilter: CandidateFilter {
        let key: String

        func refusal(of record: NodeRecord?) -> CandidateRefusal? {
            record?.value(of: key) == nil ? .wrongFork : nil
        }
    }

    @Test func whatTheOwnersFilterRefusesIsNoCandidate() throws {
        var random = NodeRandom(seed: 9)
        func contact(_ key: String) throws -> NodeContact {
            var draft = NodeRecordDraft()
            draft.setAddress(IPAddress("34.1.2.3"))
            draft.set("tcp", integer: 30303)
            draft.set(key, integer: 1)
            return try #require(NodeContact(draft.signed(seq: 1, by: PrivateKey.generate(using: &random))))
        }
        var rounds = Rounds()
        rounds.book.candidateFilter = EntryFilter(key: "chat")
        #expect(rounds.book.addCandidate(try contact("mail"), now: rounds.now) == .wrongFork)
        #expect(rounds.book.addCandidate(try contact("chat"), now: rounds.now) == nil)
        // The filter has changed: who no longer passes isn't dialed any more.
        rounds.book.candidateFilter = EntryFilter(key: "mail")
        #expect(rounds.dials().isEmpty)
        #expect(rounds.book.candidateCount == 0)
    }
}
