import Dispatch
import Foundation
public import Simulator

/// Runs of one scenario with many seeds, several at a time. Each run has everything of its own, so that it comes out as
/// it would alone.
public enum SeedRuns {
    /// How far all of them have come.
    public struct Progress: Sendable {
        public var finished = 0
        public var count: Int
        /// Virtual seconds, of all runs together.
        public var seconds = 0.0
        public var allSeconds: Double
    }

    private struct State {
        var next = 0
        var progress: Progress
        var reports: [Int: Report] = [:]
        var told = 0
        var error: ScenarioError?
    }

    /// Runs all, and tells of each as soon as those before it are done.
    ///
    /// - Parameters:
    ///   - jobs: how many at a time.
    ///   - progress: called after every virtual second of any run, from one thread at a time.
    ///   - finished: called in the order of the seeds, from one thread at a time.
    /// - Throws: the first reason why a run couldn't be made.
    public static func each(
        _ seeds: [UInt64], of scenario: Scenario, crypto: Simulation.Crypto, jobs: Int,
        progress: @escaping (Progress) -> Void = { _ in }, finished: @escaping (Report) -> Void
    ) throws(ScenarioError) {
        let all = Progress(count: seeds.count, allSeconds: scenario.seconds * Double(seeds.count))
        let board = Board(state: State(progress: all), tellProgress: progress, tellReport: finished)
        DispatchQueue.concurrentPerform(iterations: min(max(1, jobs), seeds.count)) { _ in
            while let place = board.take(of: seeds.count) {
                do throws(ScenarioError) {
                    board.finish(place, try run(scenario, seeds[place], crypto) { board.advance() })
                } catch {
                    board.fail(error)
                }
            }
        }
        if let error = board.error { throw error }
    }

    private static func run(
        _ scenario: Scenario, _ seed: UInt64, _ crypto: Simulation.Crypto, progress: () -> Void
    ) throws(ScenarioError) -> Report {
        let clock = ContinuousClock()
        let begin = clock.now
        let run = try ScenarioRun(scenario, seed: seed, crypto: crypto)
        try run.run { _ in progress() }
        return run.report(realSeconds: begin.duration(to: clock.now) / .seconds(1))
    }

    /// What the threads share.
    private final class Board: @unchecked Sendable {
        // The lock guards `state`, and the closures are called with it held.
        private let lock = NSLock()
        private var state: State
        private let tellProgress: (Progress) -> Void
        private let tellReport: (Report) -> Void

        init(
            state: State, tellProgress: @escaping (Progress) -> Void, tellReport: @escaping (Report) -> Void
        ) {
            self.state = state
            self.tellProgress = tellProgress
            self.tellReport = tellReport
        }

        var error: ScenarioError? { lock.withLock { state.error } }

        /// The place of the next seed; nil where none is left, or one couldn't be run.
        func take(of count: Int) -> Int? {
            lock.withLock {
                guard state.next < count, state.error == nil else { return nil }
                state.next += 1
                return state.next - 1
            }
        }

        func advance() {
            lock.withLock {
                state.progress.seconds += 1
                tellProgress(state.progress)
            }
        }

        func finish(_ place: Int, _ report: Report) {
            lock.withLock {
                state.progress.finished += 1
                state.reports[place] = report
                while let next = state.reports.removeValue(forKey: state.told) {
                    state.told += 1
                    tellReport(next)
                }
            }
        }

        func fail(_ error: ScenarioError) { lock.withLock { state.error = state.error ?? error } }
    }
}
