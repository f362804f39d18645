import ArgumentParser
import Links
import Swarm

struct LookupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "How nodes and rare things are found, by five geometries.",
        discussion: """
            For the node nearest to a key:
            kademlia      17 buckets of 16, 3 questions at a time: this node's own Lookup
            chord         a ring with fingers at powers of two and 16 successors
            pastry        prefixes of 4 bits and a leaf set of 16
            For some node that has a rare thing:
            flooding      a random graph of some 25 peers; the question goes three hops far
            random-walks  the same graph; 16 walkers of at most 1024 steps

            Kademlia's search is for the 16 nearest, all of which it asks; chord and pastry stop at the one. Their answers \
            name up to 4 nodes, so that a dead one is no end. Every table is as good as it can be, and then the dead nodes \
            die: nothing is repaired. Sizes are those of discv4's FindNode and Neighbors with IPv4 and UDP, for all.

            Not modelled: the proofs of endpoints before a question, loss, distances in the network (a question and its \
            answer take 100 ms, a dead node 500 ms), nodes that come and go, tables that fill slowly.
            """)

    @Option(help: "How many nodes; several numbers separated by commas.")
    var nodes = "1000,10000"

    @Option(help: "Decides everything that is drawn.")
    var seed: UInt64 = 1

    @Option(help: "How many searches.")
    var searches = 1_000

    @Option(help: "Percentages of dead nodes, separated by commas.")
    var dead = "0,20"

    @Option(name: .customLong("item-share"), help: "The share of nodes that have the rare thing.")
    var itemShare = 0.001

    @Option(help: "Write the figures to this file.")
    var json: String?

    private func numbers(_ text: String, _ name: String, _ range: ClosedRange<Int>) throws -> [Int] {
        try text.split(separator: ",").map { part in
            guard let number = Int(part), range.contains(number) else {
                throw ValidationError("--\(name) must be \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }

    func validate() throws {
        _ = try numbers(nodes, "nodes", 32...100_000)
        _ = try numbers(dead, "dead", 0...95)
        guard (1...1_000_000).contains(searches) else { throw ValidationError("--searches must be 1 to 1000000") }
        guard itemShare > 0, itemShare <= 1 else { throw ValidationError("--item-share must be above 0, up to 1") }
    }

    func run() throws {
        var rows: [LookupRow] = []
        for count in try numbers(nodes, "nodes", 32...100_000) {
            for percentage in try numbers(dead, "dead", 0...95) {
                for method in SearchMethod.allCases {
                    var scenario = SearchScenario()
                    scenario.nodes = count
                    scenario.seed = seed
                    scenario.searches = searches
                    scenario.deadShare = Double(percentage) / 100
                    scenario.itemShare = itemShare
                    rows.append(LookupRow(SearchResult.run(method, scenario)))
                }
            }
        }
        var table = TextTable(LookupRow.titles)
        for row in rows { table.append(row.cells) }
        print(table.text)
        try CompareOutput.write(rows, to: json)
    }
}

/// What one method came to: medians, and what 95 of 100 searches stay below.
struct LookupRow: Codable {
    struct Pair: Codable {
        let p50: Double
        let p95: Double

        init(_ distribution: Distribution) {
            p50 = distribution.quantile(0.5) ?? 0
            p95 = distribution.quantile(0.95) ?? 0
        }

        func text(_ digits: Int, per unit: Double = 1) -> String {
            (p50 / unit).text(digits) + " / " + (p95 / unit).text(digits)
        }
    }

    let method: String
    let nodes: Int
    let dead: Double
    let success: Double
    let hops: Pair
    let messages: Pair
    let bytes: Pair
    let seconds: Pair

    init(_ result: SearchResult) {
        method = result.method.rawValue
        nodes = result.nodes
        dead = result.deadShare
        success = result.success
        hops = Pair(result.hops)
        messages = Pair(result.messages)
        bytes = Pair(result.bytes)
        seconds = Pair(result.seconds)
    }

    static let titles = [
        "method", "nodes", "dead %", "found %", "hops p50/95", "messages p50/95", "kB p50/95", "seconds p50/95",
    ]

    var cells: [String] {
        [
            method, "\(nodes)", (100 * dead).text(0), (100 * success).text(1), hops.text(0), messages.text(0),
            bytes.text(1, per: 1_000), seconds.text(1),
        ]
    }
}
