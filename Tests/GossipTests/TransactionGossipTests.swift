import Chain
import DevP2P
import EthWire
import Gossip
import Primitives
import SansIO
import Testing

/// A gossip with a pool and a clock.
struct GossipRounds {
    var gossip: TransactionGossip
    var pool = TransactionPool.standard()
    var now = Instant.start

    init(limits: TransactionGossipLimits = TransactionGossipLimits(), seed: UInt64 = 1) {
        gossip = TransactionGossip(localID: makePeer(1000).id, random: NodeRandom(seed: seed), limits: limits)
    }

    mutating func join(_ peers: [Peer]) { for peer in peers { gossip.peerJoined(peer, pool: pool, now: now) } }

    /// Puts transactions into the pool and lets them go out.
    mutating func add(_ wallet: Wallet, _ transactions: [Transaction]) {
        var ready: [Hash32] = []
        for transaction in transactions {
            ready += (try? pool.add(wallet.candidate(transaction), now: now))?.promoted ?? []
        }
        gossip.added(ready, pool: pool, now: now)
    }

    mutating func receive(_ message: EthMessage, from peer: Peer) {
        let isTaken = gossip.received(message, from: peer, pool: pool, now: now)
        #expect(isTaken)
    }

    /// Lets time pass, deadline by deadline.
    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let deadline = gossip.deadline, deadline <= end {
            now = max(now, deadline)
            gossip.deadlineReached(pool: pool, now: now)
        }
        now = end
    }

    mutating func actions() -> Sent { Sent(gossip.takeActions()) }
}

/// Actions, sorted by kind.
struct Sent {
    /// By connection.
    var transactions: [UInt64: [Hash32]] = [:]
    var announced: [UInt64: [Hash32]] = [:]
    var requests: [(peer: UInt64, id: UInt64, hashes: [Hash32])] = []
    var answers: [(peer: UInt64, id: UInt64, hashes: [Hash32])] = []
    var validate: [(peer: UInt64, hashes: [Hash32])] = []
    var offences: [UInt64: [Offence]] = [:]
    var credits: [(peer: UInt64, merit: Merit, bytes: Int, latency: Duration)] = []
    var messages = 0

    init(_ actions: [TransactionGossipAction]) {
        for action in actions {
            switch action {
            case .send(let message, let peers): for peer in peers { add(message, peer.connection.rawValue) }
            case .validate(let transactions, let peer):
                validate.append((peer.connection.rawValue, transactions.map(\.hash)))
            case .offence(let offence, let peer): offences[peer.connection.rawValue, default: []].append(offence)
            case .credit(let merit, let peer, let bytes, let latency):
                credits.append((peer.connection.rawValue, merit, bytes, latency))
            }
        }
    }

    private mutating func add(_ message: EthMessage, _ peer: UInt64) {
        messages += 1
        switch message {
        case .transactions(let list):
            transactions[peer, default: []] += ((try? list.decoded()) ?? []).map(\.hash)
        case .newPooledTransactionHashes(let announcements):
            announced[peer, default: []] += announcements.hashes
        case .getPooledTransactions(let id, let hashes): requests.append((peer, id, hashes))
        case .pooledTransactions(let id, let list):
            answers.append((peer, id, ((try? list.decoded()) ?? []).map(\.transaction.hash)))
        default: Issue.record("\(message.messageID) is none of ours")
        }
    }
}

@Suite struct TransactionGossipTests {
    let wallet = Wallet(1)
    let peers = (1...9).map { makePeer(UInt64($0)) }

    @Test func theSquareRootGetsItInFullTheRestAsAHash() {
        var rounds = GossipRounds()
        rounds.join(peers)
        let transaction = wallet.transfer(0)
        rounds.add(wallet, [transaction])
        let sent = rounds.actions()
        #expect(sent.transactions.count == 3 && sent.announced.count == 6)
        #expect(Set(sent.transactions.keys).union(sent.announced.keys).count == 9)
        #expect(sent.transactions.values.allSatisfy { $0 == [transaction.hash] })
        rounds.wait(.seconds(10))
        #expect(rounds.actions().messages == 0, "nobody is told twice")
    }

