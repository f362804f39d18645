/// The answer to a command on its way to whoever gave it: the driver calls it, on the node's home loop.
public struct Reply: Sendable {
    private let deliver: @Sendable () -> Void

    public init(_ deliver: @escaping @Sendable () -> Void) { self.deliver = deliver }

    public func callAsFunction() { deliver() }
}

/// Whom the answer to a command goes to. It is part of the command, and answered once.
public struct ReplyTo<Answer: Sendable>: Sendable {
    private let deliver: @Sendable (Answer) -> Void

    /// - Parameter deliver: called on the node's home loop, so it takes no time.
    public init(_ deliver: @escaping @Sendable (Answer) -> Void) { self.deliver = deliver }

    /// The reply with this answer.
    public func reply(_ answer: Answer) -> Reply {
        let deliver = deliver
        return Reply { deliver(answer) }
    }
}
