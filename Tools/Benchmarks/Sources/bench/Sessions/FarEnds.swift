import DevP2P
import EthCrypto
import EthWire
import Foundation
import Primitives
import SansIO

/// The process with the other ends of the idle connections: as many peers as told, each with a key of its own.
///
/// Each greets with the node's own Status, asks for the genesis header, and from the answer on only answers pings and
/// sends its own.
struct FarEnds {
    private let process: Process
    private let output: FileHandle
    private let input: FileHandle
    private static let readyLine = "connected\n"
    static let command = "far-ends"

    // MARK: For the measuring process

    static func launch(count: Int, port: UInt16, key: PublicKey) throws -> FarEnds {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [command, "\(count)", "\(port)", Hex.encode(key.bytes)]
        let (output, input) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        return FarEnds(
            process: process, output: output.fileHandleForReading, input: input.fileHandleForWriting)
    }

    func waitUntilConnected() throws {
        let line = try output.read(upToCount: Self.readyLine.utf8.count)
        guard line == Data(Self.readyLine.utf8) else { throw BenchFailure.unexpected("far ends that give up") }
    }

    /// The process goes when its input ends.
    func end() {
        try? input.close()
        process.waitUntilExit()
    }

    // MARK: In the process itself

    static func main(_ arguments: [String]) throws {
        guard arguments.count == 3, let count = Int(arguments[0]), let port = UInt16(arguments[1]),
            let bytes = [UInt8](hex: arguments[2]), let key = PublicKey(bytes)
        else { throw BenchFailure.unexpected("arguments of \(command)") }
        var peers: [FarEnd] = []
        for _ in 0..<count {
            var peer = try FarEnd(port: port, key: key)
            while !peer.isIdle { try peer.read() }
            peers.append(peer)
        }
        try FileHandle.standardOutput.write(contentsOf: Data(readyLine.utf8))
        try answer(peers)
    }

    /// Until nobody holds the other end of the standard input.
    private static func answer(_ peers: [FarEnd]) throws {
        var peers = peers
        var polled = peers.map { pollfd(fd: $0.socket.descriptor, events: Int16(POLLIN), revents: 0) }
        polled.append(pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0))
        while polled[peers.count].revents == 0 {
            poll(&polled, nfds_t(polled.count), 1_000)
            for index in peers.indices {
                if polled[index].revents != 0 { try peers[index].read() } else { peers[index].passTime() }
            }
        }
    }
}

/// One of them.
private struct FarEnd {
    let socket: LoopbackSocket
    private let connection: Box<PeerConnection>
    /// Whether the node has answered all that it was asked.
    private(set) var isIdle = false

    private static let hello = LocalHello(
        clientID: "Starling/far-end",
        capabilities: [EthVersion.eth69.descriptor])

    init(port: UInt16, key: PublicKey) throws {
        var system = SystemRandomNumberGenerator()
        socket = try LoopbackSocket.connect(port: port)
        connection = Box(
            PeerConnection(
                initiatorTo: key, identity: .generate(using: &system), hello: Self.hello,
                random: NodeRandom(seed: system.next()), now: Self.now))
        write()
    }

    private static var now: Instant { Instant(nanoseconds: Int64(Clock.wall)) }

    /// Reads once, waiting for it.
    mutating func read() throws {
        try withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 8) { buffer in
            let count = socket.read(into: buffer)
            guard count > 0 else { throw BenchFailure.unexpected("a node that hangs up") }
            connection.value.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]), now: Self.now)
        }
        for event in connection.value.takeEvents(now: Self.now) { try handle(event) }
        write()
    }

    func passTime() {
        connection.value.deadlineReached(now: Self.now)
        write()
    }

    private mutating func handle(_ event: ConnectionEvent) throws {
        switch event {
        case .message(_, 0, let status):
            // Of the same chain, so the node's own Status is right.
            send(0, status)
            // Request 1: a header from number 0 on, no gaps, upward.
            send(3, [0xc6, 0x01, 0xc4, 0x80, 0x01, 0x80, 0x80])
        case .message(_, 4, _): isIdle = true
        case .closed(let cause): throw BenchFailure.unexpected("a node that disconnects: \(cause)")
        case .identified, .ready, .message: break
        }
    }

    private func send(_ id: UInt8, _ payload: [UInt8]) {
        connection.value.send([OutboundMessage(capability: 0, id: id, compressing: payload)], now: Self.now)
    }

    private func write() {
        if connection.value.hasBytes { _ = connection.value.takeBytes { socket.write($0) } }
    }
}
