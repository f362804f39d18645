import SansIO

/// How far one HTTP connection is with its requests: what it waits for, since when, and until when it may.
///
///     idle -> head -> body -> answering -> writing -> idle
///
/// Pipelined requests overlap; the phase is then that of the oldest one. A phase that waits for the client has a
/// deadline, which bytes that dribble in don't move: a head and a body are due from their first byte on.
struct RequestProgress {
    enum Phase: Hashable {
        /// Between two requests.
        case idle
        /// Some bytes of a request's head have come.
        case head
        /// The head has come; the body hasn't, or not whole.
        case body
        /// The request is whole: the node is at work, not the client.
        case answering
        /// A response is written that the client hasn't taken.
        case writing
    }

    /// How long a phase may last.
    struct Limits {
        var idle = Duration.seconds(120)
        var head = Duration.seconds(5)
        var body = Duration.seconds(10)
        var writing = Duration.seconds(10)
        /// A large response may take longer: so many bytes a second are expected.
        var bytesPerSecond = 64 * 1024
    }

    private let limits: Limits
    private(set) var phase = Phase.idle
    private(set) var since: Instant
    /// For each request that isn't answered, how many bytes of its body are here; the oldest first.
    private var bodies: [Int] = []
    private var hasHeadBytes = false
    private var isReadingBody = false
    /// Responses that are written and not yet taken by the socket, and the bytes of all since the phase began.
    private var untaken = 0
    private var writtenBytes = 0

    init(limits: Limits, now: Instant) {
        self.limits = limits
        since = now
    }

    /// When the connection is to be closed, if nothing changes.
    var deadline: Instant {
        switch phase {
        case .idle: since + limits.idle
        case .head: since + limits.head
        case .body: since + limits.body
        case .answering: .distantFuture
        case .writing:
            since + limits.writing + .nanoseconds(writtenBytes.multiplied(by: 1_000_000_000) / limits.bytesPerSecond)
        }
    }

    /// The bytes of bodies that aren't answered and of responses that aren't taken.
    var heldBytes: Int { bodies.reduce(writtenBytes, +) }

    /// The requests whose head has come and whose response isn't written.
    var unansweredCount: Int { bodies.count }

    /// To be called before the bytes are decoded.
    mutating func bytesArrived(now: Instant) {
        if !isReadingBody { hasHeadBytes = true }
        update(now)
    }

    mutating func headArrived(now: Instant) {
        hasHeadBytes = false
        isReadingBody = true
        bodies.append(0)
        update(now)
    }

    mutating func bodyArrived(_ count: Int, now: Instant) {
        // A request that was answered before its body had come has no place any more: the rest is dropped.
        if let last = bodies.indices.last { bodies[last] += count }
        update(now)
    }

    mutating func requestEnded(now: Instant) {
        isReadingBody = false
        update(now)
    }

    mutating func responseBytes(_ count: Int, now: Instant) {
        writtenBytes += count
        update(now)
    }

    /// The response is written; `responseTaken` follows when the socket has all of it.
    mutating func responseEnded(now: Instant) {
        if !bodies.isEmpty { bodies.removeFirst() }
        untaken += 1
        update(now)
    }

    mutating func responseTaken(now: Instant) {
        untaken -= 1
        if untaken == 0 { writtenBytes = 0 }
        update(now)
    }

    private mutating func update(_ now: Instant) {
        let next: Phase =
            if untaken > 0 || writtenBytes > 0 {
                .writing
            } else if bodies.count > 1 || bodies.count == 1 && !isReadingBody {
                .answering
            } else if isReadingBody {
                .body
            } else if hasHeadBytes {
                .head
            } else {
                .idle
            }
        guard next != phase else { return }
        phase = next
        since = now
    }
}

extension Int {
    /// Saturates.
    fileprivate func multiplied(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
