/// What has gone over a node's access link since the simulation began, across restarts.
public struct Traffic: Sendable, Hashable {
    /// Bytes of datagrams and of connections, without the headers of UDP, TCP and IP.
    public var bytesSent: UInt64 = 0
    public var bytesReceived: UInt64 = 0
    public var datagramsReceived: UInt64 = 0
    public var connectionsOpened: UInt64 = 0

    public init() {}
}
