import DevP2P
import Foundation
import NIOCore
import NodeCore
import Primitives
import RLP
import Sidecar
import Testing

@testable import NodeNIO

/// One line of text, as the Python example has it.
struct ChatLine: CapabilityMessage {
    static let reservedIDs: UInt8 = 1
    let text: String
    var id: UInt8 { 0 }

    init(_ text: String) { self.text = text }

    func encode(into writer: inout RLPWriter) { writer.list { $0.write(text.utf8) } }

    init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        let bytes = try WireError.decodeList(payload) { (list) throws(RLPError) in Array(try list.readBytes()) }
        text = String(decoding: bytes, as: UTF8.self)
    }
}

/// Tells what it hears, and says what it is told to.
struct Chat: Capability {
    typealias Message = ChatLine
    typealias Event = String
    typealias Command = String

    static let name = CapabilityName("chat", version: 1)

    mutating func received(_ message: ChatLine, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        node.emit(message.text)
    }

    mutating func commandReceived(_ command: String, _ node: inout CapabilityContext<Self>) {
        node.broadcast(ChatLine(command))
    }
}

@Suite("Capabilities served from outside", .timeLimit(.minutes(1)))
struct SidecarTests {
    /// The interpreter; nil where there is none.
    static let python = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    static let example = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Examples/python-capability/chat.py").path

