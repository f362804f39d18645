import Primitives

/// Addresses that one party can easily have many of: /16 of IPv4, /32 of IPv6, which is what a provider gets.
enum AddressRange: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt64)

    init(_ ip: IPAddress) {
        switch ip {
        case .v4(let value): self = .v4(value >> 16)
        case .v6(let high, _): self = .v6(high >> 32)
        }
    }
}

/// How many of something each range has; local networks aren't counted.
struct RangeCounter: Sendable {
    private var counts: [AddressRange: Int] = [:]

    func count(of ip: IPAddress) -> Int { counts[AddressRange(ip)] ?? 0 }

    mutating func add(_ ip: IPAddress) {
        guard !ip.isLAN else { return }
        counts[AddressRange(ip), default: 0] += 1
    }

    mutating func remove(_ ip: IPAddress) {
        guard !ip.isLAN else { return }
        let range = AddressRange(ip)
        let rest = (counts[range] ?? 0) - 1
        counts[range] = rest > 0 ? rest : nil
    }
}
