import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What an error of NIO means, for people: NIO's own descriptions are for programmers.
public enum SocketFailure {
    /// A few words, those of the operating system where it said something.
    public static func words(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words($0.error) } ?? "no address found for '\(error.host)'"
        case let error as SocketAddressError.UnknownHost: "no address found for '\(error.host)'"
        case is ChannelError: "the connection was closed"
        default: "the socket failed"
        }
    }

    /// Whether the error is that a host stands for no address.
    public static func isUnknownHost(_ error: any Error) -> Bool {
        error is SocketAddressError.UnknownHost || error as? SocketAddressError == .unsupported
    }
}
