import Primitives

/// Counts addresses by their /24 subnet, with at most `limit` of each.
///
/// A node is eclipsed by filling its table with many identities on few machines (Marcus et al., 2018). Addresses of
/// local networks are exempt, because many nodes in one subnet are normal there. As in go-ethereum, the prefix has 24
/// bits for IPv6 too.
struct SubnetCounter: Sendable {
    let limit: Int
    private var counts: [UInt64: Int] = [:]

    init(limit: Int) { self.limit = limit }

    private static func subnet(_ ip: IPAddress) -> UInt64 {
        switch ip {
        case .v4(let value): UInt64(value >> 8)
        case .v6(let high, _): 1 << 32 | high >> 40
        }
    }

    func hasRoom(for ip: IPAddress) -> Bool { ip.isLAN || counts[Self.subnet(ip), default: 0] < limit }

    /// Counts an address without checking the limit.
    mutating func add(_ ip: IPAddress) {
        guard !ip.isLAN else { return }
        counts[Self.subnet(ip), default: 0] += 1
    }

    mutating func remove(_ ip: IPAddress) {
        guard !ip.isLAN, let count = counts[Self.subnet(ip)] else { return }
        counts[Self.subnet(ip)] = count > 1 ? count - 1 : nil
    }
}
