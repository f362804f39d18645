import Dispatch
import Foundation

/// Receives requests from other terminals, one at a time, which the cluster's own task answers.
///
/// `@unchecked Sendable`: `waiting` and `isEnded` are accessed only under `lock`; a request's reply is written before
/// its semaphore is signalled and read after that.
final class ControlServer: @unchecked Sendable {
    /// A request whose sender waits for the reply.
    final class Pending: @unchecked Sendable {
        let request: ControlRequest
        fileprivate var reply: ControlReply?
        fileprivate let answered = DispatchSemaphore(value: 0)

        fileprivate init(_ request: ControlRequest) { self.request = request }

        func answer(_ reply: ControlReply) {
            self.reply = reply
            answered.signal()
        }
    }

    private let path: String
    private let socket: UnixSocket
    private let lock = NSLock()
    private var waiting: [Pending] = []
    private var isEnded = false

    private static let maxRequest = 64 * 1024

    /// Nil if no socket can be created; the cluster then runs without control.
    init?() {
        path = UnixSocket.folder + "/\(getpid())-\(UUID().uuidString.prefix(8)).sock"
        guard let socket = UnixSocket.listen(at: path) else { return nil }
        self.socket = socket
        Thread.detachNewThread { [self] in serve() }
    }

    /// Removes and returns the requests received since the last call.
    func take() -> [Pending] {
        lock.withLock {
            defer { waiting = [] }
            return waiting
        }
    }

    func end() {
        lock.withLock { isEnded = true }
        unlink(path)
        shutdown(socket.descriptor, Int32(SHUT_RDWR))
    }

    private func serve() {
        while let client = socket.accept() {
            client.setTimeout(seconds: 2)
            if let line = client.readLine(atMost: Self.maxRequest),
                let request = try? JSONDecoder().decode(ControlRequest.self, from: line),
                let reply = ask(request), let answer = try? JSONEncoder().encode(reply)
            {
                client.writeLine(answer)
            }
            client.end()
        }
        socket.end()
    }

    /// Waits for the cluster's reply; nil if the cluster is ending.
    private func ask(_ request: ControlRequest) -> ControlReply? {
        let pending = Pending(request)
        let isOpen = lock.withLock {
            if !isEnded { waiting.append(pending) }
            return !isEnded
        }
        guard isOpen, pending.answered.wait(timeout: .now() + 5) == .success else { return nil }
        return pending.reply
    }
}
