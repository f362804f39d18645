import Foundation

/// Ports on 127.0.0.1 that nothing listens on, for TCP and UDP alike.
enum FreePorts {
    /// `count` different ports. Another program can take one of them before it is used; the node then says so.
    static func find(_ count: Int) throws(ClusterError) -> [UInt16] {
        var held: [(tcp: Int32, udp: Int32)] = []
        defer {
            for pair in held {
                close(pair.tcp)
                close(pair.udp)
            }
        }
        var ports: [UInt16] = []
        for _ in 0..<count * 4 where ports.count < count {
            guard let (tcp, port) = open(SOCK_STREAM, port: 0) else { continue }
            guard let (udp, _) = open(SOCK_DGRAM, port: port) else {
                close(tcp)
                continue
            }
            held.append((tcp, udp))
            ports.append(port)
        }
        guard ports.count == count else { throw .noPort }
        return ports
    }

    private static func open(_ type: __socket_type, port: UInt16) -> (Int32, UInt16)? {
        let socket = socket(AF_INET, Int32(type.rawValue), 0)
        guard socket >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard bound else {
            close(socket)
            return nil
        }
        return (socket, UInt16(bigEndian: address.sin_port))
    }
}
