public import Primitives

/// An IP address with both ports, as encoded in discv4 packets: `[ip, udp-port, tcp-port]`.
public struct EndpointV4: Hashable, Sendable {
    /// Nil if the sender doesn't know it (go-ethereum sends an empty string), or if it has neither 4 nor 16 bytes.
    public var ip: IPAddress?
    /// The port of discovery.
    public var udpPort: UInt16
    /// The port of RLPx; 0 if unknown.
    public var tcpPort: UInt16

    public init(ip: IPAddress?, udpPort: UInt16, tcpPort: UInt16) {
        self.ip = ip
        self.udpPort = udpPort
        self.tcpPort = tcpPort
    }
}
