public import Chain
import DevP2P
import EthCrypto
public import EthNode
import EthService
import Execution
import Gossip
public import NodeCore
public import NodeNIO
import NodeRecord
public import PeerBook
public import Primitives
public import Storage
import Sync
import Synchronization

/// A node on sockets, as the RPC server sees it.
public struct RunningNode: NodeAccess {
    public let profile: NodeProfile
    public let chain: ChainStore
    private let service: NodeService
    private let journal: TransactionJournal?
    private let syncStart = SyncStart()

    /// - Parameters:
    ///   - service: must have been started.
    ///   - databaseFolder: where the chain is on disk, for metrics; nil where it isn't.
    ///   - journal: where transactions that clients hand in are written down. What it has is handed in again now; what is
    ///     refused, since it was mined in the meantime for instance, is dropped from it.
    /// - Throws: `NodeServiceError.notRunning`, or what the store throws.
    public init(_ service: NodeService, databaseFolder: String? = nil, journal: TransactionJournal? = nil) async throws
    {
        self.journal = journal
        let (store, configuration) = try await service.chain { ($0.chainStore, $0.configuration) }
        let status = try await service.status
        self.service = service
        chain = store
        var profile = NodeProfile(
            clientID: service.configuration.node.clientID, config: configuration.genesis.config,
            networkID: configuration.networkID, genesisHash: try store.canonicalHash(0) ?? .zero,
            executor: configuration.executor, isSealing: configuration.sealingKey != nil, startedAt: status.startedAt)
        profile.databaseFolder = databaseFolder
        self.profile = profile
        guard let journal else { return }
        for transaction in await journal.transactions() { _ = try? await service.submit(transaction) }
        await journal.rotate(pooled)
    }

    private var pooled: TransactionJournal.Pooled {
        let service = service
        return { hashes in
            // A node that has stopped says nothing against any.
            let kept = try? await service.chain { chain in hashes.filter { chain.transactionPool[$0] != nil } }
            return Set(kept ?? hashes)
        }
    }

    public func identity() async -> NodeIdentity {
        let seen = try? await service.read { ($0.status.record, $0.configuration) }
        let node = seen?.1 ?? service.configuration.node
        let record = seen?.0
        let own = NodeContact(
            publicKey: node.key.publicKey, ip: node.advertisedIP, udpPort: node.udpPort, tcpPort: node.tcpPort)
        let port = service.configuration.tcpPort.flatMap { $0 == 0 ? nil : $0 } ?? node.tcpPort
        let address = IPAddress(service.configuration.bindHost).map { Endpoint(ip: $0, port: port) }
        return NodeIdentity(
            contact: record.flatMap { NodeContact($0) } ?? own, record: record?.description,
            listenAddress: seen == nil ? nil : address)
    }

    public func activity() async -> NodeActivity {
        guard let status = try? await service.status, let chain = try? await service.chainStatus else {
            return NodeActivity(peerCount: 0, pendingCount: 0, queuedCount: 0, sync: nil)
        }
        return NodeActivity(
            peerCount: status.peerCount, pendingCount: chain.pendingCount, queuedCount: chain.queuedCount,
            sync: syncStart.progress(current: chain.sync?.current, highest: chain.sync?.target))
    }

    public func peers() async -> [PeerDescription] {
        let statuses = try? await service.read { core in
            core.peerStatuses.map { ($0, core.chain?.status(of: $0.peer)) }
        }
        var peers: [PeerDescription] = []
        for (status, chain) in statuses ?? [] {
            var peer = PeerDescription(status, chain)
            peer.localAddress = (try? await service.localEndpoint(of: status.peer.connection)) ?? nil
            peers.append(peer)
        }
        return peers
    }

    public func capabilities() async -> [CapabilityStatus] { (try? await service.capabilities) ?? [] }

    public func bandwidth() async -> NodeBandwidth {
        guard let upload = try? await service.upload, let traffic = try? await service.traffic else {
            return NodeBandwidth()
        }
        return NodeBandwidth(upload: upload, traffic: traffic)
    }

    public func decisionCounts() async -> [DecisionCount] {
        let counts = (try? await service.read { $0.journal.countsByReason }) ?? []
        return counts.map { DecisionCount(kind: $0.reason.kind.rawValue, reason: $0.reason.label, count: $0.count) }
    }

    public func submit(_ transaction: Transaction) async throws(RPCError) -> Hash32 {
        let hash: Hash32
        do throws(SubmissionError) {
            hash = try await service.submit(transaction)
        } catch {
            // The pool speaks go-ethereum's words already.
            throw .failed("\(error)")
        }
        // First: a client that has the hash may count on it.
        await journal?.append(transaction, pooled: pooled)
        return hash
    }

