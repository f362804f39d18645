import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import SansIO
import Testing

@testable import Gossip

/// What one peer may take of the fetching and the checking of transactions.
@Suite struct TransactionShareTests {
    let wallet = Wallet(1)
    let peers = (1...4).map { makePeer(UInt64($0)) }

    private func rounds(_ change: (inout TransactionGossipLimits) -> Void = { _ in }) -> GossipRounds {
        var limits = TransactionGossipLimits()
        change(&limits)
        var rounds = GossipRounds(limits: limits)
        rounds.join(peers)
        return rounds
    }

    private func announcement(_ transactions: [Transaction]) -> EthMessage {
        .newPooledTransactionHashes(TransactionAnnouncements(transactions.map { .init($0) }))
    }

    /// Hashes of nothing.
    private func junk(_ numbers: Range<UInt64>) -> EthMessage {
        let entries = numbers.map { number in
            var random = NodeRandom(seed: number, stream: 77)
            return TransactionAnnouncements.Entry(type: 2, size: 120, hash: Hash32(random.bytes(32)) ?? .zero)
        }
        return .newPooledTransactionHashes(TransactionAnnouncements(entries))
    }

    private func answer(_ id: UInt64, _ transactions: [Transaction]) -> EthMessage {
        .pooledTransactions(requestID: id, EncodedList(encoded: transactions.map(\.rlp)))
    }

    // MARK: Announcements

    /// A line of hashes that are all void is looked through once for each `capacity / 2` appended, not for each one.
    @Test func aLineIsCleanedInProportionToWhatComes() {
        var random = NodeRandom(seed: 1)
        let hashes = (0..<40_000).map { _ in Hash32(random.bytes(32)) ?? .zero }
        for areValid in [0, 50] {
            let valid = Set(hashes.prefix(areValid))
            var line = HashLine(capacity: 100)
            var looks = 0
            for hash in hashes {
                line.append(hash) {
                    looks += 1
                    return valid.contains($0)
                }
                #expect(line.count <= 100)
            }
            #expect(looks <= 2 * hashes.count)
            #expect(Set(line.hashes).isSuperset(of: valid))
        }
    }

    @Test func placesAreFreeAgainWhenTransactionsArrive() {
        var rounds = rounds { $0.announcedPerPeer = 10 }
        let transactions = (0..<30).map { wallet.transfer($0) }
        // In blocks, from another peer: nothing is left of the first ten.
        rounds.receive(announcement(Array(transactions[..<15])), from: peers[0])
        rounds.gossip.included(transactions[..<5].map(\.hash), now: rounds.now)
        rounds.receive(.transactions(EncodedList(Array(transactions[5..<10]))), from: peers[1])
        rounds.receive(announcement(Array(transactions[15...])), from: peers[0])
        rounds.wait(.milliseconds(500))
        #expect(rounds.actions().requests.map(\.hashes) == [transactions[15..<25].map(\.hash)])
    }

    @Test func whatAPeerAnnouncesInExcessIsIgnoredAsAWhole() {
        var rounds = rounds {
            $0.announcementBurst = 100
            $0.announcementsPerSecond = 50
        }
        rounds.receive(junk(0..<80), from: peers[0])
        rounds.receive(junk(100..<130), from: peers[0])
        rounds.receive(junk(200..<220), from: peers[0])
        rounds.wait(.milliseconds(500))
        #expect(rounds.actions().requests.map(\.hashes.count) == [100])
        rounds.receive(junk(300..<330), from: peers[0])
        rounds.receive(junk(400..<430), from: peers[1])
        rounds.wait(.milliseconds(500))
        #expect(rounds.actions().requests.map(\.peer) == [2], "others have their own")
    }

    /// Peers that announce and never answer.
    @Test func silentPeersDoNotTakeThePlacesOfOthers() {
        var rounds = rounds { $0.maxAnnounced = 40 }
        for (index, peer) in peers.prefix(3).enumerated() {
            rounds.receive(junk(UInt64(index) * 100..<UInt64(index) * 100 + 60), from: peer)
        }
        let transactions = (0..<12).map { wallet.transfer($0) }
        rounds.receive(announcement(transactions), from: peers[3])
        rounds.wait(.milliseconds(500))
        let requests = rounds.actions().requests
        #expect(requests.first { $0.peer == 4 }?.hashes == transactions.prefix(10).map(\.hash), "an equal part")
    }

