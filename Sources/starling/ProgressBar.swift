import Foundation
import Scenarios

/// One line at the bottom of a terminal while a scenario runs; nothing where the output isn't one.
final class ProgressBar {
    private let isShown: Bool
    private let clock = ContinuousClock()
    private var last: ContinuousClock.Instant
    private var pace = 0.0

    init(isShown: Bool) {
        self.isShown = isShown && isatty(STDERR_FILENO) == 1
        last = clock.now
    }

    /// Called after every virtual second.
    func update(_ run: ScenarioRun) {
        guard isShown else { return }
        let now = clock.now
        let took = last.duration(to: now) / .seconds(1)
        last = now
        pace = pace == 0 ? took : 0.8 * pace + 0.2 * took
        let share = min(1, run.elapsed / run.scenario.seconds)
        let full = Int(share * 24)
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 24 - full)
        let time = String(format: "%.0f/%.0f s  %.2f s real/s", run.elapsed, run.scenario.seconds, pace)
        let line = "\r\u{1b}[2K\(bar) \(time)  height \(run.height)  \(run.messageCount) messages"
        FileHandle.standardError.write(Data(line.utf8))
    }

    func clear() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1b}[2K".utf8)) }
    }
}
