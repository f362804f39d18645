import Chain
import DevP2P
import EthWire
import Gossip
import Primitives
import RLP
import SansIO
import Testing

/// Who announced what, who is asked, who answers, who doesn't.
@Suite struct TransactionFetchTests {
    let wallet = Wallet(1)
    let peers = (1...4).map { makePeer(UInt64($0)) }

    func rounds(_ change: (inout TransactionGossipLimits) -> Void = { _ in }) -> GossipRounds {
        var limits = TransactionGossipLimits()
        change(&limits)
        var rounds = GossipRounds(limits: limits)
        rounds.join(peers)
        return rounds
    }

    func announcement(_ transactions: [Transaction]) -> EthMessage {
        .newPooledTransactionHashes(TransactionAnnouncements(transactions.map { .init($0) }))
    }

    func answer(_ id: UInt64, _ transactions: [Transaction]) -> EthMessage {
        .pooledTransactions(requestID: id, EncodedList(encoded: transactions.map(\.rlp)))
    }

    @Test func anAnnouncedTransactionIsFetchedAfterHalfASecond() throws {
        var rounds = rounds()
        let transaction = wallet.transfer(0)
        rounds.receive(announcement([transaction]), from: peers[0])
        rounds.wait(.milliseconds(499))
        #expect(rounds.actions().requests.isEmpty)
        rounds.wait(.milliseconds(1))
        let request = try #require(rounds.actions().requests.first)
        #expect(request.peer == 1 && request.hashes == [transaction.hash])
        rounds.receive(answer(request.id, [transaction]), from: peers[0])
        let sent = rounds.actions()
        #expect(sent.validate.map(\.hashes) == [[transaction.hash]] && sent.offences.isEmpty)
        rounds.wait(.seconds(20))
        #expect(rounds.actions().messages == 0)
        #expect(rounds.gossip.deadline == nil)
    }

    @Test func whatComesByItselfIsNotFetched() {
        var rounds = rounds()
        let transaction = wallet.transfer(0)
        rounds.receive(announcement([transaction]), from: peers[0])
        rounds.wait(.milliseconds(300))
        rounds.receive(.transactions(EncodedList([transaction])), from: peers[1])
        rounds.wait(.seconds(10))
        #expect(rounds.actions().requests.isEmpty)
    }

    @Test func aHashIsAskedFromOnePeerAtATimeAndAPeerForOneBatch() {
        var rounds = rounds()
        let transactions = (0..<600).map { wallet.transfer($0) }
        rounds.receive(announcement(transactions), from: peers[0])
        rounds.receive(announcement(transactions), from: peers[1])
        rounds.wait(.milliseconds(500))
        let requests = rounds.actions().requests
        #expect(requests.map(\.hashes.count) == [256, 256])
        #expect(Set(requests[0].hashes).isDisjoint(with: requests[1].hashes))
        #expect(requests[0].hashes == Array(transactions[..<256].map(\.hash)), "in the order of arrival")
        // The first to answer gets the rest.
        rounds.receive(
            answer(requests[1].id, Array(transactions[256..<512])), from: peers[requests[1].peer == 1 ? 0 : 1])
        let next = rounds.actions().requests
        #expect(next.map(\.peer) == [requests[1].peer] && next.map(\.hashes.count) == [88])
    }

    @Test func anAnswerIsToThePeersCredit() throws {
        var rounds = rounds()
        let transactions = [wallet.transfer(0), wallet.transfer(1)]
        rounds.receive(announcement(transactions), from: peers[0])
        rounds.wait(.milliseconds(500))
        let request = try #require(rounds.actions().requests.first)
        rounds.wait(.milliseconds(70))
        rounds.receive(answer(request.id, transactions), from: peers[0])
        let credit = try #require(rounds.actions().credits.first)
        #expect(credit.peer == 1 && credit.merit == .usefulResponse && credit.latency == .milliseconds(70))
        #expect(credit.bytes == transactions.reduce(0) { $0 + $1.rlp.count })
        // An answer without anything in it is worth nothing.
        let other = wallet.transfer(2)
        rounds.receive(announcement([other]), from: peers[0])
        rounds.wait(.milliseconds(500))
        let second = try #require(rounds.actions().requests.first)
        rounds.receive(answer(second.id, []), from: peers[0])
        #expect(rounds.actions().credits.isEmpty)
    }

