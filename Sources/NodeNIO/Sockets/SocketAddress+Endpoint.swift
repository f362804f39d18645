import NIOCore
import Primitives

extension Endpoint {
    /// The address and port of a socket address; nil for a Unix domain socket.
    init?(_ address: SocketAddress) {
        // Where the system's socket addresses have their bytes: the port after the family, then the IPv4 address; the
        // IPv6 address after four bytes of flow information.
        let start: Int
        let count: Int
        switch address {
        case .v4: (start, count) = (4, 4)
        case .v6: (start, count) = (8, 16)
        case .unixDomainSocket: return nil
        }
        let ip: IPAddress? = address.withSockAddr { pointer, size in
            let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
            return bytes.count < start + count ? nil : IPAddress(bytes: bytes[start..<start + count])
        }
        guard let ip, let port = address.port.flatMap(UInt16.init(exactly:)) else { return nil }
        self.init(ip: ip, port: port)
    }
}

extension SocketAddress {
    init(_ endpoint: Endpoint) { self.init(ip: endpoint.ip.bytes, port: endpoint.port) }

    /// The address as an IPv6 socket knows it: an IPv4 address becomes `::ffff:a.b.c.d` (RFC 4291, section 2.5.5.2).
    init(forIPv6 endpoint: Endpoint) {
        let bytes = endpoint.ip.bytes
        let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + bytes
        self.init(ip: bytes.count == 16 ? bytes : mapped, port: endpoint.port)
    }

    private init(ip: [UInt8], port: UInt16) {
        do {
            try self.init(packedIPAddress: ByteBuffer(bytes: ip), port: Int(port))
        } catch {
            preconditionFailure("an address of 4 or 16 bytes, and it has \(ip.count)")
        }
    }
}
