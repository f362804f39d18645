import Foundation

/// The state of one node of a running cluster.
struct ClusterMember {
    enum State: Equatable {
        /// Not started yet.
        case waiting
        /// Its process runs, but hasn't answered yet.
        case starting
        /// Its process has answered.
        case running
        /// It was asked to stop by the cluster.
        case stopping(since: Date)
        case stopped
        /// It has ended without being asked to, or not orderly.
        case dead(Ending, lastLine: String)
    }

    private(set) var state = State.waiting
    private(set) var process: NodeProcess?
    private var startedAt = Date.distantPast
    /// How many times in a row it has died soon after its start.
    private var quickEnds = 0
    /// The time at which a dead node is started again, with `--restart`.
    private var retryAt: Date?

    var isAlive: Bool { process?.ending == nil && process != nil }
    var pid: Int32? { isAlive ? process?.pid : nil }
    var isSuspended: Bool { isAlive && process?.isSuspended == true }
    /// Whether it counts in conditions on all nodes, such as `--until-block`.
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

    /// Marks it to be started again.
    mutating func wait() {
        quickEnds = 0
        (state, retryAt) = (.waiting, nil)
    }

    /// Updates the state if the process has ended, and kills it if it doesn't end in time.
    ///
    /// - Parameter grace: the seconds that a node has for an orderly end.
    /// - Returns: a message for the user, if its state changed unexpectedly.
    mutating func update(_ name: String, restart: Bool, grace: Double, at now: Date) -> String? {
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

    /// Whether it will be started again automatically.
    var isComingBack: Bool { retryAt != nil }
}
