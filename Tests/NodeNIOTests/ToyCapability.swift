import DevP2P
import Dispatch
import SansIO

/// Sends numbers to every peer, and says how many numbers of a peer's came in order.
struct Counting: Capability {
    typealias Message = ToyMessage

    enum Event: Sendable, Equatable {
        /// All numbers of a peer have come, in order.
        case complete(Int)
        case outOfOrder(expected: Int, found: Int)
        case jobCompleted(Int)
    }

    static let name = CapabilityName("counting", version: 1)

    let count: Int
    /// Bytes of a message.
    var size = 8
    /// Numbers that are sent at first; then one for each that comes.
    var window: Int
    /// The number that is expected on each connection.
    var next: [ConnectionID: Int] = [:]
    /// What fills the messages: random, so that snappy doesn't make it small.
    var padding: [UInt8] = []

    init(count: Int, size: Int = 8, window: Int? = nil) {
        self.count = count
        self.size = size
        self.window = window ?? count
    }

    mutating func started(_ node: inout CapabilityContext<Self>) {
        node.run("sum") { (1...100).reduce(0, +) }
    }

    mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        next[peer.connection] = 0
        if padding.isEmpty { padding = node.random.bytes(max(0, size - 8)) }
        for number in 0..<window { send(number, to: peer, &node) }
    }

    private func send(_ number: Int, to peer: Peer, _ node: inout CapabilityContext<Self>) {
        var message = ToyMessage(number: number)
        message.bytes += padding
        node.send(message, to: peer)
    }

    mutating func received(_ message: ToyMessage, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        let expected = next[peer.connection, default: 0]
        next[peer.connection] = expected + 1
        if message.number != expected { node.emit(.outOfOrder(expected: expected, found: message.number)) }
        if expected + window < count { send(expected + window, to: peer, &node) }
        if expected + 1 == count { node.emit(.complete(count)) }
    }

    mutating func jobCompleted(_ result: Int, _ node: inout CapabilityContext<Self>) {
        node.emit(.jobCompleted(result))
    }
}

/// Runs a job that ends when somebody lets it.
struct Stuck: Capability {
    typealias Message = ToyMessage
    typealias JobResult = Bool

    static let name = CapabilityName("stuck", version: 1)

    let gate: DispatchSemaphore

    mutating func started(_ node: inout CapabilityContext<Self>) {
        node.run("wait") { [gate] in
            gate.wait()
            return true
        }
    }

    mutating func received(_ message: ToyMessage, from peer: Peer, _ node: inout CapabilityContext<Self>) {}
}
