import Foundation

/// A connected TCP socket on loopback.
struct LoopbackSocket: Sendable {
    let descriptor: Int32

    /// Connects to a port of 127.0.0.1.
    static func connect(port: UInt16) throws -> LoopbackSocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(port: port)
        let isConnected = withSocketAddress(&address) { Foundation.connect(descriptor, $0, $1) == 0 }
        guard isConnected else { throw BenchFailure.unexpected("no loopback TCP") }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return LoopbackSocket(descriptor: descriptor)
    }

    /// Two ends of one connection; the first has dialed.
    static func pair() throws -> (LoopbackSocket, LoopbackSocket) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { _ = Foundation.close(listener) }
        var address = address(port: 0)
        let isListening = withSocketAddress(&address) { pointer, length in
            var length = length
            return bind(listener, pointer, length) == 0 && listen(listener, 1) == 0
                && getsockname(listener, pointer, &length) == 0
        }
        guard isListening else { throw BenchFailure.unexpected("no loopback TCP") }
        let client = try connect(port: UInt16(bigEndian: address.sin_port))
        return (client, LoopbackSocket(descriptor: accept(listener, nil, nil)))
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func withSocketAddress<R>(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
            guard written > 0 else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
        return true
    }

    /// The number of bytes read; 0 or less where the socket is gone.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        Foundation.read(descriptor, buffer.baseAddress, buffer.count)
    }

    func close() { _ = Foundation.close(descriptor) }
}
