public import SansIO

/// Work that answers a peer: the node runs it when its upload budget has room for the answer.
public struct ServingJob: Sendable {
    /// What the job is, for metrics and traces.
    public let name: StaticString
    /// Names the job to its owner.
    public let ticket: UInt64
    public let connection: ConnectionID
    /// What the answer may have at the most without a budget, in bytes.
    public let bytes: Int
    /// When the request came.
    public let since: Instant
    private let work: @Sendable (Int) -> Void

    public init(
        name: StaticString, ticket: UInt64, connection: ConnectionID, bytes: Int, since: Instant,
        work: @escaping @Sendable (Int) -> Void
    ) {
        self.name = name
        self.ticket = ticket
        self.connection = connection
        self.bytes = bytes
        self.since = since
        self.work = work
    }

    /// The job for an answer of so many bytes.
    public func job(bytes: Int) -> Job {
        let work = work
        return Job(name: name, ticket: ticket) { work(bytes) }
    }

    /// The same job under another name for its owner.
    package func renamed(_ ticket: UInt64) -> ServingJob {
        ServingJob(name: name, ticket: ticket, connection: connection, bytes: bytes, since: since, work: work)
    }
}
