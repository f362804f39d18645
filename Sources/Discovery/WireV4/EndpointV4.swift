public import Primitives

/// An address with both ports, as discv4 packets carry it.
public struct EndpointV4: Hashable, Sendable {
    /// Nil where the sender doesn't know it (go-ethereum sends an empty string), or for a length of neither family.
    public var ip: IPAddress?
    public var udpPort: UInt16
    public var tcpPort: UInt16

    public init(ip: IPAddress?, udpPort: UInt16, tcpPort: UInt16) {
        self.ip = ip
        self.udpPort = udpPort
        self.tcpPort = tcpPort
    }
}
