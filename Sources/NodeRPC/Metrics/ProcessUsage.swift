import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What this process uses, as Prometheus' own clients report it. Fields that the system doesn't tell are nil.
struct ProcessUsage: Sendable {
    var processorSeconds: Double?
    var residentBytes: UInt64?
    var virtualBytes: UInt64?
    var openDescriptors: Int?
    var maxDescriptors: Int?
    /// Since the Unix epoch.
    var startSeconds: Double?
    var threads: Int?

    /// Reads /proc, some tens of microseconds. On a system without it next to nothing is known.
    static func now() -> ProcessUsage {
        var usage = ProcessUsage()
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        if let fields = stat(lines("/proc/self/stat")) {
            usage.processorSeconds = fields.ticks / ticks
            usage.residentBytes = fields.pages * UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))
            usage.virtualBytes = fields.bytes
            usage.threads = fields.threads
            let boot = lines("/proc/stat").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
            usage.startSeconds = boot.map { $0 + fields.start / ticks }
        }
        usage.openDescriptors = openDescriptors()
        usage.maxDescriptors = FileDescriptors.limit
        return usage
    }

    /// The fields of /proc/PID/stat (proc(5)) that count here. The second one, the name in parentheses, may hold spaces.
    private static func stat(
        _ lines: [Substring]
    ) -> (ticks: Double, threads: Int, start: Double, bytes: UInt64, pages: UInt64)? {
        guard let line = lines.first, let end = line.lastIndex(of: ")") else { return nil }
        // The first one is field 3.
        let fields = line[end...].dropFirst().split(separator: " ")
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let threads = Int(fields[17]), let start = Double(fields[19]), let bytes = UInt64(fields[20]),
            let pages = UInt64(fields[21])
        else { return nil }
        return (user + system, threads, start, bytes, pages)
    }

    private static func openDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Not `.`, not `..`, and not the descriptor that reads the folder.
        return max(0, count - 3)
    }

    private static func lines(_ path: String) -> [Substring] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
    }
}
