public import SansIO

/// Work that answers a peer: the node runs it when its upload budget has room for the answer.
public struct ServingJob: Sendable {
    /// What the job is, for metrics and traces.
    public let name: StaticString
    public let connection: ConnectionID
    /// What the answer may have at the most without a budget, in bytes.
    public let bytes: Int
    /// When the request came.
    public let since: Instant
    private let work: @Sendable (Int) -> any Sendable

    public init(
        name: StaticString, connection: ConnectionID, bytes: Int, since: Instant,
        work: @escaping @Sendable (Int) -> any Sendable
    ) {
        self.name = name
        self.connection = connection
        self.bytes = bytes
        self.since = since
        self.work = work
    }

    /// The job for an answer of so many bytes.
    public func job(bytes: Int) -> Job {
        let work = work
        return Job(name: name) { work(bytes) }
    }
}