    @Test func aRequestEndsAt128Kibibytes() {
        var rounds = rounds()
        let data = [UInt8](repeating: 0, count: 50_000)
        let transactions = (0..<9).map { wallet.transfer($0, gas: 1_000_000, data: data) }
        rounds.receive(announcement(transactions), from: peers[0])
        rounds.wait(.milliseconds(500))
        #expect(rounds.actions().requests.map(\.hashes.count) == [3])
    }

    @Test func afterFiveSecondsAnotherAnnouncerIsAsked() throws {
        var rounds = rounds()
        let transaction = wallet.transfer(0)
        rounds.receive(announcement([transaction]), from: peers[0])
        rounds.receive(announcement([transaction]), from: peers[1])
        rounds.wait(.milliseconds(500))
        let first = try #require(rounds.actions().requests.first)
        rounds.wait(.milliseconds(4999))
        #expect(rounds.actions().requests.isEmpty)
        rounds.wait(.milliseconds(1))
        let sent = rounds.actions()
        #expect(sent.offences == [first.peer: [.requestTimeout]])
        let second = try #require(sent.requests.first)
        #expect(second.peer != first.peer)
        // The slow one isn't asked again before it answers, and its late answer is welcome.
        let other = wallet.transfer(1)
        rounds.receive(announcement([other]), from: peers[Int(first.peer) - 1])
        rounds.wait(.seconds(3))
        #expect(rounds.actions().requests.isEmpty)
        rounds.receive(answer(first.id, [transaction]), from: peers[Int(first.peer) - 1])
        let late = rounds.actions()
        #expect(late.validate.map(\.hashes) == [[transaction.hash]] && late.offences.isEmpty)
        #expect(late.requests.map(\.peer) == [first.peer] && late.requests.map(\.hashes) == [[other.hash]])
        // The second answer has nothing new.
        rounds.receive(answer(second.id, [transaction]), from: peers[Int(second.peer) - 1])
        let again = rounds.actions()
        #expect(again.validate.isEmpty && again.offences.isEmpty)
    }

    @Test func aNewAnnouncerOfAQueuedTransactionIsAskedAtOnce() {
        var rounds = rounds()
        let (first, second) = (wallet.transfer(0), wallet.transfer(1))
        rounds.receive(announcement([first]), from: peers[0])
        rounds.wait(.milliseconds(500))
        #expect(rounds.actions().requests.map(\.peer) == [1])
        // The only announcer is busy.
        rounds.receive(announcement([second]), from: peers[0])
        rounds.wait(.milliseconds(1000))
        #expect(rounds.actions().requests.isEmpty)
        rounds.receive(announcement([second]), from: peers[1])
        let requests = rounds.actions().requests
        #expect(requests.map(\.peer) == [2] && requests.map(\.hashes) == [[second.hash]])
    }

    @Test func whatNobodyElseHasIsGivenUp() {
        var rounds = rounds()
        rounds.receive(announcement([wallet.transfer(0)]), from: peers[0])
        rounds.wait(.seconds(6))
        let sent = rounds.actions()
        #expect(sent.requests.count == 1 && sent.offences == [1: [.requestTimeout]])
        rounds.wait(.seconds(60))
        #expect(rounds.actions().messages == 0 && rounds.gossip.deadline == nil)
    }

    @Test func whatAnAnswerLacks() throws {
        var rounds = rounds()
        let transactions = (0..<4).map { wallet.transfer($0) }
        rounds.receive(announcement(transactions), from: peers[0])
        rounds.receive(announcement([transactions[0]]), from: peers[1])
        rounds.wait(.milliseconds(500))
        let requests = rounds.actions().requests
        // Whoever was asked first has all four or three of them.
        let main = try #require(requests.first { $0.peer == 1 })
        let delivered = try #require(transactions.first { $0.hash == main.hashes[main.hashes.count - 2] })
        rounds.receive(answer(main.id, [delivered]), from: peers[0])
        let sent = rounds.actions()
        // Before the delivered one: the peer doesn't have them. After it: cut off, asked again.
        let again = try #require(sent.requests.first { $0.peer == 1 })
        #expect(again.hashes == [main.hashes[main.hashes.count - 1]])
        rounds.receive(answer(again.id, []), from: peers[0])
        rounds.wait(.seconds(1))
        #expect(!rounds.actions().requests.contains { $0.peer == 1 }, "an empty answer means: not there")
    }

