import Dispatch
import Foundation

/// Catches SIGINT and SIGTERM, so that a program can end in its own time. A second signal ends it at once.
final class SignalTrap: @unchecked Sendable {
    // `caught` is only touched under `lock`; the sources are made once and live as long as the trap.
    private let lock = NSLock()
    private var caught = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var sources: [any DispatchSourceSignal] = []

    /// - Parameter alsoAtHangUp: when the terminal is closed, unless whoever started the program has that ignored (nohup).
    init(alsoWhenStandardInputCloses: Bool = false, alsoAtHangUp: Bool = false) {
        for number in [SIGINT, SIGTERM] + (alsoAtHangUp && !Self.isIgnored(SIGHUP) ? [SIGHUP] : []) {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.fire(mayExit: true) }
            source.resume()
            sources.append(source)
        }
        guard alsoWhenStandardInputCloses else { return }
        Thread.detachNewThread { [weak self] in
            while let data = try? FileHandle.standardInput.read(upToCount: 256), !data.isEmpty {}
            self?.fire(mayExit: false)
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN is 1 as an address; it can't be compared as a function.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    var wasCaught: Bool { lock.withLock { caught } }

    /// Returns at the first signal.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = lock.withLock {
                if !caught { waiting.append(continuation) }
                return caught
            }
            if isOver { continuation.resume() }
        }
    }

    private func fire(mayExit: Bool) {
        let (again, resumed) = lock.withLock {
            defer {
                caught = true
                waiting = []
            }
            return (caught, waiting)
        }
        if again, mayExit { exit(130) }
        for continuation in resumed { continuation.resume() }
    }
}
