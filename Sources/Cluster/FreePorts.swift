import Foundation

/// Ports on 127.0.0.1 that are free for both TCP and UDP.
enum FreePorts {
    /// Why a port can't be opened.
    enum Refusal: Equatable {
        case inUse
        case other(errno: Int32)
    }

    /// The ports that are tried: below those that the system assigns to outgoing connections, which could otherwise
    /// take the port of a node while it is stopped.
    static let range: Range<Int> = {
        let text = (try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)) ?? ""
        let first = text.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) } ?? 32768
        return first > 20_000 ? 10_000..<min(first, 65_536) : 10_000..<65_536
    }()

    /// Finds `count` different free ports. Another program may still take one before it is used; the node then reports
    /// an error.
    static func find(_ count: Int) throws(ClusterError) -> [UInt16] {
        var random = SystemRandomNumberGenerator()
        let plan = try PortPlan(nodes: count, base: nil, rpcBase: nil, kept: nil, random: &random, probe: probe)
        return plan.p2p
    }

    /// Why the port can't be opened for TCP or UDP; nil if it can.
    static func probe(_ port: UInt16) -> Refusal? { probe(SOCK_STREAM, port) ?? probe(SOCK_DGRAM, port) }

    private static func probe(_ type: __socket_type, _ port: UInt16) -> Refusal? {
        let socket = socket(AF_INET, Int32(type.rawValue), 0)
        guard socket >= 0 else { return .other(errno: errno) }
        defer { close(socket) }
        // As nodes do, so that connections in TIME_WAIT don't block the port.
        var yes: Int32 = 1
        if type == SOCK_STREAM {
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard !bound else { return nil }
        return errno == EADDRINUSE ? .inUse : .other(errno: errno)
    }
}
