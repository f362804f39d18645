#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Small files that are written completely or not at all, whatever happens meanwhile: a full disk, a power failure, the
/// end of the process.
package enum AtomicFile {
    /// Writes a temporary file in the same folder, syncs it to disk, and renames it. After an error nothing has
    /// changed.
    ///
    /// A symbolic link is followed. A path that is no regular file (a pipe, a device) is written to directly.
    ///
    /// - Parameters:
    ///   - mode: the permissions of the file, before the process's umask.
    ///   - replacing: whether an existing file is replaced; if false, it is the error `exists`.
    /// - Throws: `exists`, `diskFull` or `failed`.
    package static func write(
        _ bytes: some Collection<UInt8>, to path: String, mode: UInt32 = 0o644, replacing: Bool = true
    ) throws(FileError) {
        let target = replacing ? resolved(path) : path
        if replacing, isSpecial(target) { return try writeThrough(Array(bytes), target) }
        let (folder, name) = split(target)
        let temporary = "\(folder).\(name).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
        do throws(FileError) {
            try make(temporary, Array(bytes), mode: mode, for: path)
            try replacing ? move(temporary, to: target) : moveToNew(temporary, target)
        } catch {
            unlink(temporary)
            throw error
        }
        syncFolder(folder)
    }

    /// Waits until what was appended to a file, and its name, are on the disk: from then on a power cut doesn't lose it.
    package static func sync(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(errno, path) }
        let failure = fsync(descriptor) == 0 ? 0 : errno
        close(descriptor)
        guard failure == 0 else { throw FileError(failure, path) }
        syncFolder(split(resolved(path)).folder)
    }

    /// Syncing the folder makes the name durable. Not every file system can do it; the file is complete in any case.
    private static func syncFolder(_ folder: String) {
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Creates a file and syncs it to disk.
    private static func make(
        _ temporary: String, _ bytes: [UInt8], mode: UInt32, for path: String
    ) throws(FileError) {
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw FileError(errno, path) }
        var failure = OutputDescriptor(descriptor).write(bytes).error
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == 0 { failure = errno }
        guard failure == 0 else { throw FileError(failure, path) }
    }

    private static func move(_ temporary: String, to target: String) throws(FileError) {
        guard rename(temporary, target) == 0 else { throw FileError(errno, target) }
    }

    /// Moves a file to a path that must not exist. Unlike `rename`, `link` fails if the path exists. On file systems
    /// without hard links there is a race between check and rename.
    private static func moveToNew(_ temporary: String, _ target: String) throws(FileError) {
        if link(temporary, target) == 0 {
            unlink(temporary)
            return
        }
        guard errno != EEXIST, access(target, F_OK) != 0 else { throw .exists(path: target) }
        try move(temporary, to: target)
    }

    private static func writeThrough(_ bytes: [UInt8], _ path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(errno, path) }
        defer { close(descriptor) }
        let failure = OutputDescriptor(descriptor).write(bytes).error
        guard failure == 0 else { throw FileError(failure, path) }
    }

    /// The path with symbolic links resolved; the path itself if it doesn't exist.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    /// The folder with its slash (empty for the working folder), and the name in it.
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }
}
