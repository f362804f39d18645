import NIOCore
import Primitives
import SansIO
import Synchronization

/// The server's open connections, which live on several event loops, and the channels to close.
final class OpenConnections: Sendable {
    private struct State {
        var crowd: ConnectionCrowd
        var channels: [ConnectionCrowd.ID: any Channel] = [:]
        var nextID: ConnectionCrowd.ID = 0
        var quietUntil: Instant?
    }

    /// How long nothing is said of one connection having made way for another after that was said.
    private static let quiet = Duration.seconds(300)

    private let state: Mutex<State>
    private let onFull: @Sendable () -> Void

    /// - Parameter onFull: called when a connection makes way for a newcomer, but not again for five minutes.
    init(maxConnections: Int, maxHeldBytes: Int, onFull: @escaping @Sendable () -> Void) {
        self.onFull = onFull
        state = Mutex(State(crowd: ConnectionCrowd(maxConnections: maxConnections, maxHeldBytes: maxHeldBytes)))
    }

    /// Takes in a connection until its channel closes, and closes one where there are too many.
    func enter(_ channel: any Channel, now: Instant) -> ConnectionCrowd.ID {
        let address = channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) } ?? .unspecified
        let (id, leaving, isNews) = state.withLock { state in
            state.nextID += 1
            state.channels[state.nextID] = channel
            let leaving = state.crowd.enter(state.nextID, from: address, now: now)
            let isNews = leaving != nil && state.quietUntil.map { $0 <= now } ?? true
            if isNews { state.quietUntil = now + Self.quiet }
            return (state.nextID, leaving.flatMap { state.channels[$0] }, isNews)
        }
        if isNews { onFull() }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { state in
                state.crowd.leave(id)
                state.channels[id] = nil
            }
        }
        close(leaving)
        return id
    }

    func update(_ id: ConnectionCrowd.ID, _ progress: RequestProgress) {
        let leaving = state.withLock { state in
            state.crowd.update(id, progress).flatMap { state.channels[$0] }
        }
        close(leaving)
    }

    /// Not at once: the channel may still be under construction, and whoever makes it must get it whole.
    private func close(_ channel: (any Channel)?) {
        channel?.eventLoop.execute { channel?.close(promise: nil) }
    }
}
