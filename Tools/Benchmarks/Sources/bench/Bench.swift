import Foundation

/// `bench GROUP [--json FILE]`: measures, prints a table, writes JSON. `./Tools/bench` builds and runs it.
@main
enum Bench {
    static let groups: [(name: String, run: @Sendable () throws -> [Figure])] = [
        ("sessions", SessionFigures.all), ("crypto", CryptoFigures.all), ("rlp", RLPFigures.all),
        ("trie", TrieFigures.all), ("discovery", DiscoveryFigures.all), ("chain", ChainFigures.all),
    ]

    /// Parts of groups, for comparisons in turns with another program.
    static let parts: [(name: String, run: @Sendable () throws -> [Figure])] = [
        ("socket", { try SocketRace.figures(size: 1 << 10) })
    ]

    static func main() throws {
        var chosen = "all"
        var path: String?
        var rest = CommandLine.arguments.dropFirst()
        while let argument = rest.popFirst() {
            if argument == "--json" { path = rest.popFirst() } else { chosen = argument }
        }
        let names = groups.map(\.name)
        guard chosen == "all" || (groups + parts).contains(where: { $0.name == chosen }) else {
            FileHandle.standardError.write(
                Data("bench: no group '\(chosen)': \(names.joined(separator: ", ")), all\n".utf8))
            exit(2)
        }
        var figures: [Figure] = []
        for group in groups + parts where chosen == group.name || chosen == "all" && names.contains(group.name) {
            FileHandle.standardError.write(Data("bench: \(group.name)\n".utf8))
            figures += try group.run()
        }
        let report = Report(figures)
        report.print()
        if let path { try report.write(to: path) }
    }
}
