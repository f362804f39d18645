import NIOPosix
public import NodeRecord
public import Primitives

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Finds the addresses of host names.
public struct HostResolver: Sendable {
    /// All addresses of a host, none where it has none. It may take its time.
    public var addresses: @Sendable (_ host: String) async -> [IPAddress]

    public init(_ addresses: @escaping @Sendable (_ host: String) async -> [IPAddress]) { self.addresses = addresses }

    /// The operating system's, which keeps a thread waiting for as long as it takes: so threads of its own.
    public static let system = HostResolver { host in
        (try? await threads.runIfActive { systemAddresses(of: host) }) ?? []
    }

    private static let threads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: 8)
        threads.start()
        return threads
    }()

    private static func systemAddresses(of host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            let socketAddress = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
            if let ip = IPAddress(socketAddress, family: entry.ai_family), !addresses.contains(ip) {
                addresses.append(ip)
            }
        }
        return addresses
    }
}

extension IPAddress {
    /// From one of the system's socket addresses: the IPv4 address comes after family and port, the IPv6 address after
    /// four more bytes of flow information.
    fileprivate init?(_ socketAddress: UnsafeRawBufferPointer, family: Int32) {
        let bytes: Range<Int>
        switch family {
        case AF_INET: bytes = 4..<8
        case AF_INET6: bytes = 8..<24
        default: return nil
        }
        guard socketAddress.count >= bytes.upperBound else { return nil }
        self.init(bytes: socketAddress[bytes])
    }
}

/// A host name that stands for no address.
public struct HostNotFound: Error, Sendable, Hashable, CustomStringConvertible {
    public let host: String
    /// There was no answer in time.
    var isTimeout = false

    public var description: String {
        isTimeout
            ? "no answer yet to the lookup of the host name '\(host)'" : "no address found for the host name '\(host)'"
    }
}

extension EnodeURL {
    /// The node at the URL's host. A name is looked up; its first address counts.
    ///
    /// - Returns: nil for the incomplete form, which has no host.
    public func resolved(by resolver: HostResolver = .system) async throws(HostNotFound) -> NodeContact? {
        guard case .name(let name) = host else { return contact }
        guard let ip = await resolver.addresses(name).first else { throw HostNotFound(host: name) }
        return contact(at: ip)
    }
}
