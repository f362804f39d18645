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
