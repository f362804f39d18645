import Foundation
import Testing

@testable import Cluster

/// Examples/Chat, in two processes: a node without a chain.
@Suite("The chat of Examples", .timeLimit(.minutes(2)))
struct ChatTests {
    /// A running chat, whose keyboard and screen are pipes.
    private final class Program {
        private let process = Process()
        private let keyboard = Pipe()
        private let screen = Pipe()
        private var read = ""

        init(_ arguments: [String]) throws {
            process.executableURL = URL(fileURLWithPath: LocalClusterTests.executable).deletingLastPathComponent()
                .appendingPathComponent("chat")
            process.arguments = arguments
            process.standardInput = keyboard
            process.standardOutput = screen
            try process.run()
        }

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        func type(_ line: String) throws { try keyboard.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8)) }

        /// The next line on the screen.
        func line() throws -> String {
            while true {
                if let end = read.firstIndex(of: "\n") {
                    defer { read = String(read[read.index(after: end)...]) }
                    return String(read[..<end])
                }
                let data = screen.fileHandleForReading.availableData
                try #require(!data.isEmpty, "the chat has ended")
                read += String(decoding: data, as: UTF8.self)
            }
        }

        /// The exit status after the end of what is typed.
        func end() throws -> Int32 {
            try keyboard.fileHandleForWriting.close()
            process.waitUntilExit()
            return process.terminationStatus
        }
    }

    @Test func whatOneTypesTheOtherReads() async throws {
        let ports = try FreePorts.find(2)
        let first = try Program(["\(ports[0])"])
        let enode = try first.line()
        #expect(enode.hasPrefix("enode://"))
        let second = try Program(["\(ports[1])", enode])
        _ = try second.line()
        // Until they are connected, nobody is there to read it.
        try await Task.sleep(for: .seconds(3))
        try second.type("hello")
        #expect(try first.line().hasSuffix(": hello"))
        try first.type("good evening")
        #expect(try second.line().hasSuffix(": good evening"))
        #expect(try second.end() == 0 && first.end() == 0)
    }
}
