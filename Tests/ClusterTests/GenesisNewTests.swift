import Foundation
import Testing

@testable import Cluster

/// `starling genesis new`: what it writes is what a node takes, and nonsense is refused.
@Suite("A genesis of one's own", .timeLimit(.minutes(3)))
struct GenesisNewTests {
    private static let signer = "0x00000000000000000000000000000000000000Aa"
    private static let other = "0x00000000000000000000000000000000000000bb"

    private func starling(_ words: [String]) throws -> (output: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: LocalClusterTests.executable)
        process.arguments = words
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (output, process.terminationStatus)
    }

    @Test func whatIsWrittenIsTaken() throws {
        let path = NSTemporaryDirectory() + "starling-genesis-\(UUID()).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let words = [
            "genesis", "new", "--signers", "\(Self.other), \(Self.signer)", "--period", "7", "--chain-id", "424242",
            "--alloc", "\(Self.other)=1000000000000000000", "--alloc", "\(Self.signer)=0x10", "--output", path,
        ]
        let written = try starling(words)
        #expect(written.status == 0, "\(written.output)")
        let hash = try #require(written.output.split(whereSeparator: \.isWhitespace).last)
        // The hash that was printed is the one that a node has.
        let read = try starling(["genesis", "hash", path])
        #expect(read.status == 0 && read.output.contains(hash), "\(read.output)")

        let json = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any])
        let config = try #require(json["config"] as? [String: Any])
        #expect(config["chainId"] as? Int == 424_242)
        #expect((config["clique"] as? [String: Any])?["period"] as? Int == 7)
        // Vanity, the signers in order, room for a seal (EIP-225).
        let extra = try #require(json["extraData"] as? String)
        let signers = (Self.signer + Self.other.dropFirst(2)).dropFirst(2).lowercased()
        #expect(extra.dropFirst(2 + 64) == signers + String(repeating: "0", count: 130))
        #expect((json["alloc"] as? [String: Any])?.count == 2)

        // A file that is there stays.
        let again = try starling(words)
        #expect(again.status == 1 && again.output.contains("exists already"), "\(again.output)")
        #expect(try starling(["genesis", "hash", path]).output == read.output)
    }

    @Test(arguments: [
        (["--signers", ""], "name at least one address"), (["--signers", " , "], "name at least one address"),
        (["--signers", "0x12"], "'0x12' is no address"), (["--signers", "\(signer) \(other)x"], "is no address"),
        (["--signers", "\(signer),\(signer.lowercased())"], "is given twice"),
        (["--signers", "0x" + String(repeating: "0", count: 40)], "nobody has the key"),
        (["--signers", signer, "--chain-id", "0"], "--chain-id: choose a number from 1"),
        (["--signers", signer, "--chain-id", "18446744073709551615"], "--chain-id: choose a number from 1"),
        (["--signers", signer, "--period", "4294967296"], "--period"),
        (["--signers", signer, "--period", "-1"], "--period"),
        (["--signers", signer, "--alloc", signer], "write ADDRESS=WEI"),
        (["--signers", signer, "--alloc", "\(signer)=1.5"], "write ADDRESS=WEI"),
        (["--signers", signer, "--alloc", "\(signer)="], "write ADDRESS=WEI"),
        (["--signers", signer, "--alloc", "\(signer)=0x1" + String(repeating: "0", count: 64)], "write ADDRESS=WEI"),
        (["--signers", signer, "--alloc", "me=1"], "'me' is no address"),
        (["--signers", signer, "--alloc", "\(signer)=1", "--alloc", "\(signer.lowercased())=2"], "is given twice"),
        (["--signers", signer, "--output", "/nowhere/genesis.json"], "/nowhere/genesis.json can't be written"),
    ])
    func nonsenseIsRefused(_ options: [String], _ expected: String) throws {
        let answer = try starling(["genesis", "new"] + options)
        #expect(answer.status != 0 && answer.output.contains(expected), "\(answer.output)")
    }
}