    public func pooledTransaction(_ hash: Hash32) async -> Transaction? {
        (try? await service.chain { $0.transactionPool[hash]?.transaction }) ?? nil
    }

    public func nextNonce(of address: Address) async -> UInt64? {
        (try? await service.chain { $0.transactionPool.nextNonce(of: address) }) ?? nil
    }

    public func pool(limit: Int) async -> PoolContent {
        let content = try? await service.chain { PoolContent($0.transactionPool, limit: limit) }
        return content ?? PoolContent(pending: [], queued: [])
    }

    public func blockArrivals(limit: Int) async -> [ArrivedBlock] {
        let arrivals = (try? await service.chain { $0.blockArrivals }) ?? []
        return arrivals.compactMap { arrival in
            arrival.received.map {
                // A block without a source was made here.
                ArrivedBlock(number: arrival.number, hash: arrival.hash, at: $0, sealedHere: arrival.source == nil)
            }
        }.suffix(limit)
    }

    public func peerDecisions(limit: Int) async -> [PeerDecision] {
        let entries = (try? await service.read { $0.journal.newest(limit) }) ?? []
        return entries.map { entry in
            let event = entry.event
            return PeerDecision(
                number: entry.number, at: entry.at, kind: event.kind.rawValue, node: event.node,
                endpoint: event.endpoint, reason: event.reason, label: event.label, score: event.score)
        }
    }

    public func peerSources() async -> [PeerSource] { (try? await service.read { $0.peerSources }) ?? [] }

    public func chainActivity() async -> ChainActivity {
        (try? await service.chain { $0.chainActivity }) ?? ChainActivity()
    }

    public func peerBans() async -> [PeerBan] { (try? await service.read { $0.bans }) ?? [] }

    public func addPeer(_ node: NodeReference) async throws(RPCError) {
        do throws(NodeServiceError) {
            try await service.addPeer(node)
        } catch {
            throw .failed("\(error)")
        }
    }

    public func removePeer(_ id: NodeID) async throws(RPCError) {
        do throws(NodeServiceError) {
            try await service.removePeer(id)
        } catch {
            throw .failed("\(error)")
        }
    }
}

/// Where the running download was when somebody first asked about it.
private final class SyncStart: Sendable {
    private let start = Mutex<UInt64?>(nil)

    func progress(current: UInt64?, highest: UInt64?) -> SyncProgress? {
        start.withLock { start in
            guard let current, let highest else {
                start = nil
                return nil
            }
            let first = start ?? current
            start = first
            return SyncProgress(starting: first, current: current, highest: max(current, highest))
        }
    }
}

extension PeerDescription {
    init(_ status: PeerStatus, _ chain: ChainPeerStatus?) {
        let peer = status.peer
        // As in go-ethereum: the port that the connection has, also where the peer made it.
        let enode = EnodeURL(publicKey: peer.publicKey, host: .address(peer.endpoint.ip), tcpPort: peer.endpoint.port)
        self.init(
            enode: enode, id: peer.id, clientID: peer.clientID, capabilities: status.capabilities.map(\.description),
            remoteAddress: peer.endpoint, isInbound: peer.isInbound)
        isTrusted = status.isTrusted
        isStatic = status.isStatic
        ethVersion = status.capabilities.filter { $0.name == "eth" }.map(\.version).max()
        head = chain?.head.map { ($0.hash, $0.number) }
        score = status.reputation?.score
        reputation = status.reputation
        if let responses = chain?.responses, let p50 = responses.p50, let p95 = responses.p95, let p99 = responses.p99 {
            latency = Latency(p50: p50, p95: p95, p99: p99)
        }
    }
}

extension PoolContent {
    /// The content of a pool, by sender, at most `limit` transactions of each kind.
    init(_ pool: TransactionPool, limit: Int) {
        self.init(pending: [], queued: [])
        var (pendingLeft, queuedLeft) = (limit, limit)
        for sender in pool.senders where pendingLeft > 0 || queuedLeft > 0 {
            let (ready, queued) = pool.transactions(of: sender)
            Self.add(ready, of: sender, to: &pending, left: &pendingLeft)
            Self.add(queued, of: sender, to: &self.queued, left: &queuedLeft)
        }
    }

    private static func add(
        _ transactions: [PoolTransaction], of sender: Address, to entries: inout [Entry], left: inout Int
    ) {
        let taken = transactions.prefix(left)
        guard !taken.isEmpty else { return }
        left -= taken.count
        entries.append(Entry(sender: sender, transactions: taken.map(\.transaction)))
    }
}
