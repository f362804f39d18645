#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The descriptor of an open file, pipe or terminal to write to. Errors are returned: neither a reader that closes the
/// pipe nor a full disk ends the process.
package struct OutputDescriptor: Sendable {
    /// The standard output of the process.
    package static let standardOutput = OutputDescriptor(STDOUT_FILENO)
    /// The standard error output of the process.
    package static let standardError = OutputDescriptor(STDERR_FILENO)

    private let number: Int32

    /// The bytes that a writable pipe accepts at once without blocking (POSIX PIPE_BUF: 4096 on Linux).
    private static let pieceBytes = 4096

    /// The descriptor with this number, which must be open while it is used.
    package init(_ number: Int32) { self.number = number }

    /// Writes all bytes, unless there is an error.
    ///
    /// - Parameter timeout: how long to wait for a reader that doesn't read, in milliseconds for each 4096 bytes; nil
    ///   for no limit.
    /// - Returns: the number of bytes written, and the system's error number: 0 if all were written, `ETIMEDOUT` after
    ///   the timeout.
    @discardableResult
    package func write(_ bytes: [UInt8], timeout: Int32? = nil) -> (count: Int, error: Int32) {
        var written = 0
        while written < bytes.count {
            let error = bytes.withUnsafeBytes { all in
                let end = min(written + Self.pieceBytes, all.count)
                let count = writePiece(UnsafeRawBufferPointer(rebasing: all[written..<end]), timeout)
                written += max(count, 0)
                return count >= 0 ? 0 : errno
            }
            if error != 0, error != EINTR, error != EAGAIN { return (written, error) }
        }
        return (written, 0)
    }

    /// Waits with `poll` first, so that it also works if another process has made the descriptor non-blocking.
    private func writePiece(_ piece: UnsafeRawBufferPointer, _ timeout: Int32?) -> Int {
        var state = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        switch poll(&state, 1, timeout ?? -1) {
        case 0:
            errno = ETIMEDOUT
            return -1
        case ..<0: return -1
        default:
            #if canImport(Glibc)
                return Glibc.write(number, piece.baseAddress, piece.count)
            #elseif canImport(Musl)
                return Musl.write(number, piece.baseAddress, piece.count)
            #else
                return Darwin.write(number, piece.baseAddress, piece.count)
            #endif
        }
    }

    /// Writes a line of text; errors are ignored.
    package func writeLine(_ text: String) { write(Array((text + "\n").utf8)) }
}
