import NodeCore
import Synchronization

/// The streams of those who want to know what happens on a node. A slow reader loses the oldest events, not the newest.
final class EventFeed: Sendable {
    private struct State {
        var nextID = 0
        var streams: [Int: AsyncStream<NodeEvent>.Continuation] = [:]
        var isFinished = false
    }

    private let state = Mutex(State())

    func stream(buffering count: Int) -> AsyncStream<NodeEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: NodeEvent.self, bufferingPolicy: .bufferingNewest(count))
        let id: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.nextID += 1
            state.streams[state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }

    func emit(_ event: NodeEvent) {
        state.withLock { state in
            for stream in state.streams.values { stream.yield(event) }
        }
    }

    /// Ends all streams, and those that are asked for later.
    func finish() {
        let streams = state.withLock { state in
            state.isFinished = true
            defer { state.streams = [:] }
            return state.streams
        }
        for stream in streams.values { stream.finish() }
    }

    private func remove(_ id: Int) { state.withLock { $0.streams[id] = nil } }
}
