import Foundation

/// A Unix socket that carries one line of JSON in each direction.
struct UnixSocket {
    let descriptor: Int32

    /// The folder of the sockets of all clusters of this user, which no other user may enter.
    ///
    /// It is the same in every terminal, whatever TMPDIR is, and short, because the length of a socket's path is
    /// limited.
    static let folder = "/tmp/starling-\(getuid())"

    /// Listens at a path; nil if that fails.
    static func listen(at path: String) -> UnixSocket? {
        guard isOwnFolder else { return nil }
        // Renamed only after it listens: clients would otherwise mistake it for the socket of a killed cluster.
        let hidden = path + ".new"
        unlink(hidden)
        guard let socket = open() else { return nil }
        guard socket.withAddress(hidden, { bind(socket.descriptor, $0, $1) }) == 0,
            Foundation.listen(socket.descriptor, 8) == 0, rename(hidden, path) == 0
        else {
            socket.end()
            unlink(hidden)
            return nil
        }
        return socket
    }

    /// Creates the folder if it is absent, and checks owner and permissions: another user may have created it in
    /// advance.
    private static var isOwnFolder: Bool {
        mkdir(folder, 0o700)
        var info = stat()
        return lstat(folder, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR && info.st_uid == getuid()
            && info.st_mode & 0o077 == 0
    }

    /// Connects; nil, and the error in `errno`, if that fails.
    static func connect(to path: String) -> UnixSocket? {
        guard let socket = open() else { return nil }
        guard socket.withAddress(path, { Foundation.connect(socket.descriptor, $0, $1) }) == 0 else {
            let reason = errno
            socket.end()
            errno = reason
            return nil
        }
        return socket
    }

    /// The next connection; nil when the socket is closed.
    func accept() -> UnixSocket? {
        while true {
            let other = Foundation.accept(descriptor, nil, nil)
            if other >= 0 {
                _ = fcntl(other, F_SETFD, FD_CLOEXEC)
                return UnixSocket(descriptor: other)
            }
            guard [EINTR, ECONNABORTED, EMFILE, ENFILE, ENOMEM].contains(errno) else { return nil }
            usleep(10_000)
        }
    }

    /// Sets the timeout of each read and write.
    func setTimeout(seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// Reads a line of at most `limit` bytes; nil if there is none.
    func readLine(atMost limit: Int) -> Data? {
        var line = Data()
        var buffer = [UInt8](repeating: 0, count: 16384)
        while line.count <= limit {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            line.append(contentsOf: buffer[..<count])
            if line.last == UInt8(ascii: "\n") { return line.dropLast() }
        }
        return nil
    }

    func writeLine(_ line: Data) {
        var rest = line + [UInt8(ascii: "\n")]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = Data(rest.dropFirst(count))
        }
    }

    func end() { close(descriptor) }

    private static func open() -> UnixSocket? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        return descriptor >= 0 ? UnixSocket(descriptor: descriptor) : nil
    }

    private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return -1 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
