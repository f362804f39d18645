import Files
import Synchronization

/// Where the lines of a log go. The reader may go away or stop reading, and the device may be full: then lines are
/// dropped and counted, and the first one that gets through again says how many.
final class LogOutput: Sendable {
    private struct State {
        var lost = 0
        /// Part of a line was written: the next one must not continue it.
        var isMidLine = false
    }

    private let output: OutputDescriptor
    private let state = Mutex(State())

    /// How long a reader may make a node wait, once; from then on it has lines only when it reads.
    private static let timeout: Int32 = 100

    init(_ output: OutputDescriptor) { self.output = output }

    /// - Parameter notice: the line that says how many lines could not be written.
    func write(_ line: String, notice: (_ lost: Int) -> String) {
        state.withLock { state in
            if state.lost > 0, put(notice(state.lost), &state) { state.lost = 0 }
            guard state.lost == 0, put(line, &state) else {
                state.lost += 1
                return
            }
        }
    }

    private func put(_ line: String, _ state: inout State) -> Bool {
        let bytes = Array(((state.isMidLine ? "\n" : "") + line).utf8)
        let written = output.write(bytes, timeout: state.lost == 0 ? Self.timeout : 0)
        if written.count > 0 { state.isMidLine = bytes[written.count - 1] != UInt8(ascii: "\n") }
        return written.error == 0
    }
}
