#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a folder's files take on disk, and what is left there.
public struct DiskUsage: Hashable, Sendable {
    /// Of the files in the folder, not of folders in it: a database has none.
    public let bytes: UInt64
    /// For this user, on the file system of the folder.
    public let freeBytes: UInt64

    /// - Returns: nil where the folder can't be read.
    public init?(folder path: String) {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var sum: UInt64 = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            // A file that the database has removed meanwhile takes nothing.
            guard fstatat(dirfd(folder), name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG
            else {
                continue
            }
            sum += UInt64(max(0, status.st_blocks)) * 512
        }
        var system = statvfs()
        guard statvfs(path, &system) == 0 else { return nil }
        bytes = sum
        freeBytes = UInt64(system.f_bavail) * UInt64(system.f_frsize)
    }
}
