/// Work that touches the disk or burns CPU, for a worker thread: synchronous, of inputs that it has captured.
///
/// The simulator runs it inline with virtual latency, so it may depend on nothing but what it captured.
public struct Job: Sendable {
    /// What the job is, for metrics and traces.
    public let name: StaticString
    /// Whether it is done also where the node stops before its turn has come.
    public let outlivesStop: Bool
    public let work: @Sendable () -> any Sendable

    public init(name: StaticString, outlivesStop: Bool = false, work: @escaping @Sendable () -> any Sendable) {
        self.name = name
        self.outlivesStop = outlivesStop
        self.work = work
    }
}
