#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Small files that are there whole or not at all, whatever happens while they are written: a full disk, a power cut, the
/// death of the process.
public enum AtomicFile {
    /// Writes a file beside its place, waits for the disk, and puts it there. After an error everything is as before.
    ///
    /// A link is followed. What is no regular file (a pipe, a device) is written to as it is.
    ///
    /// - Parameters:
    ///   - mode: who may read and write the file, less what the process's umask takes away.
    ///   - replacing: whether a file that is there is replaced; else that is the error `exists`.
    public static func write(
        _ bytes: some Collection<UInt8>, to path: String, mode: UInt32 = 0o644, replacing: Bool = true
    ) throws(FileError) {
        let target = replacing ? resolved(path) : path
        if replacing, isSpecial(target) { return try writeThrough(Array(bytes), target) }
        let (folder, name) = split(target)
        let temporary = "\(folder).\(name).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
        do throws(FileError) {
            try make(temporary, Array(bytes), mode: mode, for: path)
            try replacing ? move(temporary, to: target) : place(temporary, at: target)
        } catch {
            unlink(temporary)
            throw error
        }
        syncFolder(folder)
    }

    /// Waits until what was appended to a file, and its name, are on the disk: from then on a power cut doesn't take it.
    public static func sync(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(errno, path) }
        let failure = fsync(descriptor) == 0 ? 0 : errno
        close(descriptor)
        guard failure == 0 else { throw FileError(failure, path) }
        syncFolder(split(resolved(path)).folder)
    }

    /// A name is on the disk when its folder is. Not every file system can do it, and the file is whole anyway.
    private static func syncFolder(_ folder: String) {
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Makes a file that is on the disk when this returns.
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

    /// A link fails where there is a file, as `rename` doesn't. File systems without links get the race instead.
    private static func place(_ temporary: String, at target: String) throws(FileError) {
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

    /// The file that a link leads to; the path itself where there is none.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    /// The folder with its slash, empty for the working folder; and the name in it.
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }
}
