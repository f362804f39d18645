import Chain
import EthCrypto
import Files
import Foundation
import Networks
import Primitives

/// Starts the nodes of a cluster, monitors them, carries out requests of other terminals, and stops them.
public struct LocalCluster {
    let options: ClusterOptions
    let layout: ClusterLayout
    let clients: [RPCClient]
    let observations: Observations
    var members: [ClusterMember]
    var latest: [Observations.Observation?]
    var enrs: [String]
    var view = StatusView()
    private var propagation: Propagation
    private var isIntroduced = false
    private var hasPeered = false
    /// The content of the last manifest, so that it is written again only after a change.
    private var written: (pids: [Int32?], enrs: [String]) = ([], [])

    /// Creates the cluster's folder; doesn't start anything yet.
    ///
    /// - Throws: if the options, folder or ports can't be used, or if there is too little memory.
    public init(_ options: ClusterOptions) throws(ClusterError) {
        self.options = options
        layout = try ClusterLayout(options)
        let count = layout.nodes.count
        if let lack = Machine.lack(nodes: count) {
            layout.folder.remove()
            throw .options(lack)
        }
        clients = layout.nodes.compactMap { URL(string: $0.rpcURL).map(RPCClient.init) }
        observations = Observations(clients)
        members = Array(repeating: ClusterMember(), count: count)
        latest = Array(repeating: nil, count: count)
        enrs = Array(repeating: "", count: count)
        propagation = Propagation(nodes: count)
    }

    /// Runs the cluster until the condition of the options is met, `stop` returns true, or something fails. When it
    /// returns, no node is running.
    public mutating func run(stop: @Sendable @escaping () -> Bool) async throws(ClusterError) {
        // The reader of the output may close it; `Console` detects that.
        signal(SIGPIPE, SIG_IGN)
        // The cluster needs a few descriptors per node.
        FileDescriptors.raiseLimit(to: 65_536)
        let control = ControlServer()
        await observations.start()
        var failure: ClusterError?
        do throws(ClusterError) {
            try await watch(stop, control)
        } catch {
            failure = error
        }
        control?.end()
        let bad = await end()
        await observations.end()
        if failure != nil { bad.forEach(Console.say) } else if !bad.isEmpty { failure = .badEnds(bad) }
        leave(failed: failure != nil)
        if let failure { throw failure }
    }

    /// The maximum seconds until all nodes are up, and until the condition of the options is met.
    private var timeout: Double { options.timeout ?? max(120, Double(layout.nodes.count) * 4) }
    /// The seconds that a node has for an orderly end; more with many nodes, which share the processors.
    private var grace: Double { max(15, Double(layout.nodes.count) * 0.5) }
    /// The maximum number of nodes that start at the same time.
    private static let maxStarting = max(4, 2 * ProcessInfo.processInfo.activeProcessorCount)

    private mutating func watch(
        _ stop: @Sendable () -> Bool, _ control: ControlServer?
    ) async throws(ClusterError) {
        let began = Date()
        var shown = Date.distantPast
        view.say("Starting \(layout.nodes.count) nodes in \(layout.root)")
        if options.metrics { try introduction.prometheus.write() }
        while !stop(), !Console.isGone {
            let now = Date()
            for pending in control?.take() ?? [] { pending.answer(reply(to: pending.request, at: now)) }
            try await advance(now)
            (latest, enrs) = await observations.all()
            for index in members.indices where latest[index] != nil { members[index].answered() }
            try introduce(began, now)
            if now.timeIntervalSince(shown) >= 0.5 {
                shown = now
                propagation.add(latest.map { $0?.snapshot })
                view.show(rows(now))
                if isIntroduced, try await isDone(began, now) { return }
            }
            try? await Task.sleep(nanoseconds: 100_000_000)
        }
        view.end("Stopping.")
    }

    private var introduction: Introduction {
        Introduction(layout: layout, enrs: enrs, metrics: options.metrics)
    }

    /// Updates the states of nodes that have ended, and starts waiting nodes.
    private mutating func advance(_ now: Date) async throws(ClusterError) {
        for (index, node) in layout.nodes.enumerated() {
            let note = members[index].update(node.name, restart: options.restart, grace: grace, at: now)
            if let note { view.say(note) }
        }
        if let first = members.indices.first(where: { members[$0].isDead }),
            members.allSatisfy({ $0.isDead && !$0.isComingBack })
        {
            throw .allEnded(obituary(of: first))
        }
        var starting = members.count { $0.state == .starting }
        for (index, node) in layout.nodes.enumerated() where members[index].state == .waiting {
            guard starting < Self.maxStarting else { break }
            starting += 1
            await observations.forget(index)
            members[index].started(
                try NodeProcess(
                    executable: options.executable, arguments: layout.arguments(of: node, options), log: node.log),
                at: now)
        }
        if isIntroduced { try writeManifest() }
    }

    private func obituary(of index: Int) -> String {
        guard case .dead(let ending, let lastLine) = members[index].state else { return "" }
        return "\(layout.nodes[index].name) died: \(ending): \(lastLine) (log: \(layout.nodes[index].log))"
    }

    /// Prints the introduction, once all nodes are up or have died.
    private mutating func introduce(_ began: Date, _ now: Date) throws(ClusterError) {
        guard !isIntroduced else { return }
        let missing = members.firstIndex { $0.state == .starting || $0.state == .waiting }
        if let missing {
            guard now.timeIntervalSince(began) < timeout else {
                throw .notUp(name: layout.nodes[missing].name, seconds: timeout, log: layout.nodes[missing].log)
            }
            return
        }
        isIntroduced = true
        let introduction = introduction
        view.introduce { introduction.lines($0) }
        try writeManifest()
    }

