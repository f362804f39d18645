import Foundation

/// `bench GROUP [--json FILE]`: measures, prints a table, writes JSON. `./Tools/bench` builds and runs it.
@main
enum Bench {
    static let groups: [(name: String, run: @Sendable () async throws -> [Figure])] = [
        ("sessions", SessionFigures.all), ("crypto", CryptoFigures.all), ("rlp", RLPFigures.all),
        ("trie", TrieFigures.all), ("discovery", DiscoveryFigures.all), ("chain", ChainFigures.all),
        ("gossip", GossipFigures.all),
    ]

    /// Parts of groups, for comparisons in turns with another program.
    static let parts: [(name: String, run: @Sendable () async throws -> [Figure])] = [
        ("frames", { try SessionFigures.sizes.flatMap { try FrameRace(size: $0).figures() } }),
        ("sockets", { try SessionFigures.sizes.flatMap { try SocketRace.figures(size: $0) } }),
        ("handshakes", HandshakeRace.figures),
        ("memory", IdlePeers.figures),
    ]

    static func main() async {
        do {
            try await run(CommandLine.arguments.dropFirst())
        } catch {
            progress("\(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: ArraySlice<String>) async throws {
        var rest = arguments
        if rest.first == FarEnds.command { return try FarEnds.main(Array(rest.dropFirst())) }
        var chosen = "all"
        var path: String?
        while let argument = rest.popFirst() {
            if argument == "--json" { path = rest.popFirst() } else { chosen = argument }
        }
        let names = groups.map(\.name)
        guard chosen == "all" || (groups + parts).contains(where: { $0.name == chosen }) else {
            progress("no group '\(chosen)': \(names.joined(separator: ", ")), all")
            exit(2)
        }
        var figures: [Figure] = []
        for group in groups + parts where chosen == group.name || chosen == "all" && names.contains(group.name) {
            progress(group.name)
            figures += try await group.run()
        }
        let report = Report(figures)
        report.print()
        if let path { try report.write(to: path) }
    }
}

/// Tells who waits what is being measured. Nobody need be reading: the `write` that doesn't throw would trap.
func progress(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data("bench: \(text)\n".utf8)) }