    @Test func answersThatLackWhatTheirSenderAnnouncedCost() throws {
        var rounds = rounds { $0.maxLacking = 6 }
        var number: UInt64 = 0
        func announceAndAnswer(_ transactions: [Transaction] = []) throws -> [Offence] {
            number += 1
            rounds.receive(junk(number * 10..<number * 10 + 3), from: peers[0])
            if !transactions.isEmpty { rounds.receive(announcement(transactions), from: peers[0]) }
            rounds.wait(.milliseconds(500))
            let request = try #require(rounds.actions().requests.first)
            rounds.receive(answer(request.id, transactions), from: peers[0])
            return rounds.actions().offences[1] ?? []
        }
        // A block, or a replacement, may have been quicker.
        #expect(try announceAndAnswer() == [] && announceAndAnswer() == [])
        for _ in 0..<3 { #expect(try announceAndAnswer() == [.uselessResponse], "6 may lack, not 9") }
        // What is delivered makes up for it, however long it has gone on: 8, then 2, 5, 8.
        #expect(try announceAndAnswer((0..<2).map { wallet.transfer($0) }) == [.uselessResponse])
        #expect(try announceAndAnswer((2..<10).map { wallet.transfer($0) }) == [])
        #expect(try announceAndAnswer() == [])
        #expect(try announceAndAnswer() == [.uselessResponse])
    }

    @Test func whatCameFromElsewhereIsNotLacking() throws {
        var rounds = rounds { $0.maxLacking = 0 }
        for nonce in UInt64(0)..<6 {
            let transaction = wallet.transfer(nonce)
            rounds.receive(announcement([transaction]), from: peers[0])
            rounds.wait(.milliseconds(500))
            let request = try #require(rounds.actions().requests.first)
            if nonce % 2 == 0 {
                rounds.gossip.included([transaction.hash], now: rounds.now)
            } else {
                rounds.receive(.transactions(EncodedList([transaction])), from: peers[1])
            }
            rounds.receive(answer(request.id, []), from: peers[0])
            #expect(rounds.actions().offences.isEmpty)
        }
    }

    /// Otherwise a node whose line is full would look like one that announces what it doesn't have.
    @Test func anAnswerHasSomethingInItWithoutRoom() {
        var rounds = rounds()
        let transactions = (0..<5).map { wallet.transfer($0) }
        rounds.add(wallet, transactions)
        _ = rounds.actions()
        rounds.gossip.uploadRoom = 0
        rounds.receive(.getPooledTransactions(requestID: 1, transactions.map(\.hash)), from: peers[0])
        #expect(rounds.actions().answers.map(\.hashes) == [[transactions[0].hash]])
    }

    // MARK: Checking

    @Test func eachPeerHasItsShareOfTheChecking() {
        var rounds = rounds { $0.validatingPerPeer = 10 }
        let transactions = (0..<40).map { wallet.transfer($0) }
        rounds.receive(.transactions(EncodedList(Array(transactions[..<15]))), from: peers[0])
        rounds.receive(.transactions(EncodedList(Array(transactions[15..<20]))), from: peers[0])
        rounds.receive(.transactions(EncodedList(Array(transactions[20..<25]))), from: peers[1])
        let sent = rounds.actions().validate
        #expect(sent.map(\.peer) == [1, 2] && sent.map(\.hashes.count) == [10, 5])
        for transaction in transactions[..<4] {
            rounds.gossip.validated(transaction.hash, error: nil, from: peers[0], now: rounds.now)
        }
        rounds.receive(.transactions(EncodedList(Array(transactions[30...]))), from: peers[0])
        #expect(rounds.actions().validate.map(\.hashes) == [transactions[30..<34].map(\.hash)])
    }

    @Test func whatFoundNoPlaceIsTakenAgain() {
        var rounds = rounds()
        let transaction = wallet.transfer(0)
        for peer in peers.prefix(2) {
            rounds.receive(.transactions(EncodedList([transaction])), from: peer)
            let sent = rounds.actions()
            #expect(sent.validate.map(\.hashes) == [[transaction.hash]] && sent.offences.isEmpty)
            rounds.gossip.validated(transaction.hash, error: .queueFull, from: peer, now: rounds.now)
        }
    }

    /// Each row: the outcomes of a peer's transactions in turn, and whether that is spam.
    @Test(
        arguments: [
            ([.insufficientFunds(balance: 0, cost: 1, earlier: 0)], true), ([.nonceTooLow(next: 2, found: 1)], true),
            ([nil], false), ([.underpriced(minTip: 1)], false), ([.queueFull], false), ([.alreadyKnown], false),
            ([.insufficientFunds(balance: 1, cost: 1, earlier: 1)], false), ([.senderLimitReached(limit: 64)], false),
            // One in two, one in nine; those that say nothing don't hide the others.
            ([nil, .nonceTooLow(next: 2, found: 1)], false),
            ([nil] + [PoolError?](repeating: .nonceTooLow(next: 2, found: 1), count: 8), true),
            ([.alreadyKnown, .alreadyKnown, .nonceTooLow(next: 2, found: 1)], true),
        ] as [([PoolError?], Bool)])
    func whoseTransactionsAreWorthlessSpams(outcomes: [PoolError?], isSpam: Bool) {
        var rounds = rounds { $0.judgedTransactions = 80 }
        for number in UInt64(0)..<300 {
            var random = NodeRandom(seed: number)
            let outcome = outcomes[Int(number) % outcomes.count]
            let hash = Hash32(random.bytes(32)) ?? .zero
            rounds.gossip.validated(hash, error: outcome, from: peers[0], now: rounds.now)
        }
        let offences = rounds.actions().offences
        #expect(Set(offences[1] ?? []) == (isSpam ? [.spam] : []))
    }
}
