public import Primitives

/// Which addresses one node may name to another (go-ethereum's `netutil.CheckRelay`). They hold wherever an address comes
/// from somebody else: `Neighbors`, statements about our own endpoint, peer exchange.
public enum RelayRules {
    /// Whether `sender` may speak of `ip`: not of an address of no single host or of a reserved range, not of its own
    /// loopback or local network to a node outside of it.
    public static func mayRelay(_ ip: IPAddress, from sender: IPAddress) -> Bool {
        guard !ip.isUnspecified, !ip.isMulticast, !isSpecial(ip) else { return false }
        if ip.isLoopback { return sender.isLoopback }
        return !ip.isLAN || sender.isLAN
    }

    /// Whether a node with this address and port can be asked at all.
    public static func isUsable(_ ip: IPAddress, port: UInt16) -> Bool {
        !ip.isUnspecified && !ip.isMulticast && port != 0
    }

    /// Whether `sender` may name a node at this address and port at all: low ports are those of other services, which
    /// hearsay must not make us contact (go-ethereum's rule for `Neighbors`).
    public static func mayName(_ ip: IPAddress, port: UInt16, from sender: IPAddress) -> Bool {
        port > 1024 && mayRelay(ip, from: sender)
    }

    private struct Range: Sendable {
        let high: UInt64
        let low: UInt64
        let bits: UInt64

        init(_ text: StaticString, _ bits: UInt64) {
            let ip = IPAddress(text.description)
            precondition(ip != nil, "an address is written wrongly")
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

    /// Whether the address is of a range that IANA reserves for special purposes: no node of the internet is there.
    public static func isSpecial(_ ip: IPAddress) -> Bool {
        let words = words(ip)
        return (ip.isV4 ? specialV4 : specialV6).contains { $0.contains(words) }
    }

    /// The IANA registries of special-purpose addresses, as go-ethereum lists them.
    private static let specialV4 = [
        Range("0.0.0.0", 8), Range("192.0.0.0", 29), Range("192.0.0.9", 32), Range("192.0.0.170", 32),
        Range("192.0.0.171", 32), Range("192.0.2.0", 24), Range("192.31.196.0", 24), Range("192.52.193.0", 24),
        Range("192.88.99.0", 24), Range("192.175.48.0", 24), Range("198.18.0.0", 15), Range("198.51.100.0", 24),
        Range("203.0.113.0", 24), Range("255.255.255.255", 32),
    ]

    private static let specialV6 = [
        Range("100::", 64), Range("2001::", 32), Range("2001:1::1", 128), Range("2001:2::", 48),
        Range("2001:3::", 32), Range("2001:4:112::", 48), Range("2001:5::", 32), Range("2001:10::", 28),
        Range("2001:20::", 28), Range("2001:db8::", 32), Range("2002::", 16),
    ]
}
