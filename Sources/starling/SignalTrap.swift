import Dispatch
import Foundation

/// Catches SIGINT and SIGTERM, so that a program can end in its own time. A second signal ends it at once.
final class SignalTrap: @unchecked Sendable {
    // `isOver` and `signals` are only touched under `lock`; the sources are made once and live as long as the trap.
    private let lock = NSLock()
    private var isOver = false
    private var signals = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var sources: [any DispatchSourceSignal] = []

    /// - Parameter alsoAtHangUp: when the terminal is closed, unless whoever started the program has that ignored (nohup).
    init(alsoWhenStandardInputCloses: Bool = false, alsoAtHangUp: Bool = false) {
        for number in [SIGINT, SIGTERM] + (alsoAtHangUp && !Self.isIgnored(SIGHUP) ? [SIGHUP] : []) {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.caught() }
            source.resume()
            sources.append(source)
        }
        guard alsoWhenStandardInputCloses else { return }
        Thread.detachNewThread { [weak self] in
            while let data = try? FileHandle.standardInput.read(upToCount: 256), !data.isEmpty {}
            self?.end()
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN is 1 as an address; it can't be compared as a function.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Whether the program is to end.
    var wasCaught: Bool { lock.withLock { isOver } }

    /// Returns when the program is to end.
    func wait() async {
        await withCheckedContinuation { continuation in
            let mayGo = lock.withLock {
                if !isOver { waiting.append(continuation) }
                return isOver
            }
            if mayGo { continuation.resume() }
        }
    }

    /// As the first signal: the program is to end in its own time.
    func end() {
        let resumed: [CheckedContinuation<Void, Never>] = lock.withLock {
            defer { waiting = [] }
            isOver = true
            return waiting
        }
        for continuation in resumed { continuation.resume() }
    }

    private func caught() {
        let isFirst: Bool = lock.withLock {
            signals += 1
            return signals == 1
        }
        // At once: `exit` would take global objects away from threads that are still at work.
        guard isFirst else { _exit(130) }
        end()
    }
}
