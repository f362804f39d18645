public import Primitives
import RLP

extension NodeRecord {
    /// The keys defined by EIP-778 and by the Ethereum clients.
    public enum Key {
        public static let id = "id"
        public static let secp256k1 = "secp256k1"
        public static let ip = "ip"
        public static let ip6 = "ip6"
        public static let tcp = "tcp"
        public static let tcp6 = "tcp6"
        public static let udp = "udp"
        public static let udp6 = "udp6"
        /// `[[fork hash, fork next], ...]` (EIP-2124, enr-entries/eth.md).
        public static let eth = "eth"
        /// An empty list if the node serves the `snap` protocol.
        public static let snap = "snap"
    }

    /// The IPv4 address; nil unless it has 4 bytes.
    public var ip: IPAddress? {
        guard let bytes = bytes(of: Key.ip), bytes.count == 4 else { return nil }
        return IPAddress(bytes: bytes)
    }

    /// The address of the `ip6` pair; nil unless it has 16 bytes. An IPv4-mapped one is returned as IPv4.
    public var ip6: IPAddress? {
        guard let bytes = bytes(of: Key.ip6), bytes.count == 16 else { return nil }
        return IPAddress(bytes: bytes)
    }

    /// The port of RLPx; nil if absent or not a 16-bit integer, as are the other ports.
    public var tcp: UInt16? { port(Key.tcp) }
    /// The port of discovery.
    public var udp: UInt16? { port(Key.udp) }
    /// The port of RLPx over IPv6; if absent, `tcp` is that of both families.
    public var tcp6: UInt16? { port(Key.tcp6) }
    /// The port of discovery over IPv6; if absent, `udp` is that of both families.
    public var udp6: UInt16? { port(Key.udp6) }

    /// The raw RLP list of the `eth` pair, whose first element is the fork id.
    public var ethEntry: ArraySlice<UInt8>? { value(of: Key.eth) }

    /// The node's address with its ports (0 if absent); nil without an address.
    ///
    /// Of an IPv4 and an IPv6 address, the one with the larger scope is used, IPv4 if both have the same (as in
    /// go-ethereum).
    public var endpoint: (ip: IPAddress, udpPort: UInt16, tcpPort: UInt16)? {
        let v4 = ip.flatMap { $0.isMulticast ? nil : $0 }
        let v6 = ip6.flatMap { $0.isMulticast ? nil : $0 }
        if let v6, v4.map({ v6.scope > $0.scope }) ?? true {
            return (v6, udp6 ?? udp ?? 0, tcp6 ?? tcp ?? 0)
        }
        return v4.map { ($0, udp ?? 0, tcp ?? 0) }
    }

    private func port(_ key: String) -> UInt16? {
        guard let value = value(of: key) else { return nil }
        var reader = RLPReader(value)
        return try? reader.read(UInt16.self)
    }
}

extension IPAddress {
    /// The scope of the address: 0 unspecified, 1 loopback, 2 link-local, 3 private, 4 global.
    fileprivate var scope: Int {
        if isUnspecified { return 0 }
        if isLoopback { return 1 }
        guard isLAN else { return 4 }
        return switch self {
        case .v4(let value): value >> 16 == 0xa9fe ? 2 : 3
        case .v6(let high, _): high >> 54 == 0x3fa ? 2 : 3
        }
    }
}
