import Foundation
import Starling

/// A line of the chat, on the wire a list with one string.
struct ChatLine: CapabilityMessage {
    static let reservedIDs: UInt8 = 1
    let id: UInt8 = 0
    let text: String

    init(_ text: String) { self.text = text }

    init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        let bytes = try WireError.decodeList(payload) { (list) throws(RLPError) in try list.readBytes() }
        text = String(decoding: bytes, as: UTF8.self)
    }

    func encode(into writer: inout RLPWriter) { writer.list { $0.write(Array(text.utf8)) } }
}

/// chat PORT [ENODE]: what is typed goes to all peers. A node without a chain: no eth in its Hello, nothing on its disk.
@main
enum Chat {
    static func main() async {
        do {
            guard let port = CommandLine.arguments.dropFirst().first.flatMap({ UInt16($0) }) else {
                return say("usage: chat PORT [ENODE]")
            }
            try await run(port: port, friends: CommandLine.arguments.dropFirst(2).map { try EnodeURL($0) })
        } catch {
            say("chat: \(error)")
            exit(1)
        }
    }

    static func run(port: UInt16, friends: [EnodeURL]) async throws {
        var random = SystemRandomNumberGenerator()
        let key = PrivateKey.generate(using: &random)
        var node = NodeConfiguration(key: key, clientID: "chat", udpPort: port, tcpPort: port)
        node.staticPeers = friends.compactMap(\.contact)
        var configuration = NodeServiceConfiguration(node: node)
        configuration.bindHost = "127.0.0.1"
        let service = NodeService(configuration: configuration, store: MemoryStore())
        let chat = AsyncCapability<ChatLine>(CapabilityName("chat", version: 1))
        try await service.register(chat)
        try await service.start()
        if let enode = try await service.enode { say(enode.description) }
        // Read on a thread of its own: it waits for the keyboard.
        Thread.detachNewThread {
            while let line = readLine() { Task { await chat.broadcast(ChatLine(line)) } }
            Task { await service.stop() }
        }
        for await event in chat {
            if case .received(let line, let peer) = event { say("\(peer.id.short): \(line.text)") }
        }
    }

    /// Prints a line at once, also into a pipe.
    static func say(_ line: String) { try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8)) }
}