    private mutating func writeManifest() throws(ClusterError) {
        let pids = members.map(\.pid)
        guard written != (pids, enrs) else { return }
        written = (pids, enrs)
        for path in [layout.manifestPath] + (options.manifest.map { [$0] } ?? []) { try manifest.write(to: path) }
    }

    var manifest: Manifest { Manifest(layout, metrics: options.metrics, enrs: enrs, pids: members.map(\.pid)) }

    /// The rows of the status table, one per node.
    func rows(_ now: Date) -> [StatusTable.Row] {
        layout.nodes.indices.map { index in
            let node = layout.nodes[index]
            var row = StatusTable.Row(name: node.name, level: .up, state: "up", port: node.httpPort)
            let observation = latest[index]
            switch members[index].state {
            case .waiting: (row.level, row.state) = (.starting, "waiting")
            case .starting: (row.level, row.state) = (.starting, "starting")
            case .stopping: (row.level, row.state) = (.away, "stopping")
            case .stopped: (row.level, row.state) = (.away, "stopped")
            case .dead(let ending, let lastLine):
                (row.level, row.state, row.note) = (.dead, "dead", "\(ending): \(lastLine)")
            case .running:
                if members[index].isSuspended {
                    (row.level, row.state) = (.away, "paused")
                } else if let observation, now.timeIntervalSince(observation.taken) < observations.patience {
                    let snapshot = observation.snapshot
                    if snapshot.isSyncing { row.state = "syncing" }
                    (row.height, row.hash, row.peers) = (snapshot.number, snapshot.hash, snapshot.peers)
                    (row.pending, row.queued) = (snapshot.pending, snapshot.queued)
                    row.arrival = propagation.figures(of: index)
                } else {
                    (row.level, row.state) = (.silent, "no answer")
                }
            }
            return row
        }
    }

    /// Whether the condition of the options is met. Throws if the nodes have different blocks, or at the timeout.
    private mutating func isDone(_ began: Date, _ now: Date) async throws(ClusterError) -> Bool {
        guard options.untilBlock != nil || options.untilPeered != nil else { return false }
        let counting = members.indices.filter { members[$0].counts }
        let peers = counting.map { latest[$0]?.snapshot.peers ?? 0 }
        let heights = counting.map { latest[$0]?.snapshot.number ?? 0 }
        let isComplete = !counting.isEmpty && !members.contains { $0.isComingBack }
        let isOver = now.timeIntervalSince(began) > timeout
        if let wanted = options.untilPeered, !hasPeered {
            hasPeered = isComplete && peers.allSatisfy { $0 >= wanted }
            if hasPeered {
                view.say("Every node has at least \(wanted) peers.")
            } else if isOver {
                throw .untilPeered(wanted, seconds: timeout, why: why("the numbers are", peers))
            }
        }
        if let block = options.untilBlock {
            guard isComplete, heights.allSatisfy({ $0 >= block }) else {
                if isOver { throw .untilBlock(block, seconds: timeout, why: why("the heights are", heights)) }
                return false
            }
            guard options.untilPeered == nil || hasPeered else { return false }
            let hashes = await hashes(of: block, counting)
            guard let hash = try Self.common(hashes, of: block, isOver: isOver) else { return false }
            view.say("Every node has block \(block), \(hash).")
        }
        let dead = members.indices.filter { members[$0].isDead }.map(obituary)
        guard dead.isEmpty else { throw .died(dead) }
        return options.untilBlock != nil || hasPeered
    }

    /// The hash that all nodes have of a block; nil if they differ, or if a node didn't answer. Since a reorganisation
    /// may be about to replace the block at some nodes, a difference is an error only after the timeout.
    static func common(_ hashes: [String?], of block: UInt64, isOver: Bool) throws(ClusterError) -> String? {
        if Set(hashes).count == 1, let hash = hashes.first ?? nil { return hash }
        guard isOver else { return nil }
        throw .differentHashes(block, hashes.map { $0 ?? "?" })
    }

    private func why<Number: BinaryInteger>(_ words: String, _ numbers: [Number]) -> String {
        let dead = members.count { !$0.counts }
        return "\(words) \(numbers.map { "\($0)" }.joined(separator: ", "))"
            + (dead > 0 ? "; \(dead) are not running" : "")
    }

    private func hashes(of block: UInt64, _ nodes: [Int]) async -> [String?] {
        var hashes: [String?] = []
        for node in nodes {
            let reply = try? await clients[node].call(
                "eth_getBlockByNumber", ["0x" + String(block, radix: 16)], flag: false)
            hashes.append(reply?.object?["hash"] as? String)
        }
        return hashes
    }

    /// Asks all nodes to stop, and kills those that don't in time.
    ///
    /// - Returns: messages about the nodes that didn't end orderly.
    private mutating func end() async -> [String] {
        var bad: [String] = []
        for index in members.indices where members[index].isAlive { members[index].stop(at: Date()) }
        while true {
            for (index, node) in layout.nodes.enumerated() {
                let note = members[index].update(node.name, restart: false, grace: grace, at: Date())
                if let note { bad.append(note) }
            }
            guard members.contains(where: \.isAlive) else { return bad }
            try? await Task.sleep(nanoseconds: 50_000_000)
        }
    }

    /// Removes a temporary folder, unless the logs in it may be needed.
    private func leave(failed: Bool) {
        let crashed = members.contains { if case .dead(let ending, _) = $0.state { ending.isCrash } else { false } }
        guard layout.folder.isTemporary else { return }
        guard failed || crashed else { return layout.folder.remove() }
        Console.say("The logs of this cluster are kept in \(layout.root), until another one fails.")
    }
}
