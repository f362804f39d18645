/// An IP address and one port: the end of a TCP connection, or the source or destination of a datagram.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    public var ip: IPAddress
    public var port: UInt16

    public init(ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }

    /// `ip:port`, an IPv6 address in brackets.
    public var description: String { ip.isV4 ? "\(ip):\(port)" : "[\(ip)]:\(port)" }

    /// Parses the form of `description`; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else { return nil }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        // An IPv6 address needs brackets: without them its last group would be read as the port.
        guard isBracketed == host.utf8.contains(UInt8(ascii: ":")), let ip = IPAddress(String(host)) else { return nil }
        self.init(ip: ip, port: port)
    }
}
