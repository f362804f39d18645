// How long a run must be at least for a checker to have something to judge.
extension ScenarioRun {
    /// Blocks that must be due before their number says something.
    private static let leastBlocks = 10.0

    var leastForProgress: Double { scenario.livesFrom + Self.leastBlocks * Double(scenario.period) }

    /// The node that starts last needs its time to catch up.
    var leastForLag: Double { scenario.startWithin + Self.settled }

    var leastForAgreement: Double {
        scenario.startWithin + Double(scenario.period) * (Double(scenario.signers / 2 + 1) + Self.leastBlocks)
    }

    /// For a block's way to a node that has settled, in a quiet time; nil where faults last to the end.
    var leastForBlocks: Double? {
        let window = scenario.limits.reachSeconds ?? Self.window
        return scenario.quiet(from: Self.settled, for: window, recovery: Self.recovery)
            .map { $0 + window + Double(scenario.period) }
    }

    /// As `leastForBlocks`, for a transaction: they are sent until some time before the end.
    var leastForReach: Double? {
        guard let load = scenario.load, let window = scenario.limits.reachSeconds else { return nil }
        let moment = scenario.quiet(from: max(Self.settled, load.from), for: window, recovery: Self.recovery)
        return moment.map { $0 + window + max(0, scenario.seconds - load.until) }
    }

    var leastForDelivery: Double {
        Self.settled + Double(scenario.period) + (scenario.limits.deliverySeconds ?? 0)
    }

    /// The last time that nodes stop or come back by plan, and what they have to recover in; nil where none does.
    var leastForRecovery: Double? {
        guard let limit = scenario.limits.recoverySeconds, let window = scenario.limits.deliverySeconds else {
            return nil
        }
        let last = scenario.windows.compactMap { one in
            switch one.fault.kind {
            case .crash, .power, .restart: one.time.upperBound < .infinity ? one.time.upperBound : one.time.lowerBound
            case .churn: one.time.lowerBound + one.fault.away
            case .partition, .heal, .loss, .drift, .disk: nil
            }
        }.max()
        return last.map { $0 + limit + window + 1 }
    }
}
