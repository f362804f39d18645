public import Primitives
import RLP

extension NodeRecord {
    /// The keys that EIP-778 and the Ethereum clients give a meaning.
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
        /// An empty list where the snap protocol is served.
        public static let snap = "snap"
    }

    /// The IPv4 address; nil where it isn't 4 bytes.
    public var ip: IPAddress? {
        guard let bytes = bytes(of: Key.ip), bytes.count == 4 else { return nil }
        return IPAddress(bytes: bytes)
    }

    /// The address of `ip6`, nil where it isn't 16 bytes; an IPv4-mapped one comes out as IPv4.
    public var ip6: IPAddress? {
        guard let bytes = bytes(of: Key.ip6), bytes.count == 16 else { return nil }
        return IPAddress(bytes: bytes)
    }

    public var tcp: UInt16? { port(Key.tcp) }
    public var udp: UInt16? { port(Key.udp) }
    /// The port of IPv6 only; where absent, `tcp` counts for both families.
    public var tcp6: UInt16? { port(Key.tcp6) }
    /// The port of IPv6 only; where absent, `udp` counts for both families.
    public var udp6: UInt16? { port(Key.udp6) }

    /// The raw RLP list of the `eth` pair, whose first element is the fork id.
    public var ethEntry: ArraySlice<UInt8>? { value(of: Key.eth) }

    /// The address to reach the node at, with its ports (0 where absent).
    ///
    /// Of an IPv4 and an IPv6 address the one that more of the world can reach is taken, IPv4 where they are equal
    /// (as go-ethereum does). Nil without an address.
    public var endpoint: (ip: IPAddress, udpPort: UInt16, tcpPort: UInt16)? {
        let v4 = ip.flatMap { $0.isMulticast ? nil : $0 }
        let v6 = ip6.flatMap { $0.isMulticast ? nil : $0 }
        if let v6, v4.map({ v6.reach > $0.reach }) ?? true {
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
    /// How much of the world can reach the address: 0 unspecified, 1 loopback, 2 link-local, 3 private, 4 global.
    fileprivate var reach: Int {
        if isUnspecified { return 0 }
        if isLoopback { return 1 }
        guard isLAN else { return 4 }
        return switch self {
        case .v4(let value): value >> 16 == 0xa9fe ? 2 : 3
        case .v6(let high, _): high >> 54 == 0x3fa ? 2 : 3
        }
    }
}
