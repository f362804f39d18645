#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a file could not be written. The description is one sentence for the user.
package enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file exists already, and was not to be replaced.
    case exists(path: String)
    /// There is no space left, or the user's quota is used up.
    case diskFull(path: String)
    /// Any other error of the system.
    case failed(path: String, reason: String)

    /// - Parameter number: the system's error number.
    init(_ number: Int32, _ path: String) {
        switch number {
        case EEXIST: self = .exists(path: path)
        case ENOSPC, EDQUOT: self = .diskFull(path: path)
        default: self = .failed(path: path, reason: String(cString: strerror(number)))
        }
    }

    package var description: String {
        switch self {
        case .exists(let path): "\(path) exists already; remove it first if it isn't needed"
        case .diskFull(let path): "\(path) can't be written: the disk is full"
        case .failed(let path, let reason): "\(path) can't be written: \(reason)"
        }
    }
}
