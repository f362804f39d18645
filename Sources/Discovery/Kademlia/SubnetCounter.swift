import Primitives

/// Counts addresses by their /24 and refuses more than `limit` of one.
///
/// A whole table of many identities on few machines is how a node is eclipsed (Marcus et al., 2018). Addresses of the
/// local network are exempt: there many nodes of one subnet are the normal case. As in go-ethereum the length of 24
/// bits holds for IPv6 too.
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

    /// Counts an address without a look at the limit.
    mutating func add(_ ip: IPAddress) {
        guard !ip.isLAN else { return }
        counts[Self.subnet(ip), default: 0] += 1
    }

    mutating func remove(_ ip: IPAddress) {
        guard !ip.isLAN, let count = counts[Self.subnet(ip)] else { return }
        counts[Self.subnet(ip)] = count > 1 ? count - 1 : nil
    }
}
