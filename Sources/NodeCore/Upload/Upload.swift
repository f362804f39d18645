import DevP2P
import SansIO

/// The node's outgoing bytes: counts them by class, and where there are limits says what goes now and keeps what waits.
struct Upload: Sendable {
    /// What may be done now about what waited.
    enum Release: Sendable {
        case send(ConnectionID, OutboundMessage)
        /// Run the job for an answer of so many bytes, which are set aside until `settle`.
        case serve(ServingQueue.Entry, bytes: Int)
    }

    /// A request that has waited for so long is answered with nothing: most clients give up after five seconds or more,
    /// and ask another peer as soon as they know.
    static let patience = Duration.seconds(4)

    private var budget: UploadBudget
    private var backlog: RelayBacklog
    private var requests = ServingQueue()
    private var counted: UploadStatus

    init(_ limits: [UploadLimit], now: Instant) {
        budget = UploadBudget(limits, now: now)
        // What couldn't go within some seconds is old news by then.
        let seconds = limits.map { 4 * Double($0.bytes) / $0.period.inSeconds }.min() ?? 0
        backlog = RelayBacklog(maxBytes: Int(min(seconds, Double(64 << 20))))
        counted = UploadStatus(limits: limits)
    }

    var isLimited: Bool { budget.isLimited }

    var status: UploadStatus {
        var status = counted
        status.waitingMessages = backlog.count
        status.waitingBytes = backlog.bytes
        status.waitingRequests = requests.count
        return status
    }

    /// The bytes of new blocks and transactions that would go at once.
    mutating func relayRoom(now: Instant) -> Int { backlog.isEmpty ? budget.relayRoom(now: now) : 0 }

    /// Counts a message that goes, or takes one that has to wait.
    ///
    /// - Returns: whether it goes.
    mutating func take(_ message: OutboundMessage, to connection: ConnectionID, now: Instant) -> Bool {
        let bytes = message.frameBytes
        if !message.endedStreams.isEmpty {
            let ended = backlog.remove(message.endedStreams, of: message.capability, to: connection)
            counted.heldBack.relayDropped &+= UInt64(ended)
        }
        if message.uploadClass == .relay, budget.isLimited,
            !backlog.isEmpty || !budget.admits(bytes, .relay, now: now)
        {
            if backlog.append(message, to: connection) {
                counted.heldBack.relayDelayed &+= 1
            } else {
                counted.heldBack.relayDropped &+= 1
            }
            return false
        }
        note(bytes, message.uploadClass, messages: 1, now: now)
        return true
    }

    /// Counts what went beside the capabilities' messages.
    mutating func note(control bytes: Int, now: Instant) { note(bytes, .control, messages: 0, now: now) }

    mutating func noteAnnouncedOnly() { counted.heldBack.blocksAnnouncedOnly &+= 1 }

    private mutating func note(_ bytes: Int, _ kind: UploadClass, messages: UInt64, now: Instant) {
        budget.charge(bytes, kind, now: now)
        guard let place = UploadClass.allCases.firstIndex(of: kind) else { return }
        counted.used[place].bytes &+= UInt64(bytes)
        counted.used[place].messages &+= messages
    }

    /// Takes a request. One of too many is released with an answer of nothing.
    mutating func take(_ entry: ServingQueue.Entry, now: Instant) -> Release? {
        guard budget.isLimited else { return .serve(entry, bytes: entry.job.bytes) }
        if requests.isEmpty, let bytes = grant(entry.job.bytes, now: now) { return .serve(entry, bytes: bytes) }
        guard requests.append(entry) else { return emptied(entry) }
        counted.heldBack.requestsDelayed &+= 1
        return nil
    }

    /// The answer to a request has been put together, and is charged when it goes.
    mutating func settle(granted bytes: Int, now: Instant) { budget.refund(bytes, now: now) }

    /// When `release` is wanted next.
    var deadline: Instant? {
        let relay = backlog.nextBytes.flatMap { budget.moment(for: $0, .relay) }
        let serving = requests.nextBytes.flatMap { budget.moment(for: min($0, budget.largestAnswer), .serving) }
        return [relay, serving, requests.oldest.map { $0 + Self.patience }].compactMap { $0 }.min()
    }

    /// What may go now; call until it is nil.
    mutating func release(now: Instant) -> Release? {
        if let bytes = backlog.nextBytes, budget.admits(bytes, .relay, now: now), let next = backlog.popFirst() {
            note(bytes, .relay, messages: 1, now: now)
            return .send(next.connection, next.message)
        }
        if let bytes = requests.nextBytes, let granted = grant(bytes, now: now), let entry = requests.popFirst() {
            return .serve(entry, bytes: granted)
        }
        return requests.popOverdue(since: now + (.zero - Self.patience)).map { emptied($0) }
    }

    /// Forgets what waits for a connection that is gone.
    mutating func remove(_ connection: ConnectionID) {
        backlog.remove(connection)
        requests.remove(connection)
    }

    /// Sets aside what an answer may have; nil where it has to wait.
    private mutating func grant(_ wanted: Int, now: Instant) -> Int? {
        let bytes = min(wanted, budget.largestAnswer)
        guard budget.admits(bytes, .serving, now: now) else { return nil }
        budget.charge(bytes, .serving, now: now)
        if bytes < wanted { counted.heldBack.answersLimited &+= 1 }
        return bytes
    }

    private mutating func emptied(_ entry: ServingQueue.Entry) -> Release {
        counted.heldBack.answersEmptied &+= 1
        return .serve(entry, bytes: 0)
    }
}