    @Test func aSendersTransactionsTakeTheSameWay() {
        var rounds = GossipRounds()
        rounds.join(peers)
        rounds.add(wallet, [wallet.transfer(0), wallet.transfer(1)])
        let first = rounds.actions()
        #expect(first.transactions.values.allSatisfy { $0 == [wallet.transfer(0).hash, wallet.transfer(1).hash] })
        rounds.wait(.seconds(1))
        rounds.add(wallet, [wallet.transfer(2)])
        #expect(rounds.actions().transactions.keys == first.transactions.keys)
    }

    @Test func aLargeTransactionIsAnnouncedOnly() {
        var rounds = GossipRounds()
        rounds.join(peers)
        let large = wallet.transfer(0, gas: 1_000_000, data: [UInt8](repeating: 0, count: 4096))
        rounds.add(wallet, [large])
        let sent = rounds.actions()
        #expect(sent.transactions.isEmpty && sent.announced.count == 9)
    }

    @Test func whoeverSentItIsNotTold() {
        var rounds = GossipRounds()
        rounds.join(peers)
        let transaction = wallet.transfer(0)
        rounds.receive(.transactions(EncodedList([transaction])), from: peers[0])
        let announcement = TransactionAnnouncements([.init(transaction)])
        rounds.receive(.newPooledTransactionHashes(announcement), from: peers[1])
        #expect(rounds.actions().validate.map(\.hashes) == [[transaction.hash]])
        rounds.add(wallet, [transaction])
        rounds.gossip.validated(transaction.hash, error: nil, from: peers[0], now: rounds.now)
        rounds.wait(.seconds(10))
        let sent = rounds.actions()
        #expect(Set(sent.transactions.keys).union(sent.announced.keys) == Set(3...9))
        #expect(sent.requests.isEmpty)
    }

    @Test func aNewPeerHearsOfAll() {
        var rounds = GossipRounds()
        let transactions = (0..<10).map { wallet.transfer($0) }
        rounds.add(wallet, transactions + [wallet.transfer(20)])
        rounds.join([peers[0]])
        #expect(rounds.actions().announced == [1: transactions.map(\.hash)], "the queued one isn't ready")
    }

    @Test func underLoadMessagesGetLonger() {
        var rounds = GossipRounds()
        rounds.join([peers[0]])
        var sent = 0
        for nonce in 0..<200 {
            rounds.add(wallet, [wallet.transfer(UInt64(nonce))])
            rounds.wait(.milliseconds(1))
            sent += rounds.actions().messages
        }
        rounds.wait(.seconds(1))
        sent += rounds.actions().messages
        #expect((10...12).contains(sent), "a message each 20 ms")
    }

    @Test func packetsAreBounded() {
        var rounds = GossipRounds()
        rounds.join([peers[0]])
        let data = [UInt8](repeating: 7, count: 3000)
        rounds.add(wallet, (0..<200).map { wallet.transfer($0, gas: 150_000, data: data) })
        let first = Sent(rounds.gossip.takeActions())
        #expect(first.messages == 4 && first.transactions[1]?.count == 4 * 33)
        rounds.wait(.milliseconds(20))
        #expect(rounds.actions().transactions[1]?.count == 200 - 4 * 33)
    }

    @Test func requestsAreAnsweredFromThePool() {
        var rounds = GossipRounds()
        rounds.join([peers[0]])
        let transactions = (0..<5).map { wallet.transfer($0) }
        rounds.add(wallet, transactions)
        _ = rounds.actions()
        let asked = [transactions[3].hash, Hash32(), transactions[0].hash]
        rounds.receive(.getPooledTransactions(requestID: 77, asked), from: peers[0])
        let answers = rounds.actions().answers
        #expect(answers.map(\.id) == [77])
        #expect(answers[0].hashes == [transactions[3].hash, transactions[0].hash], "the order of the request")
        rounds.receive(.getPooledTransactions(requestID: 78, []), from: peers[0])
        #expect(rounds.actions().answers.map(\.id) == [78], "always an answer")
    }

