public import Primitives

/// Which addresses are accepted from another node (go-ethereum's `netutil.CheckRelay`). The rules apply to each address
/// that comes from a peer: in `Neighbors`, in statements about our own endpoint, in peer exchange.
public enum RelayRules {
    /// Whether `sender` may relay the address `ip`: it must be unicast and not reserved; a loopback address only comes
    /// from a sender on loopback, an address of a local network only from a sender on a local network.
    public static func mayRelay(_ ip: IPAddress, from sender: IPAddress) -> Bool {
        guard !ip.isUnspecified, !ip.isMulticast, !isSpecial(ip) else { return false }
        if ip.isLoopback { return sender.isLoopback }
        return !ip.isLAN || sender.isLAN
    }

    /// Whether datagrams can be sent to this address and port.
    public static func isUsable(_ ip: IPAddress, port: UInt16) -> Bool {
        !ip.isUnspecified && !ip.isMulticast && port != 0
    }

    /// Whether `sender` may relay a node's endpoint: `mayRelay`, and a port above 1024, so that peers can't make us
    /// contact other services (go-ethereum's rule for `Neighbors`).
    public static func mayName(_ ip: IPAddress, port: UInt16, from sender: IPAddress) -> Bool {
        port > 1024 && mayRelay(ip, from: sender)
    }

    private struct Subnet: Sendable {
        let high: UInt64
        let low: UInt64
        let bits: UInt64

        init(_ text: StaticString, _ bits: UInt64) {
            let ip = IPAddress(text.description)
            precondition(ip != nil, "an address of the tables is malformed")
            (high, low) = RelayRules.words(ip ?? .unspecified)
            self.bits = bits
        }

        func contains(_ words: (high: UInt64, low: UInt64)) -> Bool {
            // A shift by the width or more gives 0 in Swift, so prefixes of 0 ... 128 bits need no special case.
            let highMask = ~(UInt64.max >> min(bits, 64))
            let lowMask = bits > 64 ? ~(UInt64.max >> (bits - 64)) : 0
            return (words.high ^ high) & highMask == 0 && (words.low ^ low) & lowMask == 0
        }
    }

    private static func words(_ ip: IPAddress) -> (high: UInt64, low: UInt64) {
        switch ip {
        case .v4(let value): (UInt64(value) << 32, 0)
        case .v6(let high, let low): (high, low)
        }
    }

    /// Whether the address is in a subnet that IANA reserves for special purposes, where no node of the internet can
    /// be.
    public static func isSpecial(_ ip: IPAddress) -> Bool {
        let words = words(ip)
        return (ip.isV4 ? specialV4 : specialV6).contains { $0.contains(words) }
    }

    /// The IANA registries of special-purpose addresses, as go-ethereum lists them.
    private static let specialV4 = [
        Subnet("0.0.0.0", 8), Subnet("192.0.0.0", 29), Subnet("192.0.0.9", 32), Subnet("192.0.0.170", 32),
        Subnet("192.0.0.171", 32), Subnet("192.0.2.0", 24), Subnet("192.31.196.0", 24), Subnet("192.52.193.0", 24),
        Subnet("192.88.99.0", 24), Subnet("192.175.48.0", 24), Subnet("198.18.0.0", 15), Subnet("198.51.100.0", 24),
        Subnet("203.0.113.0", 24), Subnet("255.255.255.255", 32),
    ]

    private static let specialV6 = [
        Subnet("100::", 64), Subnet("2001::", 32), Subnet("2001:1::1", 128), Subnet("2001:2::", 48),
        Subnet("2001:3::", 32), Subnet("2001:4:112::", 48), Subnet("2001:5::", 32), Subnet("2001:10::", 28),
        Subnet("2001:20::", 28), Subnet("2001:db8::", 32), Subnet("2002::", 16),
    ]
}
