import Synchronization

/// What has gone over a node's sockets since it started.
public struct Traffic: Sendable, Hashable {
    /// Over TCP, in bytes, as the sockets carried them.
    public var bytesReceived: UInt64 = 0
    public var bytesSent: UInt64 = 0
    public var datagramsReceived: UInt64 = 0
    public var datagramsSent: UInt64 = 0
    /// Datagrams that weren't sent, since the socket was full or the address is none to send to.
    public var datagramsDropped: UInt64 = 0
    public var connectionsAccepted: UInt64 = 0
    public var connectionsDialed: UInt64 = 0
    public var dialsFailed: UInt64 = 0
    public var jobsCompleted: UInt64 = 0

    public init() {}
}

/// The bytes of all connections of a node, whatever event loop they are on.
final class ByteCounters: Sendable {
    private let received = Atomic<UInt64>(0)
    private let sent = Atomic<UInt64>(0)
    /// Of those sent, what no capability has sent, and the node hasn't been told of.
    private let control = Atomic<Int>(0)

    func addReceived(_ bytes: Int) { received.wrappingAdd(UInt64(bytes), ordering: .relaxed) }

    func addSent(_ bytes: Int) { sent.wrappingAdd(UInt64(bytes), ordering: .relaxed) }

    func addControl(_ bytes: Int) { control.add(bytes, ordering: .relaxed) }

    func takeControl() -> Int { control.exchange(0, ordering: .relaxed) }

    var receivedBytes: UInt64 { received.load(ordering: .relaxed) }

    var sentBytes: UInt64 { sent.load(ordering: .relaxed) }
}