    @Test func liesAboutTypeOrSizeAreOffences() {
        for (type, size) in [(2, 9), (2, -9), (1, 0), (2, 8), (2, -8)] as [(UInt8, Int)] {
            var rounds = rounds()
            let transaction = wallet.transfer(0)
            let entry = TransactionAnnouncements.Entry(
                type: type, size: UInt32(transaction.size + size), hash: transaction.hash)
            rounds.receive(.newPooledTransactionHashes(TransactionAnnouncements([entry])), from: peers[0])
            rounds.receive(announcement([transaction]), from: peers[1])
            rounds.receive(.transactions(EncodedList([transaction])), from: peers[2])
            let isLie = type != 2 || abs(size) > 8
            #expect(rounds.actions().offences == (isLie ? [1: [.protocolBreach]] : [:]), "\(type) \(size)")
        }
    }

    @Test func answersThatWereNotAskedFor() throws {
        var rounds = rounds()
        let (asked, other) = (wallet.transfer(0), wallet.transfer(1))
        rounds.receive(announcement([asked]), from: peers[0])
        rounds.wait(.milliseconds(500))
        let request = try #require(rounds.actions().requests.first)
        rounds.receive(answer(request.id, [asked]), from: peers[1])
        #expect(rounds.actions().offences == [2: [.unsolicitedResponse]], "from another peer")
        rounds.receive(answer(request.id, [other]), from: peers[0])
        let sent = rounds.actions()
        #expect(sent.offences == [1: [.unsolicitedResponse]] && sent.validate.isEmpty, "another transaction")
        rounds.receive(answer(request.id, [asked]), from: peers[0])
        #expect(rounds.actions().offences == [1: [.unsolicitedResponse]], "a second answer")
    }

    @Test func whenAPeerLeavesTheOthersAreAsked() throws {
        var rounds = rounds()
        let transaction = wallet.transfer(0)
        rounds.receive(announcement([transaction]), from: peers[0])
        rounds.receive(announcement([transaction]), from: peers[1])
        rounds.wait(.milliseconds(500))
        let first = try #require(rounds.actions().requests.first)
        rounds.gossip.peerLeft(peers[Int(first.peer) - 1], now: rounds.now)
        let second = try #require(rounds.actions().requests.first)
        #expect(Set([first.peer, second.peer]) == [1, 2])
        rounds.gossip.peerLeft(peers[Int(second.peer) - 1], now: rounds.now)
        rounds.wait(.seconds(10))
        #expect(rounds.actions().messages == 0)
    }

    @Test func announcementsAreBounded() {
        var rounds = rounds { $0.announcedPerPeer = 100 }
        let transactions = (0..<150).map { wallet.transfer($0) }
        rounds.receive(announcement(transactions), from: peers[0])
        rounds.wait(.milliseconds(500))
        #expect(rounds.actions().requests.map(\.hashes.count) == [100])
        var few = self.rounds { $0.maxAnnounced = 20 }
        few.receive(announcement(transactions), from: peers[0])
        few.wait(.milliseconds(500))
        #expect(few.actions().requests.map(\.hashes.count) == [20])
    }

    @Test func blobsAndUnknownTypesAreNotFetched() {
        var rounds = rounds()
        let hashes = (1...3).map { Hash32([UInt8](repeating: UInt8($0), count: 32)) ?? .zero }
        let entries: [TransactionAnnouncements.Entry] = [
            .init(type: 3, size: 200, hash: hashes[0]), .init(type: 9, size: 200, hash: hashes[1]),
            .init(type: 2, size: 200_000, hash: hashes[2]),
        ]
        rounds.receive(.newPooledTransactionHashes(TransactionAnnouncements(entries)), from: peers[0])
        rounds.wait(.seconds(2))
        #expect(rounds.actions().requests.isEmpty)
    }

    @Test func whatIsInABlockIsNotFetched() {
        var rounds = rounds()
        let (before, after) = (wallet.transfer(0), wallet.transfer(1))
        rounds.receive(announcement([before]), from: peers[0])
        rounds.gossip.included([before.hash, after.hash], now: rounds.now)
        rounds.receive(announcement([after]), from: peers[0])
        rounds.wait(.seconds(2))
        #expect(rounds.actions().requests.isEmpty)
    }
}
