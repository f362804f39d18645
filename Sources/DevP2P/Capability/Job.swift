/// Work that touches the disk or burns CPU, for a worker thread: synchronous, of inputs that it has captured.
///
/// The simulator runs it inline with virtual latency, so it may depend on nothing but what it captured. Its result is left
/// in the `JobTable` of its owner, who takes it by the ticket.
public struct Job: Sendable {
    /// What the job is, for metrics and traces.
    public let name: StaticString
    /// Whether it is done also where the node stops before its turn has come.
    public let outlivesStop: Bool
    /// Names the job to its owner.
    public let ticket: UInt64
    public let work: @Sendable () -> Void

    public init(
        name: StaticString, ticket: UInt64, outlivesStop: Bool = false, work: @escaping @Sendable () -> Void
    ) {
        self.name = name
        self.ticket = ticket
        self.outlivesStop = outlivesStop
        self.work = work
    }
}
