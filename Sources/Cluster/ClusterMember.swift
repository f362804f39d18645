import Foundation

/// One node of a running cluster: what was asked of it, and what became of it.
struct ClusterMember {
    enum State: Equatable {
        /// Its turn to start hasn't come.
        case waiting
        /// A process that hasn't answered yet.
        case starting
        /// A process that has answered.
        case running
        /// It was asked to end, by us.
        case stopping(since: Date)
        case stopped
        /// It has ended by itself.
        case dead(Ending, lastLine: String)
    }

    private(set) var state = State.waiting
    private(set) var process: NodeProcess?
    private var startedAt = Date.distantPast
    /// Ends by itself, soon after the start, in a row.
    private var quickEnds = 0
    /// When a dead node is started again, with `--restart`.
    private var retryAt: Date?

    var isAlive: Bool { process?.ending == nil && process != nil }
    var pid: Int32? { isAlive ? process?.pid : nil }
    var isSuspended: Bool { isAlive && process?.isSuspended == true }
    /// Whether it takes part, in what all nodes are expected to do.
    var counts: Bool {
        switch state {
        case .waiting, .starting, .running: true
        case .stopping, .stopped, .dead: false
        }
    }
    var isDead: Bool { if case .dead = state { true } else { false } }

    mutating func started(_ process: NodeProcess, at now: Date) {
        self.process = process
        (state, startedAt, retryAt) = (.starting, now, nil)
    }

    mutating func answered() { if state == .starting { state = .running } }

    mutating func stop(at now: Date) {
        retryAt = nil
        guard isAlive else {
            state = .stopped
            return
        }
        process?.terminate()
        state = .stopping(since: now)
    }

    /// Its turn comes again.
    mutating func wait() {
        quickEnds = 0
        (state, retryAt) = (.waiting, nil)
    }

    /// Notes an end, and kills what doesn't end in time.
    ///
    /// - Parameter grace: the seconds that a node has to end in order.
    /// - Returns: what there is to say of it.
    mutating func look(_ name: String, restart: Bool, grace: Double, at now: Date) -> String? {
        if let retryAt, now >= retryAt {
            (state, self.retryAt) = (.waiting, nil)
            return nil
        }
        guard let process, state != .waiting, state != .stopped, !isDead else { return nil }
        guard let ending = process.ending else {
            if case .stopping(let since) = state, now.timeIntervalSince(since) > grace { process.kill() }
            return nil
        }
        if case .stopping = state, ending.isOrderly {
            state = .stopped
            return nil
        }
        let wasStopping = if case .stopping = state { true } else { false }
        state = .dead(ending, lastLine: process.lastLine)
        let what = "\(name) \(wasStopping ? "was stopped, and ended with" : "died:") \(ending): \(process.lastLine)"
        guard restart, !wasStopping else { return what + " (log: \(process.log))" }
        quickEnds = now.timeIntervalSince(startedAt) < 10 ? quickEnds + 1 : 0
        let pause = quickEnds == 0 ? 0 : min(30, 1 << min(quickEnds, 5))
        retryAt = now.addingTimeInterval(Double(pause))
        return what + " (it is started again\(pause > 0 ? " in \(pause) s" : ""))"
    }

    /// Whether it comes back by itself.
    var isComingBack: Bool { retryAt != nil }
}
