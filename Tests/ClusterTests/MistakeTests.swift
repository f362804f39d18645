import Foundation
import Testing

@testable import Cluster

/// What a user can get wrong, and what the program says then.
@Suite("Mistakes get a sentence", .serialized, .timeLimit(.minutes(3)))
struct MistakeTests {
    private static let folder: String = {
        let path = FileManager.default.temporaryDirectory.path + "/starling-mistakes-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let files = [
            "key": String(repeating: "11", count: 32), "badkey": "0xzz", "comma.json5": "{ nodes: 5,, }",
            "other.json5": "{ nods: 5 }", "genesis.json": "{ \"config\": 5 }", "table": "offence nonsense 5",
        ]
        for (name, content) in files {
            try? content.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
        }
        try? Data([0xff, 0xfe, 0x00]).write(to: URL(fileURLWithPath: path + "/binary"))
        return path
    }()

    private static let record =
        "enr:-IS4QHCYrYZbAKWCBRlAy5zzaDZXJBGkcnh4MHcBFZntXNFrdvJjX04jRzjzCBOonrkTfj499SZuOh8R33Ls8RRcy5wBgmlkgnY0gmlwhH8AAAGJ"
        + "c2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN1ZHCCdl8"

    /// The words of a command line, `@` for the folder of the files above, and what the answer must name.
    private static let mistakes: [([String], String)] = [
        (["enr", "decode", "hello"], "enr:"), (["enr", "decode", "enr:%%%"], "base64"),
        (["enr", "decode", "enr:AAAA"], "no valid record"), (["enr", "decode", "enr:"], "no valid record"),
        (["enr", "decode", String(record.dropLast(3)) + "AAA"], "no valid record"),
        (["enr", "decode", String(record.dropLast(8))], "no valid record"),
        (["rlpx", "ping", "hello"], "enode://"), (["rlpx", "ping", "enode://12@127.0.0.1:30303"], "128 hex"),
        (["discv4", "ping", "enode://\(String(repeating: "0", count: 128))@127.0.0.1:1"], "128 hex"),
        (["rlpx", "ping", Self.enode + "@127.0.0.1:1"], "127.0.0.1:1"), (["rlpx", "ping", Self.enode], "no host"),
        (["rlpx", "ping", Self.enode + "@127.0.0.1"], "port"), (["rlpx", "ping", Self.enode + "@a b:1"], "host"),
        (["rlpx", "ping", Self.enode + "@nobody.invalid:1"], "nobody.invalid"),
        (["key", "show", "@/none"], "@/none"), (["key", "show", "@"], "folder"),
        (["key", "show", "@/badkey"], "64 hex"),
        (["key", "show", "@/binary"], "no text"), (["key", "generate", "@/key"], "exists"),
        (["key", "generate", "@/none/key"], "@/none/key"), (["genesis", "hash", "@/none"], "@/none"),
        (["genesis", "hash", "@"], "@"), (["genesis", "hash", "@/genesis.json"], "config"),
        (["genesis", "hash", "@/binary"], "@/binary"), (["genesis", "forkids", "atlantis"], "mainnet"),
        (["simulate", "@/none"], "steady"), (["simulate", "@"], "folder"),
        (["simulate", "@/comma.json5"], "comma.json5, line 1, column 12"), (["simulate", "@/other.json5"], "nods"),
        (["simulate", "@/binary"], "UTF-8"), (["compare", "budgets", "@/none"], "steady"),
        (["node", "--datadir", "@/key"], "@/key"), (["node", "--datadir", "/proc/none"], "/proc/none"),
        (["node", "--datadir", "@/d", "--nodekey", "@/none"], "starling key generate"),
        (["node", "--datadir", "@/d", "--nodekeyhex", "12"], "--nodekeyhex"),
        (["node", "--datadir", "@/d", "--genesis", "@/genesis.json"], "genesis.json"),
        (["node", "--datadir", "@/d", "--network", "sepolia"], "Clique"),
        (["node", "--datadir", "@/d", "--bootnodes", "enode://12@1.2.3.4:1"], "128 hex"),
        (["node", "--datadir", "@/d", "--nat", "extip:x"], "extip:203"),
        (["node", "--datadir", "@/d", "--addr", "nonsense", "--port", "0"], "nonsense"),
        (["node", "--datadir", "@/d", "--addr", "192.0.2.1", "--port", "0"], "192.0.2.1"),
        (
            ["node", "--datadir", "@/d", "--addr", "127.0.0.1", "--port", "0", "--http.addr", "no.where.invalid"],
            "no.where"
        ),
        (["node", "--datadir", "@/d", "--reputation-table", "@/none"], "@/none"),
        (["node", "--datadir", "@/d", "--reputation-table", "@/table"], "line 1"),
        (["node", "--datadir", "@/d", "--max-upload", "fast"], "--max-upload"),
        (["node", "--datadir", "@/d", "--capability", "x"], "NAME/VERSION"),
        (["peers", "--rpc", "hello"], "http://"), (["peers", "--rpc", "http://127.0.0.1:1"], "127.0.0.1:1"),
        (["peers", "sources", "--rpc", "http://127.0.0.1:1"], "127.0.0.1:1"),
    ]

    private static let enode =
        "enode://ca634cae0d49acb401d8a4c6b6fe8c55b70d115bf400769cc1400f3258cd31387574077f301b421bc84df7266c44e9e6d569fc56be00812904767bf5ccd1fc7f"

    @Test(arguments: mistakes)
    func sentence(_ words: [String], _ expected: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: LocalClusterTests.executable)
        process.arguments = words.map { $0.replacing("@/", with: Self.folder + "/") }
            .map { $0 == "@" ? Self.folder : $0 }
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && ![0, 5].contains(process.terminationStatus), "\(output)")
        let wanted = expected.replacing("@", with: Self.folder)
        #expect(output.contains(wanted), "'\(wanted)' is missing: \(output)")
        for word in ["Error Domain", "NSCocoa", "NSPOSIX", "errno:", "Optional(", "Swift."] {
            #expect(!output.contains(word), "\(word) in: \(output)")
        }
        // A case with its payload, or a name that begins small and goes on with capitals.
        let typed = words.joined(separator: " ") + Self.folder
        let names = output.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "/" || $0 == "-") }.filter {
            word in
            word.first?.isLowercase == true && word.contains { $0.isUppercase } && !typed.contains(word)
                && !["macOS"].contains(word)
        }
        #expect(names.isEmpty, "\(names) in: \(output)")
        #expect(output.range(of: #"\b[a-z]+\([a-z]*:?"#, options: .regularExpression) == nil, "\(output)")
    }
}
