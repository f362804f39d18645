#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The disk space that a folder's files use, and the free space of its file system.
package struct DiskUsage: Hashable, Sendable {
    /// The bytes used by the folder's regular files, without subfolders: a database has none.
    package let bytes: UInt64
    /// The free bytes of the folder's file system that are available to this user.
    package let freeBytes: UInt64

    /// Measures the folder; nil if it can't be read.
    ///
    /// - Complexity: O(files).
    package init?(folder path: String) {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var sum: UInt64 = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            // The database may have removed the file meanwhile.
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