    @Test func anAnswerEndsAtTwoMebibytes() {
        var rounds = GossipRounds()
        let data = [UInt8](repeating: 1, count: 120_000)
        let transactions = (0..<40).map { wallet.transfer($0, gas: 9_000_000, data: data) }
        rounds.add(wallet, transactions)
        rounds.join([peers[0]])
        _ = rounds.actions()
        rounds.receive(.getPooledTransactions(requestID: 1, transactions.map(\.hash)), from: peers[0])
        #expect(rounds.actions().answers[0].hashes.count == 18, "the one that passes 2 MiB is still sent")
        // Whoever asks on and on gets less, but an answer.
        var served = 0
        for id in 2..<20 {
            rounds.receive(.getPooledTransactions(requestID: UInt64(id), transactions.map(\.hash)), from: peers[0])
            let answers = rounds.actions().answers
            #expect(answers.count == 1)
            served += answers[0].hashes.count
        }
        #expect((115...125).contains(served), "16 MiB at once")
    }

    @Test func breachesOfTheRules() {
        let blob = BlobTransaction(
            chainID: 1337, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 1, gasLimit: 21_000, to: Address(),
            maxFeePerBlobGas: 1, blobHashes: [Hash32()]
        ).signed(by: wallet.key)
        let transaction = wallet.transfer(0)
        let rows: [(EthMessage, Offence)] = [
            (.transactions(EncodedList([blob])), .protocolBreach),
            (.transactions(EncodedList([transaction, transaction])), .protocolBreach),
            (.transactions(EncodedList(encoded: [[0x80]])), .malformedMessage),
            (.pooledTransactions(requestID: 5, EncodedList([PooledTransaction]())), .unsolicitedResponse),
        ]
        for (message, offence) in rows {
            var rounds = GossipRounds()
            rounds.join([peers[0]])
            rounds.receive(message, from: peers[0])
            let sent = rounds.actions()
            #expect(sent.offences == [1: [offence]])
            #expect(sent.validate.isEmpty)
        }
    }

    @Test func onlyTheInvalidIsAnOffence() {
        var rounds = GossipRounds()
        rounds.join(peers)
        let rows: [(PoolError, Bool)] = [
            (.invalid(.invalidSignature), true), (.nonceTooLow(next: 1, found: 0), false),
            (.underpriced(minTip: 1), false), (.invalid(.notEnabled(transactionType: 4)), false),
        ]
        for (index, (error, isOffence)) in rows.enumerated() {
            let transaction = wallet.transfer(UInt64(index))
            rounds.receive(.transactions(EncodedList([transaction])), from: peers[0])
            #expect(rounds.actions().validate.count == 1)
            rounds.gossip.validated(transaction.hash, error: error, from: peers[0], now: rounds.now)
            #expect(rounds.actions().offences == (isOffence ? [1: [.invalidTransaction]] : [:]))
            // It isn't looked at again within five minutes.
            rounds.receive(.transactions(EncodedList([transaction])), from: peers[1])
            #expect(rounds.actions().validate.isEmpty)
            rounds.now = rounds.now + .seconds(301)
            rounds.receive(.transactions(EncodedList([transaction])), from: peers[1])
            #expect(rounds.actions().validate.count == 1)
            rounds.gossip.validated(transaction.hash, error: .alreadyKnown, from: peers[1], now: rounds.now)
        }
    }

    @Test func nothingIsTakenDuringSync() {
        var rounds = GossipRounds()
        rounds.join(peers)
        rounds.gossip.isAccepting = false
        rounds.receive(.transactions(EncodedList([wallet.transfer(0)])), from: peers[0])
        let announcement = TransactionAnnouncements([.init(wallet.transfer(1))])
        rounds.receive(.newPooledTransactionHashes(announcement), from: peers[1])
        rounds.wait(.seconds(10))
        #expect(rounds.actions().messages == 0 && rounds.actions().validate.isEmpty)
    }

    @Test func otherMessagesAreNoneOfItsBusiness() {
        var rounds = GossipRounds()
        rounds.join(peers)
        let message = EthMessage.getReceipts(requestID: 1, [])
        let isTaken = rounds.gossip.received(message, from: peers[0], pool: rounds.pool, now: rounds.now)
        #expect(!isTaken)
    }
}
