import Chain
import EthCrypto
import EthWire
import Execution
import KeyValue
import Primitives
import SansIO
import Storage
import Sync
import Testing

@testable import DevP2P
@testable import EthNode
@testable import NodeCore

@Suite("Serving of eth requests")
struct EthServingTests {
    private let now = Instant(unixSeconds: 1_760_000_000)

    /// An `eth/69` host at its genesis, with one peer whose Status fits.
    private func host() throws -> (CapabilityHost<EthSessions>, Peer, Hash32) {
        let store = ChainStore(MemoryStore())
        let genesis = Genesis.devnet(chainID: 7)
        let block = try GenesisState.commit(genesis, into: store, networkID: 7)
        let head = try #require(try store.head())
        let forks = ForkSchedule(config: genesis.config, genesisHash: block.hash, genesisTime: genesis.timestamp)
        let view = EthView(networkID: 7, genesisHash: block.hash, forks: forks, head: head)
        var host = CapabilityHost(EthSessions(chain: view, server: ChainServer(store)), index: 0)
        let key = try PrivateKey([UInt8](repeating: 2, count: 32)).publicKey
        let peer = Peer(
            connection: ConnectionID(rawValue: 1), id: key.nodeID, publicKey: key, isInbound: true, clientID: "test",
            endpoint: Endpoint(ip: .loopback, port: 30303))
        var node = HostContext<SessionEvent>(now: now, random: NodeRandom(seed: 1))
        host.take(.joined(peer, index: 1), &node)
        _ = try receive(.status(view.status(version: .eth69)), at: &host, from: peer)
        return (host, peer, block.hash)
    }

    private func receive(
        _ message: EthMessage, at host: inout CapabilityHost<EthSessions>, from peer: Peer
    ) throws -> [HostEffect<SessionEvent>] {
        var node = HostContext<SessionEvent>(now: now, random: NodeRandom(seed: 1))
        let outbound = OutboundMessage(message, version: .eth69, capability: 1)
        host.take(
            .received(peer.connection, index: 1, id: outbound.id, payload: try plain(outbound)), &node)
        return node.effects
    }

    private func complete(_ job: Job, at host: inout CapabilityHost<EthSessions>) -> [HostEffect<SessionEvent>] {
        job.work()
        var node = HostContext<SessionEvent>(now: now, random: NodeRandom(seed: 1))
        host.take(.jobCompleted(ticket: job.ticket), &node)
        return node.effects
    }

    private func plain(_ message: OutboundMessage) throws -> [UInt8] {
        try message.payload.withUnsafeBytes { try Snappy.decompress($0, limit: 1 << 24) }
    }

    /// The jobs that are wanted, and the ids of the requests that are answered.
    private func read(_ effects: [HostEffect<SessionEvent>]) throws -> (jobs: [Job], answers: [UInt64]) {
        var jobs: [Job] = []
        var answers: [UInt64] = []
        for effect in effects {
            switch effect {
            case .serve(let job): jobs.append(job.job(bytes: job.bytes))
            case .send(_, let message):
                let decoded = try EthMessage(id: message.id, payload: try plain(message)[...], version: .eth69)
                answers.append(try #require(decoded.requestID))
            default: Issue.record("\(effect)")
            }
        }
        return (jobs, answers)
    }

    @Test("a peer's requests are answered in their order, whatever the worker threads do")
    func order() throws {
        var (host, peer, genesis) = try host()
        var jobs: [Job] = []
        for id in 1...5 as ClosedRange<UInt64> {
            let request: EthMessage =
                id == 3
                ? .getBlockBodies(requestID: id, [genesis])
                : .getBlockHeaders(requestID: id, HeadersRequest(from: .number(0), limit: 1))
            jobs += try read(try receive(request, at: &host, from: peer)).jobs
        }
        #expect(jobs.count == 1)
        var answers: [UInt64] = []
        while let job = jobs.popLast() {
            let (more, answered) = try read(complete(job, at: &host))
            jobs += more
            answers += answered
        }
        #expect(answers == [1, 2, 3, 4, 5])
    }

    @Test("who sends a thousand requests at once isn't read on until few are left, and gets all answers in order")
    func pipelined() throws {
        var (host, peer, _) = try host()
        let request = HeadersRequest(from: .number(0), limit: 1)
        var jobs: [Job] = []
        var busy: [Bool] = []
        func note(_ effects: [HostEffect<SessionEvent>]) throws -> [UInt64] {
            let rest = effects.filter {
                switch $0 {
                case .pause(peer.connection): busy.append(true)
                case .resume(peer.connection): busy.append(false)
                default: return true
                }
                return false
            }
            let (more, answers) = try read(rest)
            jobs += more
            return answers
        }
        for id in 1...1_000 as ClosedRange<UInt64> {
            #expect(try note(try receive(.getBlockHeaders(requestID: id, request), at: &host, from: peer)).isEmpty)
            #expect(busy == (id <= 32 ? [] : [true]))
        }
        var answers: [UInt64] = []
        while let job = jobs.popLast() {
            answers += try note(complete(job, at: &host))
            #expect(busy.count == (answers.count < 992 ? 1 : 2))
        }
        #expect(answers == Array(1...1_000) && busy == [true, false])
    }

    @Test("while a peer doesn't take what it is sent its next request waits")
    func congested() throws {
        let forge = try Forge(Forge.genesis(), blocks: 1)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth69])
        stage.clear()
        stage.handle(.congested(Stage.connection(1), true))
        let request = HeadersRequest(from: .number(0), limit: 1)
        for id in 1...40 as ClosedRange<UInt64> { stage.say(.getBlockHeaders(requestID: id, request), by: 1) }
        #expect(stage.jobs.isEmpty && stage.paused == [Stage.connection(1)])
        stage.handle(.congested(Stage.connection(1), false))
        #expect(stage.eth(to: 1).compactMap(\.requestID) == Array(1...40) && stage.paused.isEmpty)
        #expect(stage.offences(of: 1).isEmpty)
    }

    @Test("of too many hashes the first are answered, and nobody is charged")
    func hashes() throws {
        let forge = try Forge(Forge.genesis(), blocks: 1)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth69])
        stage.clear()
        let genesis = try #require(try stage.node.ethNode.chainStore.canonicalHash(0))
        let many = [Hash32](repeating: genesis, count: 20_000)
        stage.say(.getBlockBodies(requestID: 1, many), by: 1)
        stage.say(.getReceipts(requestID: 2, many), by: 1)
        stage.say(.getPooledTransactions(requestID: 3, many), by: 1)
        stage.say(.getBlockHeaders(requestID: 4, HeadersRequest(from: .number(0), limit: .max)), by: 1)
        let answers = stage.eth(to: 1)
        #expect(answers.compactMap(\.requestID).sorted() == [1, 2, 3, 4])
        for case .blockBodies(_, let bodies) in answers { #expect(bodies.count == EthLimits.maxBodies) }
        #expect(stage.offences(of: 1).isEmpty && stage.closed.isEmpty)
    }
}
