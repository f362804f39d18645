#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file, pipe or terminal to write to, by its number. Errors are results: a reader that goes away, or a full disk,
/// ends nothing.
public struct OutputDescriptor: Sendable {
    public static let standardOutput = OutputDescriptor(STDOUT_FILENO)
    public static let standardError = OutputDescriptor(STDERR_FILENO)

    private let number: Int32

    /// A pipe that can be written to takes so many bytes at once (POSIX, PIPE_BUF is at least 512, and 4096 on Linux).
    private static let pieceBytes = 4096

    public init(_ number: Int32) { self.number = number }

    /// Writes all bytes, unless there is an error.
    ///
    /// - Parameter patience: for how many milliseconds to wait for a reader that doesn't read; nil for ever.
    /// - Returns: how many bytes were written, and the system's error number: 0 where that is all of them, `ETIMEDOUT`
    ///   where the time is over.
    @discardableResult
    public func write(_ bytes: [UInt8], patience: Int32? = nil) -> (count: Int, error: Int32) {
        var written = 0
        while written < bytes.count {
            let error = bytes.withUnsafeBytes { all in
                let end = min(written + Self.pieceBytes, all.count)
                let count = writePiece(UnsafeRawBufferPointer(rebasing: all[written..<end]), patience)
                written += max(count, 0)
                return count >= 0 ? 0 : errno
            }
            if error != 0, error != EINTR, error != EAGAIN { return (written, error) }
        }
        return (written, 0)
    }

    /// Also where others have made the descriptor one that doesn't wait: it is asked first whether it takes something.
    private func writePiece(_ piece: UnsafeRawBufferPointer, _ patience: Int32?) -> Int {
        var state = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        switch poll(&state, 1, patience ?? -1) {
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

    /// Writes a line of text.
    public func writeLine(_ text: String) { write(Array((text + "\n").utf8)) }
}
