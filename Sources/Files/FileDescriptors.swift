#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The limit on the files and sockets that this process may have open.
package enum FileDescriptors {
    /// The number of descriptors kept free of connections, for the database, which fails if it can't open a file.
    private static let maxReserve = 64

    /// The maximum number of descriptors open at once: the soft limit (RLIMIT_NOFILE).
    package static var limit: Int { Int(clamping: current.rlim_cur) }

    /// Raises the soft limit to the hard limit, as servers do: the soft one is low for programs that use `select`.
    ///
    /// - Parameter most: an upper bound; child processes inherit the limit, and some programs loop over all
    ///   descriptors.
    package static func raiseLimit(to most: UInt = .max) {
        var limit = current
        let wanted = min(limit.rlim_max, rlim_t(most))
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        setrlimit(Self.kind, &limit)
    }

    /// Whether a new connection may take a descriptor, with enough of them left for the database.
    ///
    /// A new descriptor has the lowest free number (POSIX), so the number of one opened here shows how many are in use.
    package static var areSpare: Bool {
        let probe = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard probe >= 0 else { return errno != EMFILE && errno != ENFILE }
        close(probe)
        let limit = limit
        return Int(probe) < limit - min(maxReserve, limit / 4)
    }

    private static var current: rlimit {
        var limit = rlimit()
        getrlimit(Self.kind, &limit)
        return limit
    }

    #if canImport(Glibc)
        private static let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let kind = RLIMIT_NOFILE
    #endif
}
