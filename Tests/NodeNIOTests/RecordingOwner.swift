import DevP2P
import Synchronization

@testable import NodeNIO

/// Keeps what a connection tells it. It says that it has dealt with a batch only when told to.
final class RecordingOwner: ConnectionOwner {
    private struct State {
        var batches: [[ConnectionEvent]] = []
        var weights: [Int] = []
        var isClosed = false
        var congestion: [Bool] = []
    }

    private let state = Mutex(State())
    let takesAtOnce: Bool

    init(takesAtOnce: Bool = true) { self.takesAtOnce = takesAtOnce }

    func connection(_ connection: ConnectionHandler, saw events: [ConnectionEvent], weight: Int) {
        state.withLock { state in
            state.batches.append(events)
            if !takesAtOnce { state.weights.append(weight) }
        }
        if takesAtOnce { connection.taken(weight) }
    }

    func connection(_ connection: ConnectionHandler, isCongested: Bool) {
        state.withLock { $0.congestion.append(isCongested) }
    }

    func connectionClosed(_ connection: ConnectionHandler) { state.withLock { $0.isClosed = true } }

    /// Deals with all batches so far.
    func take(_ connection: ConnectionHandler) {
        let weights = state.withLock { state in
            defer { state.weights = [] }
            return state.weights
        }
        for weight in weights { connection.taken(weight) }
    }

    var batches: [[ConnectionEvent]] { state.withLock { $0.batches } }
    var events: [ConnectionEvent] { batches.flatMap { $0 } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether the peer took too little, each time that it changed.
    var congestion: [Bool] { state.withLock { $0.congestion } }

    var isReady: Bool {
        events.contains { if case .ready = $0 { true } else { false } }
    }

    /// The payloads of the messages, in order.
    var payloads: [[UInt8]] {
        events.compactMap { if case .message(_, _, let payload) = $0 { payload } else { nil } }
    }

    var cause: CloseCause? {
        if case .closed(let cause) = events.last { cause } else { nil }
    }
}
