import EthCrypto
public import Primitives

/// `enode://<128 hexadecimal digits of the public key>@<host>:<TCP port>[?discport=<UDP port>]`.
///
/// The host is an IPv4 address, an IPv6 address in brackets, or a domain name, which is kept as text for the driver to
/// resolve. The incomplete form is the key alone.
public struct EnodeURL: Hashable, Sendable {
    /// The part of the URL before the port.
    public enum Host: Hashable, Sendable {
        case address(IPAddress)
        /// A domain name (RFC 1123), not resolved.
        case name(String)
    }

    /// Why text is not an `enode` URL.
    public enum ParseError: Error, Hashable, Sendable {
        case missingPrefix
        /// Not 128 hexadecimal digits, or not a point on the curve.
        case invalidPublicKey
        case invalidHost
        case invalidPort
        case invalidDiscoveryPort
    }

    /// The node's identity.
    public let publicKey: PublicKey
    /// Nil in the incomplete form.
    public var host: Host?
    /// 0 in the incomplete form.
    public var tcpPort: UInt16
    /// The `discport` of the URL, or the TCP port if there is none.
    public var udpPort: UInt16

    /// The URL of these parts.
    ///
    /// - Parameter udpPort: nil for the TCP port.
    public init(publicKey: PublicKey, host: Host?, tcpPort: UInt16, udpPort: UInt16? = nil) {
        self.publicKey = publicKey
        self.host = host
        self.tcpPort = tcpPort
        self.udpPort = udpPort ?? tcpPort
    }

    /// The contact; nil unless the host is an address.
    public var contact: NodeContact? {
        guard case .address(let ip) = host else { return nil }
        return contact(at: ip)
    }

    /// The contact with `ip`, to which the host's name was resolved.
    public func contact(at ip: IPAddress) -> NodeContact {
        NodeContact(publicKey: publicKey, ip: ip, udpPort: udpPort, tcpPort: tcpPort)
    }
}

extension EnodeURL {
    private static let prefix = "enode://"

    /// Parses a URL, and checks that the key is on the curve.
    public init(_ text: some StringProtocol) throws(ParseError) {
        guard text.lowercased().hasPrefix(Self.prefix) else { throw .missingPrefix }
        let rest = String(text.dropFirst(Self.prefix.count))
        let parts = rest.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let key = try Self.key(parts[0])
        guard parts.count == 2 else {
            self.init(publicKey: key, host: nil, tcpPort: 0)
            return
        }
        let location = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let (host, tcpPort) = try Self.hostAndPort(location[0])
        let udpPort = location.count == 2 ? try Self.discoveryPort(location[1]) : nil
        self.init(publicKey: key, host: host, tcpPort: tcpPort, udpPort: udpPort)
    }

    private static func key(_ text: Substring) throws(ParseError) -> PublicKey {
        guard !text.hasPrefix("0x"), let key = PublicKey(hex: text) else { throw .invalidPublicKey }
        do { try key.validated() } catch { throw .invalidPublicKey }
        return key
    }

    private static func hostAndPort(_ text: Substring) throws(ParseError) -> (Host, UInt16) {
        guard let colon = text.lastIndex(of: ":") else { throw .invalidPort }
        guard let port = port(text[text.index(after: colon)...]) else { throw .invalidPort }
        let host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), let ip = IPAddress(String(host.dropFirst().dropLast())) else {
                throw .invalidHost
            }
            return (.address(ip), port)
        }
        if let ip = IPAddress(String(host)), ip.isV4 { return (.address(ip), port) }
        guard isName(host) else { throw .invalidHost }
        return (.name(String(host)), port)
    }

    /// The characters and lengths of a domain name (RFC 1123); underscores occur in container networks.
    private static func isName(_ host: Substring) -> Bool {
        let labels = (host.hasSuffix(".") ? host.dropLast() : host)
            .split(separator: ".", omittingEmptySubsequences: false)
        let isLabel = { (label: Substring) in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
                        || $0 == 0x2d || $0 == 0x5f
                }
        }
        // A last label of digits only is a mistyped address, not a name.
        return host.utf8.count <= 254 && labels.allSatisfy(isLabel)
            && labels.last.map { !$0.utf8.allSatisfy { (0x30...0x39).contains($0) } } ?? false
    }

    /// The `discport` of a query; other parameters are ignored.
    private static func discoveryPort(_ query: Substring) throws(ParseError) -> UInt16? {
        for parameter in query.split(separator: "&") where parameter.hasPrefix("discport=") {
            guard let port = port(parameter.dropFirst("discport=".count)) else { throw .invalidDiscoveryPort }
            return port
        }
        return nil
    }

    private static func port(_ text: Substring) -> UInt16? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16(text) : nil
    }
}

extension EnodeURL: CustomStringConvertible {
    public var description: String {
        let key = Self.prefix + publicKey.hex
        let query = udpPort == tcpPort ? "" : "?discport=\(udpPort)"
        return switch host {
        case nil: key
        case .name(let name): "\(key)@\(name):\(tcpPort)\(query)"
        case .address(let ip): "\(key)@\(Endpoint(ip: ip, port: tcpPort))\(query)"
        }
    }
}

extension EnodeURL.ParseError: CustomStringConvertible {
    /// What is wrong, for the user who wrote the URL.
    public var description: String {
        switch self {
        case .missingPrefix: "it must begin with enode://"
        case .invalidPublicKey: "128 hexadecimal digits of a public key must follow enode://"
        case .invalidHost: "the host after @ is neither an address nor a name; an IPv6 address is written in brackets"
        case .invalidPort: "a TCP port from 0 to 65535 must follow the host, behind a colon"
        case .invalidDiscoveryPort: "discport must be a UDP port from 0 to 65535"
        }
    }
}
