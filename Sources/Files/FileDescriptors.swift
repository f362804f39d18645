#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many files and sockets this process may have open.
public enum FileDescriptors {
    /// What connections leave to the database, which can't go on without a file that it needs.
    private static let maxReserve = 64

    /// How many may be open at once: the soft limit (RLIMIT_NOFILE).
    public static var limit: Int { Int(clamping: current.rlim_cur) }

    /// Raises the soft limit to the hard one, as servers do: the soft one is low for the sake of old programs.
    ///
    /// - Parameter most: as far as that; children have the limit too, and some programs walk through all numbers.
    public static func raiseLimit(to most: UInt = .max) {
        var limit = current
        let wanted = min(limit.rlim_max, rlim_t(most))
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        setrlimit(Self.kind, &limit)
    }

    /// Whether a connection may have one more: then some are left for those who can't wait.
    ///
    /// A new descriptor has the lowest number that is free (POSIX), so its number says how many are taken.
    public static var areSpare: Bool {
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
