import Chain
import EthCrypto
import Files
import Foundation
import Networks
import Primitives

/// Starts the nodes, watches them, does what other terminals ask for, and stops them.
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
    /// What was written last, so that it is written anew only where something has changed.
    private var written: (pids: [Int32?], enrs: [String]) = ([], [])

    /// Makes the cluster's folder; nothing is started yet.
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

    /// Runs until what was waited for has come, `stop` says so, or something fails. No node runs afterwards.
    public mutating func run(stop: @Sendable @escaping () -> Bool) async throws(ClusterError) {
        // Whoever reads the output may go away; `Console` sees that.
        signal(SIGPIPE, SIG_IGN)
        // The cluster has some open files for each node.
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

    /// The seconds that the start and what is waited for may take.
    private var timeout: Double { options.timeout ?? max(120, Double(layout.nodes.count) * 4) }
    /// The seconds that a node has to end in order; many of them share the processors.
    private var grace: Double { max(15, Double(layout.nodes.count) * 0.5) }
    /// Nodes that may be starting at the same time.
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

    /// Notes what has ended, and starts those whose turn it is.
    private mutating func advance(_ now: Date) async throws(ClusterError) {
        for (index, node) in layout.nodes.enumerated() {
            let note = members[index].look(node.name, restart: options.restart, grace: grace, at: now)
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

    /// Prints who is there, once all have come up or have died.
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

    /// What each node shows.
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

    /// Whether all that was waited for has come; an error where nodes differ, or the time is over.
    private mutating func isDone(_ began: Date, _ now: Date) async throws(ClusterError) -> Bool {
        guard options.untilBlock != nil || options.untilPeered != nil else { return false }
        let counting = members.indices.filter { members[$0].counts }
        let peers = counting.map { latest[$0]?.snapshot.peers ?? 0 }
        let heights = counting.map { latest[$0]?.snapshot.number ?? 0 }
        let isSettled = !counting.isEmpty && !members.contains { $0.isComingBack }
        let isOver = now.timeIntervalSince(began) > timeout
        if let wanted = options.untilPeered, !hasPeered {
            hasPeered = isSettled && peers.allSatisfy { $0 >= wanted }
            if hasPeered {
                view.say("Every node has at least \(wanted) peers.")
            } else if isOver {
                throw .untilPeered(wanted, seconds: timeout, why: why("the numbers are", peers))
            }
        }
        if let block = options.untilBlock {
            guard isSettled, heights.allSatisfy({ $0 >= block }) else {
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

    /// The hash that all nodes have of a block; nil where they don't, or one didn't say. A reorganisation may be about to
    /// replace it at some, so that is an error only when the time is over.
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

    /// Asks all nodes to end, and ends those that don't in time.
    ///
    /// - Returns: what there is to say of those that didn't end in order.
    private mutating func end() async -> [String] {
        var bad: [String] = []
        for index in members.indices where members[index].isAlive { members[index].stop(at: Date()) }
        while true {
            for (index, node) in layout.nodes.enumerated() {
                let note = members[index].look(node.name, restart: false, grace: grace, at: Date())
                if let note { bad.append(note) }
            }
            guard members.contains(where: \.isAlive) else { return bad }
            try? await Task.sleep(nanoseconds: 50_000_000)
        }
    }

    /// A temporary folder goes, unless there are logs in it that somebody will want.
    private func leave(failed: Bool) {
        let crashed = members.contains { if case .dead(let ending, _) = $0.state { ending.isCrash } else { false } }
        guard layout.folder.isTemporary else { return }
        guard failed || crashed else { return layout.folder.remove() }
        Console.say("The logs of this cluster are kept in \(layout.root), until another one fails.")
    }
}
