import Files
import Foundation
import Scenarios

/// One line at the bottom of a terminal while scenarios run; nothing where the output isn't one.
final class ProgressBar {
    private let isShown: Bool
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant
    private var pace = 0.0

    init(isShown: Bool) {
        self.isShown = isShown && isatty(STDERR_FILENO) == 1
        start = clock.now
        last = start
    }

    /// Called after every virtual second of one run.
    func update(_ run: ScenarioRun) {
        guard isShown else { return }
        let now = clock.now
        let took = last.duration(to: now) / .seconds(1)
        last = now
        pace = pace == 0 ? took : 0.8 * pace + 0.2 * took
        let time = String(format: "%.0f/%.0f s  %.2f s real/s", run.elapsed, run.scenario.seconds, pace)
        let text = "\(time)  height \(run.height)  \(run.messageCount) messages"
        draw(run.elapsed / run.scenario.seconds, text)
    }

    /// Called after every virtual second of any of many runs.
    func update(_ progress: SeedRuns.Progress, _ what: String = "") {
        guard isShown, last.duration(to: clock.now) > .milliseconds(100) || progress.seconds <= 1 else { return }
        last = clock.now
        let share = progress.seconds / max(1, progress.allSeconds)
        let left = start.duration(to: last) / .seconds(1) * (1 / max(share, 1e-9) - 1)
        let time = what.isEmpty && share > 0.01 ? String(format: "  %.0f s left", left) : ""
        draw(share, "\(what)\(progress.finished) of \(progress.count) seeds\(time)")
    }

    /// Called before a step of a comparison.
    ///
    /// - Parameter share: of all steps, how many are done.
    func update(_ share: Double, _ what: String) { if isShown { draw(share, what) } }

    private func draw(_ share: Double, _ text: String) {
        let full = Int(min(1, share) * 24)
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 24 - full)
        write("\r\u{1b}[2K\(bar) \(text)")
    }

    func clear() {
        if isShown { write("\r\u{1b}[2K") }
    }

    private func write(_ text: String) { OutputDescriptor.standardError.write(Array(text.utf8)) }
}