    private func path() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("starling-\(UUID().uuidString.prefix(8))").path
    }

    /// Starts the example, and tells how it ends.
    private func run(_ path: String) throws -> (Process, AsyncStream<Int32>) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.python))
        process.arguments = [Self.example, path]
        process.standardOutput = FileHandle.nullDevice
        let (ends, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            if process.terminationReason == .exit { continuation.yield(process.terminationStatus) }
            continuation.finish()
        }
        try process.run()
        return (process, ends)
    }

    private func sidecar(_ events: AsyncStream<NodeEvent>) async throws -> SidecarEvent {
        try await events.first { event in
            if case .capability(_, let value) = event { value as? SidecarEvent } else { nil }
        }
    }

    private func heard(_ events: AsyncStream<NodeEvent>) async throws -> String {
        try await events.first { event in
            if case .capability(Chat.name, let value) = event { value as? String } else { nil }
        }
    }

    @Test(.enabled(if: python != nil, "python3 is not installed"))
    func aPythonProgramTalksToASwiftCapabilityOnAnotherNode() async throws {
        let first = try TestNode.service(0)
        let second = try TestNode.service(1)
        let path = path()
        try await first.register(SidecarReservation(name: Chat.name, messageCount: 1, path: path))
        try await second.register(Chat())
        let (programs, lines) = (first.events(), second.events())
        try await first.start()
        try await second.start()
        let (process, _) = try run(path)
        #expect(try await sidecar(programs) == .attached)
        try await second.addPeer(TestNode.contact(first))
        #expect(try await heard(lines) == "hello from Python")
        try await second.send("how are you?", to: Chat.self)
        #expect(try await heard(lines) == "re: how are you?")

        // The program is killed; the peers stay, and hear nothing until it is back.
        kill(process.processIdentifier, SIGKILL)
        #expect(try await sidecar(programs) == .detached)
        #expect(try await first.peers.count == 1)
        try await second.send("anybody there?", to: Chat.self)
        while try await first.capabilities.first(where: { $0.name == Chat.name })?.metrics.messagesReceived != 2 {
            await Task.yield()
        }
        let (_, ends) = try run(path)
        #expect(try await heard(lines) == "hello from Python")
        try await second.send("good to see you", to: Chat.self)
        #expect(try await heard(lines) == "re: good to see you")

        let sent = try await first.capabilities.first { $0.name == Chat.name }?.metrics
        #expect(sent?.messagesSent == 4 && sent?.messagesReceived == 3 && sent?.malformed == 0)
        await first.stop()
        // It has seen the end of the stream.
        #expect(await ends.first { _ in true } == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
        await second.stop()
    }

    @Test func oneProgramAtATimeAndAMistakeIsNamed() async throws {
        let service = try TestNode.service(0)
        let path = path()
        try await service.register(SidecarReservation(name: Chat.name, messageCount: 1, path: path))
        let programs = service.events()
        try await service.start()
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let attach = frame(0x01, [1] + Array("chat/1".utf8))
        let (first, firstChannel) = try await UnixClient.connect(path)
        try await firstChannel.writeAndFlush(attach).get()
        #expect(await first.read { $0.count >= 4 }[4] == 0x81)
        #expect(try await sidecar(programs) == .attached)
        // The second is told why not, and the first is not disturbed.
        let (second, secondChannel) = try await UnixClient.connect(path)
        try await secondChannel.writeAndFlush(attach).get()
        #expect(String(decoding: await second.read().dropFirst(5), as: UTF8.self) == "another program is attached")
        try await firstChannel.writeAndFlush(frame(0x03, [9, 0xc0])).get()
        #expect(
            String(decoding: await first.read().dropFirst(5), as: UTF8.self)
                == "message id 9, and the capability reserves 1")
        #expect(try await sidecar(programs) == .detached)
        let (third, thirdChannel) = try await UnixClient.connect(path)
        try await thirdChannel.writeAndFlush(attach).get()
        #expect(await third.read { $0.count >= 5 }[4] == 0x81)
        await service.stop()
        _ = await third.read()
    }

    @Test func whatAProgramSendsIsCheckedByTheOtherNode() async throws {
        let first = try TestNode.service(0)
        let second = try TestNode.service(1)
        let path = path()
        try await first.register(SidecarReservation(name: Chat.name, messageCount: 1, path: path))
        try await second.register(Chat())
        let events = second.events()
        try await first.start()
        try await second.start()
        let (program, channel) = try await UnixClient.connect(path)
        try await channel.writeAndFlush(frame(0x01, [1] + Array("chat/1".utf8))).get()
        _ = await program.read { $0.count >= 5 }
        try await first.addPeer(TestNode.contact(second))
        _ = await program.read { !$0.isEmpty }
        // RLP, but no line of chat.
        try await channel.writeAndFlush(frame(0x03, [0, 0xc0])).get()
        _ = try await events.peerDisconnected()
        let metrics = try await second.capabilities.first { $0.name == Chat.name }?.metrics
        #expect(metrics?.malformed == 1 && metrics?.messagesReceived == 1 && metrics?.bytesReceived == 1)
        try await channel.close()
        await first.stop()
        await second.stop()
    }

    @Test func aPathInUseIsNamedAndOneLeftBehindIsTaken() async throws {
        let path = path()
        let reservation = SidecarReservation(name: Chat.name, messageCount: 1, path: path)
        let first = try TestNode.service(0)
        try await first.register(reservation)
        try await first.start()
        let second = try TestNode.service(1)
        try await second.register(reservation)
        let error = await #expect(throws: NodeServiceError.self) { try await second.start() }
        guard case .bind(.pathInUse(path))? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // What a killed node leaves behind: a socket that nobody listens on.
        #expect(FileManager.default.fileExists(atPath: path))
        await first.stop()
        let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(left, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        close(left)
        #expect(FileManager.default.fileExists(atPath: path))
        let third = try TestNode.service(2)
        try await third.register(reservation)
        try await third.start()
        _ = try await UnixClient.connect(path)
        await third.stop()
    }

    @Test func aFolderThatIsNotThereIsNamed() async throws {
        let service = try TestNode.service(0)
        try await service.register(SidecarReservation(name: Chat.name, messageCount: 1, path: "/nonexistent/chat"))
        let error = await #expect(throws: NodeServiceError.self) { try await service.start() }
        guard case .bind(.pathFailed("/nonexistent/chat", let reason))? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason == "No such file or directory")
    }

    @Test func namesAreTakenOnce() async throws {
        let service = try TestNode.service(0)
        try await service.register(Chat())
        for name in [Chat.name, CapabilityName("eth", version: 68), CapabilityName("blocks", version: 1)] {
            let error = await #expect(throws: NodeServiceError.self) {
                try await service.register(SidecarReservation(name: name, messageCount: 1, path: "/nonexistent"))
            }
            #expect(error.map { "\($0)" } == "the node has the capability \(name) already")
        }
        await service.stop()
    }
}
