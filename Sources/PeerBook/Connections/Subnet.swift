public import Primitives

/// The network that a person with one subscription has: /24 of IPv4, /64 of IPv6.
public enum Subnet: Hashable, Sendable {
    /// The upper 24 bits.
    case v4(UInt32)
    /// The upper 64 bits.
    case v6(UInt64)

    public init(_ ip: IPAddress) {
        switch ip {
        case .v4(let value): self = .v4(value >> 8)
        case .v6(let high, _): self = .v6(high)
        }
    }

    /// Its first address.
    public var first: IPAddress {
        switch self {
        case .v4(let value): .v4(value << 8)
        case .v6(let high): .v6(high, 0)
        }
    }
}

extension Subnet: CustomStringConvertible {
    /// `34.1.1.0/24`, `2001:db8::/64`.
    public var description: String { "\(first)/\(first.isV4 ? 24 : 64)" }
}

/// How many connections each subnet has; local networks aren't counted.
struct SubnetCounter: Sendable {
    private var counts: [Subnet: Int] = [:]

    func count(of ip: IPAddress) -> Int { counts[Subnet(ip)] ?? 0 }

    mutating func add(_ ip: IPAddress) {
        guard !ip.isLAN else { return }
        counts[Subnet(ip), default: 0] += 1
    }

    mutating func remove(_ ip: IPAddress) {
        guard !ip.isLAN else { return }
        let subnet = Subnet(ip)
        let rest = (counts[subnet] ?? 0) - 1
        counts[subnet] = rest > 0 ? rest : nil
    }
}
