public import Simulator

/// Where two runs that should be the same part.
public enum Divergence {
    /// Runs a scenario twice with one seed, and finds the first event that isn't the same; nil where all are.
    ///
    /// - Parameter limit: how many runs in the worst case: two, and two more that record.
    public static func ofTwoRuns(
        _ scenario: Scenario, seed: UInt64, crypto: Simulation.Crypto
    ) throws(ScenarioError) -> (left: Trace.Record?, right: Trace.Record?)? {
        let first = try ScenarioRun(scenario, seed: seed, crypto: crypto)
        try first.run()
        let second = try ScenarioRun(scenario, seed: seed, crypto: crypto)
        try second.run()
        let (left, right) = (first.simulation.trace, second.simulation.trace)
        guard left.hash != right.hash else { return nil }
        let last = (left.checkpoints.last?.count ?? 0) + 1
        let events = Trace.firstDifference(left.checkpoints, right.checkpoints) ?? last..<last + 2 * Trace.interval
        let leftRecords = try record(events, scenario, seed, crypto)
        let rightRecords = try record(events, scenario, seed, crypto)
        let count = min(leftRecords.count, rightRecords.count)
        let place = (0..<count).first { leftRecords[$0] != rightRecords[$0] } ?? count
        return (
            leftRecords.indices.contains(place) ? leftRecords[place] : nil,
            rightRecords.indices.contains(place) ? rightRecords[place] : nil
        )
    }

    /// The events with these numbers of one more run.
    public static func record(
        _ events: Range<UInt64>, _ scenario: Scenario, _ seed: UInt64, _ crypto: Simulation.Crypto
    ) throws(ScenarioError) -> [Trace.Record] {
        let run = try ScenarioRun(scenario, seed: seed, crypto: crypto)
        run.simulation.record(events)
        try run.run()
        return run.simulation.trace.records
    }

    /// The events among which the difference of two reports begins; nil where their traces are the same.
    public static func between(_ left: Report, _ right: Report) -> Range<UInt64>? {
        guard left.traceHash != right.traceHash else { return nil }
        let last = min(left.checkpoints.last?.count ?? 0, right.checkpoints.last?.count ?? 0) + 1
        let place = zip(left.checkpoints, right.checkpoints).first { $0 != $1 }
        guard let place else { return last..<max(left.events, right.events) + 1 }
        return place.0.count - Trace.interval + 1..<place.0.count + 1
    }
}
