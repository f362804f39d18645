package import DevP2P

/// Messages with which a capability keeps its mesh. Each capability writes them in its own way: one with a single topic
/// doesn't name it.
package protocol MeshControl: VersionedMessage {
    /// The receiver is in the sender's mesh of a topic.
    static func graft(of topic: Int) -> Self
    /// It isn't.
    static func prune(of topic: Int, _ prune: MeshPrune) -> Self
    /// The sender asks for announced messages.
    static func want(_ ids: [TopicMessageID]) -> Self
    /// The sender has these already.
    static func dontWant(_ ids: [TopicMessageID]) -> Self
}

extension Array {
    /// The array cut into parts of at most `count` elements, in order.
    package func parts(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: Swift.max(1, count)).map { Array(self[$0...].prefix(count)) }
    }
}
